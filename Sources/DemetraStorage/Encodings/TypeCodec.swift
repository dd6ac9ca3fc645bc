import DemetraTypes

/// A logical type as nine bytes: a tag, then two Int32 for precision and scale or a length, -1 where there
/// is none; a system type is encoded as what it is stored as. An array has the tag of its elements' type with the highest bit set.
enum TypeCodec {
    static func encode(_ type: LogicalType, into writer: inout ByteWriter) {
        let type = type.stored
        encode(type.arrayElement ?? type, flag: type.arrayElement == nil ? 0 : arrayFlag, &writer)
    }

    private static let arrayFlag: UInt8 = 0x80

    private static func encode(
        _ type: LogicalType, flag: UInt8, _ writer: inout ByteWriter
    ) {
        func tag(_ number: UInt8, _ first: Int = -1, _ second: Int = -1) {
            writer.write(number | flag)
            writer.write(Int32(first))
            writer.write(Int32(second))
        }
        switch type {
        case .boolean: tag(1)
        case .smallint: tag(2)
        case .integer: tag(3)
        case .bigint: tag(4)
        case .real: tag(5)
        case .double: tag(6)
        case .numeric(let modifier):
            let precision = modifier?.precision ?? -1
            tag(precision <= shortPrecision ? 7 : 19, precision, modifier?.scale ?? -1)
        case .text: tag(8)
        case .varchar(let limit): tag(9, limit ?? -1)
        case .date: tag(10)
        case .time: tag(11)
        case .timestamp: tag(12)
        case .timestamptz: tag(13)
        case .interval: tag(14)
        case .json: tag(15)
        case .jsonb: tag(16)
        case .bytea: tag(17)
        case .uuid: tag(18)
        case .unknown, .array, .system: tag(8)
        }
    }

    /// Digits that 128 bits hold.
    private static let shortPrecision = 38

    private static func numeric(
        _ precision: Int, _ scale: Int, _ possible: ClosedRange<Int>, _ reader: inout ByteReader
    ) throws(DemetraError) -> LogicalType {
        guard possible.contains(precision), (0...precision).contains(scale) else {
            throw reader.damaged("an impossible precision")
        }
        return .numeric(NumericModifier(precision: precision, scale: scale))
    }

    static func decode(_ reader: inout ByteReader) throws(DemetraError) -> LogicalType {
        let tag = try reader.integer(UInt8.self)
        let type = try decode(tag & ~arrayFlag, &reader)
        return tag & arrayFlag == 0 ? type : .array(type)
    }

    private static func decode(
        _ number: UInt8, _ reader: inout ByteReader
    ) throws(DemetraError) -> LogicalType {
        let first = Int(try reader.integer(Int32.self))
        let second = Int(try reader.integer(Int32.self))
        switch number {
        case 1: return .boolean
        case 2: return .smallint
        case 3: return .integer
        case 4: return .bigint
        case 5: return .real
        case 6: return .double
        case 7:
            return first < 0
                ? .numeric(nil) : try numeric(first, second, 1...shortPrecision, &reader)
        case 8: return .text
        case 9: return .varchar(limit: first < 0 ? nil : first)
        case 10: return .date
        case 11: return .time
        case 12: return .timestamp
        case 13: return .timestamptz
        case 14: return .interval
        case 15: return .json
        case 16: return .jsonb
        case 17: return .bytea
        case 18: return .uuid
        case 19:
            return try numeric(
                first, second, (shortPrecision + 1)...Decimal.maximumPrecision, &reader)
        default: throw reader.damaged("an unknown type")
        }
    }
}
