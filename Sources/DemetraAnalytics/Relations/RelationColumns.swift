package import DemetraTypes
package import DemetraVectors

/// The rows of a relation argument, column by column, as plain arrays.
// Immutable after init.
package struct RelationColumns: Sendable {
    /// The columns' names and types.
    package let schema: Schema
    /// The rows.
    package let batches: [Batch]
    /// The number of rows.
    package let rowCount: Int

    /// Wraps rows of `schema`.
    package init(schema: Schema, batches: [Batch]) {
        self.schema = schema
        self.batches = batches
        rowCount = batches.reduce(0) { $0 + $1.count }
    }

    /// The index of a column.
    ///
    /// - Throws: 42703 with the nearest name.
    package static func index(of name: String, in schema: Schema) throws(DemetraError) -> Int {
        if let index = schema.index(of: name) { return index }
        let folded = name.lowercased()
        if let index = schema.fields.firstIndex(where: { $0.name.lowercased() == folded }) {
            return index
        }
        let nearest = NearestName.find(name, among: schema.fields.map(\.name))
        throw DemetraError(
            .undefinedColumn, "column \"\(name)\" does not exist",
            hint: nearest.map { "Perhaps you meant to reference the column \"\($0)\"." }
                ?? "The columns are \(schema.fields.map(\.name).joined(separator: ", ")).")
    }

    /// The numbers of a column, NaN for NULL and for numbers that are not finite.
    ///
    /// Dates are days, timestamps seconds, booleans 0 and 1; text that is no number is NaN.
    package func numbers(_ index: Int) -> [Double] {
        var numbers: [Double] = []
        numbers.reserveCapacity(rowCount)
        for batch in batches { NumberReader.append(batch.vectors[index], to: &numbers) }
        return numbers
    }

    /// The texts of a column as numbers into their list, in order of appearance; -1 for NULL.
    package func names(_ index: Int) -> CodedNames {
        var names = CodedNames()
        names.codes.reserveCapacity(rowCount)
        for batch in batches { names.append(batch.vectors[index]) }
        return names
    }

    /// The texts of a column, nil for NULL.
    package func texts(_ index: Int) -> [String?] {
        let coded = names(index)
        return coded.codes.map { $0 < 0 ? nil : coded.names[Int($0)] }
    }

    /// The points in time of a column in microseconds since 1970, nil for NULL and infinity.
    package func instants(_ index: Int) -> [Int64?] {
        var instants: [Int64?] = []
        instants.reserveCapacity(rowCount)
        for batch in batches {
            let vector = batch.vectors[index]
            for row in 0..<batch.count { instants.append(TimeReader.instant(vector, row)) }
        }
        return instants
    }
}

/// Texts by number: each distinct one is kept once.
package struct CodedNames: Sendable {
    /// The distinct texts.
    package private(set) var names: [String] = []
    /// The number of each row's text, -1 for NULL.
    package fileprivate(set) var codes: [Int32] = []
    private var numbers: [String: Int32] = [:]

    /// The number of a text, which is added when it is new.
    private mutating func number(_ text: String) -> Int32 {
        if let known = numbers[text] { return known }
        numbers[text] = Int32(names.count)
        names.append(text)
        return Int32(names.count - 1)
    }

    fileprivate mutating func append(_ vector: Vector) {
        guard let (rows, dictionary) = vector.dictionary, dictionary.count <= vector.count else {
            for row in 0..<vector.count {
                codes.append(TextReader.text(vector, row).map { number($0) } ?? -1)
            }
            return
        }
        // Only what occurs: a dictionary may hold texts of other rows.
        var known = [Int32](repeating: -2, count: dictionary.count)
        for row in 0..<vector.count {
            let code = Int(rows[row])
            guard vector.isValid(row) else {
                codes.append(-1)
                continue
            }
            if known[code] == -2 { known[code] = number(dictionary.values.string(at: code)) }
            codes.append(known[code])
        }
    }
}

