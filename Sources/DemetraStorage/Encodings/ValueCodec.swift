import DemetraTypes
import DemetraVectors

/// The single values of zone maps as bytes: a tag, then the value.
///
///     0 none   1 integer Int64   2 double UInt64 bits   3 numeric as `StoredDecimal`
///     4 date Int32   5 time Int64   6 timestamp Int64   7 timestamptz Int64   8 text
///     13 numeric that is not short
enum ValueCodec {
    /// A longer text is not kept: a zone map says nothing then.
    static let longestText = 256

    /// False for values that are not kept.
    static func keeps(_ value: Value) -> Bool {
        switch value {
        case .integer, .double, .numeric, .date, .time, .timestamp, .timestamptz: true
        case .text(let text): text.utf8.count <= longestText
        case .null, .boolean, .bytes, .interval, .array: false
        }
    }

    static func encode(_ value: Value?, into writer: inout ByteWriter) {
        switch value {
        case .integer(let value): write(1, value, &writer)
        case .double(let value): write(2, value.bitPattern, &writer)
        case .numeric(let value):
            writer.write(UInt8(value.isShort ? 3 : 13))
            StoredDecimal.write(value, into: &writer)
        case .date(let value): write(4, value.days, &writer)
        case .time(let value): write(5, value, &writer)
        case .timestamp(let value): write(6, value.microseconds, &writer)
        case .timestamptz(let value): write(7, value.microseconds, &writer)
        case .text(let value):
            writer.write(UInt8(8))
            writer.write(value)
        case .none, .null, .boolean, .bytes, .interval, .array: writer.write(UInt8(0))
        }
    }

    private static func write<Number: FixedWidthInteger>(
        _ tag: UInt8, _ number: Number, _ writer: inout ByteWriter
    ) {
        writer.write(tag)
        writer.write(number)
    }

    static func decode(_ reader: inout ByteReader) throws(DemetraError) -> Value? {
        switch try reader.integer(UInt8.self) {
        case 0: return nil
        case 1: return .integer(try reader.integer(Int64.self))
        case 2: return .double(Double(bitPattern: try reader.integer(UInt64.self)))
        case 3, 13: return .numeric(try StoredDecimal.read(&reader))
        case 4: return .date(CalendarDate(days: try reader.integer(Int32.self)))
        case 5: return .time(try reader.integer(Int64.self))
        case 6: return .timestamp(Timestamp(microseconds: try reader.integer(Int64.self)))
        case 7: return .timestamptz(Timestamp(microseconds: try reader.integer(Int64.self)))
        case 8: return .text(try reader.text())
        default: throw reader.damaged("an unknown kind of value")
        }
    }
}
