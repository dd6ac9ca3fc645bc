import DemetraTypes

/// One key of a `GroupTable`: turns its values into small integers that pack into a row's words.
///
/// Integers, dates, timestamps and booleans are their distance from the least value seen; texts,
/// decimals and intervals are codes of distinct values; doubles are their bits.
///
/// Safe because loops get pointers to `count` elements inside vectors whose length was checked.
// Owned by the thread of its table; read-only once the table is.
final class KeyColumn {
    /// How values become integers.
    enum Kind { case integer, double, text, decimal }

    let type: LogicalType
    let kind: Kind
    /// Where the key lies now.
    var field = KeyField()
    /// Where it has to lie for the batch that was prepared.
    var wanted = KeyField()
    private(set) var texts = TextInterner(capacity: 16)
    private(set) var decimals = DecimalInterner()
    private var maps: [ObjectIdentifier: CodeMap] = [:]
    private let codes = BufferBuilder<Int32>(capacity: GroupTable.chunk)
    private let valid = BufferBuilder<UInt8>(capacity: GroupTable.chunk + 8)
    private var isEmpty = true

    /// Dictionaries remembered at a time; a scan has few row groups in flight.
    private static let mapLimit = 64

    init(type: LogicalType) {
        self.type = type
        switch type.physicalType {
        case .boolean, .int32, .int64: kind = .integer
        case .float64: kind = .double
        case .text: kind = .text
        case .int128, .decimal, .interval: kind = .decimal
        }
        if kind == .double { wanted.valueBits = 64 }
        field = wanted
    }

    /// Bytes held.
    var byteCount: Int {
        let mapped = maps.values.reduce(0) { $0 + $1.byteCount }
        return texts.byteCount + decimals.byteCount + mapped + GroupTable.chunk * 5
    }

    /// Looks at rows `first ..< first + count` of a flat or dictionary vector, and sets `wanted`.
    ///
    /// - Returns: false when the distinct texts exceed 4 GiB.
    func prepare(_ vector: Vector, from first: Int, count: Int) -> Bool {
        wanted = field
        var valid: UnsafePointer<UInt8>?
        if let validity = vector.validity {
            expandBits(validity.words.pointer + first / 64, self.valid.pointer, count)
            valid = UnsafePointer(self.valid.pointer)
            wanted.isNullable = true
        }
        switch vector.comparableArrays.storage {
        case .boolean(let buffer): prepareIntegers(buffer.pointer + first, valid, count)
        case .int32(let buffer): prepareIntegers(buffer.pointer + first, valid, count)
        case .int64(let buffer): prepareIntegers(buffer.pointer + first, valid, count)
        case .float64: break
        case .int128, .decimal, .interval:
            internDecimals(vector.storage, from: first, valid, count)
            wanted.extend(toCodes: decimals.count)
        case .text(let buffer):
            let isDone = texts.intern(
                buffer, from: first, count: count, validity: vector.validity, codes.pointer)
            wanted.extend(toCodes: texts.count)
            return isDone
        case .dictionary(let source, let dictionary):
            let isDone = map(dictionary).translate(
                source.pointer + first, count: count, validity: vector.validity, from: first,
                into: &texts, codes.pointer)
            wanted.extend(toCodes: texts.count)
            return isDone
        case .constant: preconditionFailure("constants are unwrapped before")
        }
        return true
    }

    /// Adds the rows looked at last to their words; the field is as wide as was wanted.
    func pack(
        _ vector: Vector, from first: Int, count: Int, into words: UnsafeMutablePointer<UInt64>,
        stride: Int
    ) {
        let valid = vector.validity == nil ? nil : UnsafePointer(self.valid.pointer)
        let output = words + field.word * stride
        switch vector.storage {
        case .boolean(let buffer):
            packIntegers(buffer.pointer + first, field.base, field.shift, valid, output, count)
        case .int32(let buffer):
            packIntegers(buffer.pointer + first, field.base, field.shift, valid, output, count)
        case .int64(let buffer):
            packIntegers(buffer.pointer + first, field.base, field.shift, valid, output, count)
        case .float64(let buffer): packDoubles(buffer.pointer + first, valid, output, count)
        default:
            packIntegers(UnsafePointer(codes.pointer), 0, field.shift, valid, output, count)
        }
        if let valid {
            packNulls(valid, field.nullShift, words + field.nullWord * stride, count)
        }
    }

    private func map(_ dictionary: VectorDictionary) -> CodeMap {
        let identity = ObjectIdentifier(dictionary)
        if let map = maps[identity] { return map }
        if maps.count >= Self.mapLimit { maps.removeAll() }
        let map = CodeMap(dictionary)
        maps[identity] = map
        return map
    }

    @inline(__always)
    private func prepareIntegers<Element: FixedWidthInteger>(
        _ source: UnsafePointer<Element>, _ valid: UnsafePointer<UInt8>?, _ count: Int
    ) {
        if !isEmpty, unitedDistances(source, field.base, valid, count) <= field.mask { return }
        guard let (low, high) = extremes(source, valid, count) else { return }
        wanted.extend(to: low, high, isFirst: isEmpty)
        isEmpty = false
    }

    private func internDecimals(
        _ storage: VectorStorage, from first: Int, _ valid: UnsafePointer<UInt8>?, _ count: Int
    ) {
        for row in 0..<count {
            if let valid, valid[row] == 0 {
                codes.pointer[row] = 0
                continue
            }
            let (value, decimal, interval) = decimalForms(storage, first + row)
            codes.pointer[row] = decimals.intern(value, decimal: decimal, interval: interval)
        }
    }
}

/// The canonical form of a row's value, and the value as it is stored.
func decimalForms(_ storage: VectorStorage, _ row: Int) -> (Decimal, Decimal, Interval) {
    switch storage {
    case .int128(let buffer):
        let value = canonicalDecimal(buffer.pointer[row])
        return (value, value, Interval())
    case .interval(let buffer):
        let value = canonicalDecimal(buffer.pointer[row])
        return (value, value, buffer.pointer[row])
    case .decimal(let buffer):
        return (buffer.pointer[row].canonical, buffer.pointer[row], Interval())
    default: preconditionFailure("a key of another physical type")
    }
}