/// Reads vectors of any numeric type as doubles.
///
/// Safe because rows are below the count of the vector, which its buffer has.
package enum NumberReader {
    /// Appends a value per row: NaN for NULL and what is not finite.
    package static func append(_ vector: Vector, to numbers: inout [Double]) {
        let start = numbers.count
        switch vector.storage {
        case .float64(let buffer):
            for row in 0..<vector.count {
                let value = buffer.pointer[row]
                numbers.append(value.isFinite ? value : .nan)
            }
        case .int32(let buffer) where vector.type.isInteger:
            for row in 0..<vector.count { numbers.append(Double(buffer.pointer[row])) }
        case .int64(let buffer) where vector.type == .bigint:
            for row in 0..<vector.count { numbers.append(Double(buffer.pointer[row])) }
        case .int64(let buffer) where vector.type.isNumber:
            appendScaled(buffer, vector, to: &numbers)
        case .boolean(let buffer):
            for row in 0..<vector.count { numbers.append(buffer.pointer[row] == 0 ? 0 : 1) }
        case .constant(let one):
            let value = number(one.vector.value(at: 0))
            for _ in 0..<vector.count { numbers.append(value) }
            return
        default:
            for row in 0..<vector.count { numbers.append(number(vector.value(at: row))) }
            return
        }
        guard let validity = vector.validity else { return }
        for row in 0..<vector.count where !validity.isValid(row) { numbers[start + row] = .nan }
    }

    /// Decimals of up to 15 digits: one exact division gives the nearest double.
    private static func appendScaled(
        _ buffer: Buffer<Int64>, _ vector: Vector, to numbers: inout [Double]
    ) {
        let scale = vector.type.numericScale
        var divisor = 1.0
        for _ in 0..<scale { divisor *= 10 }
        for row in 0..<vector.count {
            let value = buffer.pointer[row]
            // Values beyond 2^53 and powers beyond 10^22 are not exact: the slow way rounds once.
            if scale <= 22, abs(value) < 1 << 53 {
                numbers.append(Double(value) / divisor)
            } else {
                numbers.append(number(vector.value(at: row)))
            }
        }
    }

    /// One value as a number; NaN when it is none.
    package static func number(_ value: Value) -> Double {
        switch value {
        case .boolean(let value): value ? 1 : 0
        case .integer(let value): Double(value)
        case .double(let value): value.isFinite ? value : .nan
        case .numeric(let value): value.isNaN ? .nan : value.doubleValue
        case .text(let text): MoneyText.parse(text) ?? .nan
        case .date(let date): date.isFinite ? Double(date.days) : .nan
        case .time(let microseconds): Double(microseconds) / 1e6
        case .timestamp(let time), .timestamptz(let time):
            time.isFinite ? Double(time.microseconds) / 1e6 : .nan
        default: .nan
        }
    }
}

/// Reads values as the names of categories.
package enum TextReader {
    /// The text of a row, nil for NULL.
    package static func text(_ vector: Vector, _ row: Int) -> String? {
        switch vector.value(at: row) {
        case .null: nil
        case .text(let text): text
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): value.isFinite ? FloatText.text(value) : nil
        case .numeric(let value): value.isNaN ? nil : value.description
        case .date(let date): date.isFinite ? String(date.days) : nil
        case .timestamp(let time), .timestamptz(let time): String(time.microseconds)
        default: nil
        }
    }
}

/// Reads values as points in time.
package enum TimeReader {
    /// Microseconds since 1970 of a row, nil for NULL and infinity.
    package static func instant(_ vector: Vector, _ row: Int) -> Int64? {
        switch vector.value(at: row) {
        case .date(let date): date.isFinite ? date.timestamp.microseconds : nil
        case .timestamp(let time), .timestamptz(let time):
            time.isFinite ? time.microseconds : nil
        case .integer(let value) where abs(value) < 1_000_000_000:
            // A plain number counts periods: taken as days.
            value * Civil.microsecondsPerDay
        default: nil
        }
    }
}

/// Numbers as files write them: `$1,234.50`, `12.5%`, `300`.
package enum MoneyText {
    /// The number, or nil when the text is something else.
    package static func parse(_ text: String) -> Double? {
        var digits = ""
        for character in text.unicodeScalars {
            switch character {
            case "0"..."9", ".", "-", "+", "e", "E": digits.unicodeScalars.append(character)
            case "$", "€", "£", "₽", ",", "%", " ": continue
            default: return nil
            }
        }
        guard let value = Double(digits), value.isFinite else { return nil }
        return value
    }
}
