package import DemetraTypes
package import DemetraVectors

/// The binary form that values have in the PostgreSQL protocol and in files of COPY (FORMAT binary).
///
/// Integers are written most significant byte first; dates count from 2000-01-01.
///
/// - Source: the send and receive functions of PostgreSQL 15's types, seen on the wire.
package enum BinaryValue {
    /// Days from 1970-01-01 to 2000-01-01.
    static let epochDays: Int32 = 10_957
    static let epochMicroseconds: Int64 = 946_684_800_000_000
    /// Microseconds of a day: the last time, `24:00`.
    static let endOfDay: Int64 = 86_400_000_000

    /// Appends the bytes of one row, which must not be NULL.
    package static func append(_ vector: Vector, row: Int, to bytes: inout [UInt8]) {
        append(vector.value(at: row), as: vector.type, to: &bytes)
    }

    /// Appends the bytes of a value, which must not be NULL.
    package static func append(_ value: Value, as type: LogicalType, to bytes: inout [UInt8]) {
        switch value {
        case .null: return
        case .boolean(let isTrue): bytes.append(isTrue ? 1 : 0)
        case .integer(let number): append(number, as: type, to: &bytes)
        case .double(let number):
            if type == .real {
                bytes.append(integer: Float(number).bitPattern)
            } else {
                bytes.append(integer: number.bitPattern)
            }
        case .numeric(let number): BinaryNumeric.append(number, to: &bytes)
        case .text(let text):
            switch type {
            case .uuid: bytes.append(contentsOf: uuid(text))
            case .jsonb:
                bytes.append(1)
                bytes.append(contentsOf: text.utf8)
            default: bytes.append(contentsOf: text.utf8)
            }
        case .bytes(let value): bytes.append(contentsOf: value)
        case .date(let date): bytes.append(integer: days(date))
        case .time(let time): bytes.append(integer: time)
        case .timestamp(let time), .timestamptz(let time):
            bytes.append(integer: microseconds(time))
        case .interval(let interval):
            bytes.append(integer: interval.microseconds)
            bytes.append(integer: interval.days)
            bytes.append(integer: interval.months)
        case .array(let elements):
            append(
                elements, of: type.arrayElement ?? .text,
                from: type.systemType?.countsFromZero == true ? 0 : 1, to: &bytes)
        }
    }

    /// A day as the form counts it.
    static func days(_ date: CalendarDate) -> Int32 {
        date.isFinite ? date.days &- epochDays : date.days
    }

    /// A time as the form counts it.
    static func microseconds(_ time: Timestamp) -> Int64 {
        time.isFinite ? time.microseconds &- epochMicroseconds : time.microseconds
    }

    private static func append(_ number: Int64, as type: LogicalType, to bytes: inout [UInt8]) {
        switch type {
        case .smallint: bytes.append(integer: Int16(truncatingIfNeeded: number))
        case .bigint: bytes.append(integer: number)
        default: bytes.append(integer: Int32(truncatingIfNeeded: number))
        }
    }

    /// Dimensions, whether there are NULLs, the elements' type, length and lower bound, then each with its length.
    private static func append(
        _ elements: [Value], of type: LogicalType, from first: Int32, to bytes: inout [UInt8]
    ) {
        bytes.append(integer: Int32(elements.isEmpty ? 0 : 1))
        bytes.append(integer: Int32(elements.contains(where: \.isNull) ? 1 : 0))
        bytes.append(integer: type.objectID)
        guard !elements.isEmpty else { return }
        bytes.append(integer: Int32(truncatingIfNeeded: elements.count))
        bytes.append(integer: first)
        for element in elements {
            guard !element.isNull else {
                bytes.append(integer: Int32(-1))
                continue
            }
            let place = bytes.count
            bytes.append(integer: Int32(0))
            append(element, as: type, to: &bytes)
            bytes.setLength(at: place, from: place + 4)
        }
    }

    private static func uuid(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var half: UInt8?
        for digit in text.utf8.compactMap({ Character(UnicodeScalar($0)).hexDigitValue }) {
            let digit = UInt8(truncatingIfNeeded: digit)
            if let high = half {
                bytes.append(high << 4 | digit)
                half = nil
            } else {
                half = digit
            }
        }
        return bytes
    }

    // MARK: Reading

    /// The value that bytes are the form of.
    ///
    /// - Throws: 22P03 when they are none, 22021 for texts that are no UTF-8, 22003 for numbers with too many digits.
    package static func read(
        _ bytes: [UInt8], as type: LogicalType
    ) throws(DemetraError) -> Value {
        var reader = BinaryReader(bytes)
        let value = try read(&reader, as: type)
        guard reader.isAtEnd else { throw reader.invalid(type) }
        return value
    }

    private static func read(
        _ reader: inout BinaryReader, as type: LogicalType
    ) throws(DemetraError) -> Value {
        switch type {
        case .boolean: return .boolean(try reader.integer(UInt8.self) != 0)
        case .smallint: return .integer(Int64(try reader.integer(Int16.self)))
        case .integer: return .integer(Int64(try reader.integer(Int32.self)))
        case .bigint: return .integer(try reader.integer(Int64.self))
        case .real: return .double(Double(Float(bitPattern: try reader.integer(UInt32.self))))
        case .double: return .double(Double(bitPattern: try reader.integer(UInt64.self)))
        case .numeric(let modifier):
            let number = try BinaryNumeric.read(&reader)
            return .numeric(
                try modifier.map { (modifier) throws(DemetraError) in
                    try number.fitted(to: modifier)
                } ?? number)
        case .date:
            let days = try reader.integer(Int32.self)
            guard days != .max, days != .min else { return .date(CalendarDate(days: days)) }
            return .date(try CalendarDate(checking: Int64(days) + Int64(epochDays)))
        case .time:
            let time = try reader.integer(Int64.self)
            guard (0...endOfDay).contains(time) else { throw outOfRange(type) }
            return .time(time)
        case .timestamp: return .timestamp(try timestamp(&reader, type))
        case .timestamptz: return .timestamptz(try timestamp(&reader, type))
        case .interval:
            let microseconds = try reader.integer(Int64.self)
            let days = try reader.integer(Int32.self)
            let months = try reader.integer(Int32.self)
            return .interval(Interval(months: months, days: days, microseconds: microseconds))
        case .bytea: return .bytes(reader.rest())
        case .uuid: return .text(try uuid(&reader))
        case .jsonb:
            guard try reader.integer(UInt8.self) == 1 else {
                throw DemetraError(
                    .invalidBinaryRepresentation, "unsupported jsonb version number")
            }
            return try ValueText.parse(try text(&reader), as: type)
        case .array(let element): return .array(try elements(&reader, of: element, type))
        case .system(let system):
            if let element = system.element {
                return .array(try elements(&reader, of: element, type))
            }
            if system.isNumber { return .integer(Int64(try reader.integer(UInt32.self))) }
            // A reference comes as its number, which is a name too.
            if system.isReference { return .text(String(try reader.integer(UInt32.self))) }
            return try ValueText.parse(try text(&reader), as: type)
        default: return try ValueText.parse(try text(&reader), as: type)
        }
    }

    private static func timestamp(
        _ reader: inout BinaryReader, _ type: LogicalType
    ) throws(DemetraError) -> Timestamp {
        let microseconds = try reader.integer(Int64.self)
        let time = Timestamp(microseconds: microseconds)
        guard time.isFinite else { return time }
        let (shifted, overflows) = microseconds.addingReportingOverflow(epochMicroseconds)
        guard !overflows, shifted >= Timestamp.first, shifted < Timestamp.end else {
            throw outOfRange(type)
        }
        return Timestamp(microseconds: shifted)
    }

    private static func outOfRange(_ type: LogicalType) -> DemetraError {
        DemetraError(.datetimeFieldOverflow, "\(type) out of range")
    }

    private static func text(_ reader: inout BinaryReader) throws(DemetraError) -> String {
        let bytes = reader.rest()
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw DemetraError(
                .characterNotInRepertoire, "invalid byte sequence for encoding \"UTF8\"")
        }
        return text
    }

    private static func uuid(_ reader: inout BinaryReader) throws(DemetraError) -> String {
        var text = ""
        for (index, byte) in try reader.take(16).enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return text
    }

    private static func elements(
        _ reader: inout BinaryReader, of element: LogicalType, _ type: LogicalType
    ) throws(DemetraError) -> [Value] {
        let dimensions = try reader.integer(Int32.self)
        _ = try reader.integer(Int32.self)
        _ = try reader.integer(UInt32.self)
        guard dimensions != 0 else { return [] }
        guard dimensions == 1 else {
            throw DemetraError(
                .featureNotSupported, "arrays of several dimensions are not supported")
        }
        let count = try reader.integer(Int32.self)
        _ = try reader.integer(Int32.self)
        guard count >= 0 else { throw reader.invalid(type) }
        var values: [Value] = []
        for _ in 0..<count {
            let length = try reader.integer(Int32.self)
            if length == -1 {
                values.append(.null)
            } else {
                values.append(try read(try reader.take(Int(length)), as: element))
            }
        }
        return values
    }
}
