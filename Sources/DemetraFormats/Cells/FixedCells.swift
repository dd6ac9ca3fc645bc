package import DemetraTypes
package import DemetraVectors

/// The cells of a column that all have the same number of bytes: integers, most significant byte first.
///
/// Safe because there is a word for each row, and rows are below their count.
package struct FixedCells: Sendable {
    /// One a row.
    private enum Words {
        case one(Buffer<UInt8>)
        case two(Buffer<UInt16>)
        case four(Buffer<UInt32>)
        case eight(Buffer<UInt64>)
    }

    private let words: Words
    /// Bytes of a cell.
    let width: Int
    /// The rows that are not NULL; nil when all are.
    let validity: ValidityMask?

    /// Cells of a vector: `word` gives what a row has.
    @inline(__always)
    private init<Word: FixedWidthInteger & BitwiseCopyable>(
        _ vector: Vector, _ wrap: (Buffer<Word>) -> Words, _ word: (Int) -> Word
    ) {
        let builder = BufferBuilder<Word>(capacity: vector.count)
        let output = builder.pointer
        for row in 0..<vector.count { output[row] = word(row).bigEndian }
        words = wrap(builder.freeze(count: vector.count))
        width = MemoryLayout<Word>.size
        validity = vector.validity
    }

    /// The binary form of a vector's values; nil for one whose cells vary in length, and for a constant.
    init?(_ vector: Vector) {
        switch (vector.storage, vector.type) {
        case (.boolean(let flags), _):
            let values = flags.pointer
            self.init(vector, Words.one) { values[$0] != 0 ? 1 : 0 }
        case (.int32(let numbers), .smallint):
            let values = numbers.pointer
            self.init(vector, Words.two) { UInt16(truncatingIfNeeded: values[$0]) }
        case (.int32(let numbers), .integer):
            let values = numbers.pointer
            self.init(vector, Words.four) { UInt32(bitPattern: values[$0]) }
        case (.int32(let days), .date):
            let values = days.pointer
            self.init(vector, Words.four) {
                UInt32(bitPattern: BinaryValue.days(CalendarDate(days: values[$0])))
            }
        case (.int64(let numbers), .bigint), (.int64(let numbers), .time):
            let values = numbers.pointer
            self.init(vector, Words.eight) { UInt64(bitPattern: values[$0]) }
        case (.int64(let times), .timestamp), (.int64(let times), .timestamptz):
            let values = times.pointer
            self.init(vector, Words.eight) {
                UInt64(
                    bitPattern: BinaryValue.microseconds(Timestamp(microseconds: values[$0])))
            }
        case (.float64(let numbers), .double):
            let values = numbers.pointer
            self.init(vector, Words.eight) { values[$0].bitPattern }
        case (.float64(let numbers), .real):
            let values = numbers.pointer
            self.init(vector, Words.four) { Float(values[$0]).bitPattern }
        default: return nil
        }
    }

    /// Writes each cell behind its length.
    func write(to places: RowPlaces) {
        switch words {
        case .one(let words): write(words, places)
        case .two(let words): write(words, places)
        case .four(let words): write(words, places)
        case .eight(let words): write(words, places)
        }
    }

    @inline(__always)
    private func write<Word: FixedWidthInteger & BitwiseCopyable>(
        _ words: Buffer<Word>, _ places: RowPlaces
    ) {
        let values = words.pointer
        let length = Int32(MemoryLayout<Word>.size)
        if let validity {
            places.forEach { row, cursor in
                guard validity.isValid(row) else { return cursor.write(integer: Int32(-1)) }
                cursor.write(integer: length)
                // The word is in the order of the wire already.
                cursor.write(integer: Word(bigEndian: values[row]))
            }
        } else {
            places.forEach { row, cursor in
                cursor.write(integer: length)
                cursor.write(integer: Word(bigEndian: values[row]))
            }
        }
        withExtendedLifetime(words) {}
    }
}

/// The cells of a column of the protocol's rows.
package enum DataCells: Sendable {
    /// All have the same length, but for NULL.
    case fixed(FixedCells)
    /// Each has a length of its own.
    case varying(ColumnCells)

    /// The values of a vector in the protocol's binary form.
    package init(binary vector: Vector) {
        let flat = vector.withoutConstant()
        if let cells = FixedCells(flat) {
            self = .fixed(cells)
        } else {
            self = .varying(ColumnCells(vector, as: BinaryForm()))
        }
    }

    /// The values of a vector as texts.
    package init(text vector: Vector, zone: TimeZoneRules) {
        self = .varying(ColumnCells(vector, as: TextForm(zone: zone)))
    }

    /// Adds the bytes of each cell to those of its row.
    func count(into byteCounts: inout [Int]) {
        switch self {
        case .varying(let cells): cells.count(into: &byteCounts, nullBytes: 0)
        case .fixed(let cells):
            for row in byteCounts.indices where cells.validity?.isValid(row) ?? true {
                byteCounts[row] += cells.width
            }
        }
    }

    /// Writes each cell behind its length.
    func write(to places: RowPlaces) {
        switch self {
        case .fixed(let cells): cells.write(to: places)
        case .varying(let cells):
            places.write(
                cells,
                before: { count, cursor in
                    cursor.write(integer: Int32(truncatingIfNeeded: count))
                }, null: { $0.write(integer: Int32(-1)) }, after: { _ in })
        }
    }
}
