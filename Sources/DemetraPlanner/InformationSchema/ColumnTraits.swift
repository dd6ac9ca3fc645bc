import DemetraTypes

/// What `information_schema.columns` says of a type.
struct ColumnTraits {
    /// PostgreSQL counts four bytes a character.
    private static let bytesPerCharacter = 4
    /// The longest text, as PostgreSQL puts it.
    private static let longestText: Int64 = 1 << 30

    let row: InformationRows.Row

    init(_ type: LogicalType) {
        var row: InformationRows.Row = [:]
        func numbers(precision: Int64?, radix: Int64, scale: Int64?) {
            row["numeric_precision"] = precision.map { .integer($0) }
            row["numeric_precision_radix"] = .integer(radix)
            row["numeric_scale"] = scale.map { .integer($0) }
        }
        switch type {
        case .smallint: numbers(precision: 16, radix: 2, scale: 0)
        case .integer: numbers(precision: 32, radix: 2, scale: 0)
        case .bigint: numbers(precision: 64, radix: 2, scale: 0)
        case .real: numbers(precision: 24, radix: 2, scale: nil)
        case .double: numbers(precision: 53, radix: 2, scale: nil)
        case .numeric(let modifier):
            numbers(
                precision: modifier.map { Int64($0.precision) }, radix: 10,
                scale: modifier.map { Int64($0.scale) })
        case .varchar(let limit):
            row["character_maximum_length"] = limit.map { .integer(Int64($0)) }
            row["character_octet_length"] = .integer(
                limit.map { Int64($0 * Self.bytesPerCharacter) } ?? Self.longestText)
        case .text: row["character_octet_length"] = .integer(Self.longestText)
        case .date: row["datetime_precision"] = .integer(0)
        case .time, .timestamp, .timestamptz, .interval: row["datetime_precision"] = .integer(6)
        default: break
        }
        row["data_type"] = .text(type.nameWithoutModifier)
        row["udt_name"] = .text(type.shortName)
        self.row = row
    }
}

extension LogicalType {
    /// The name that the standard has for the type, without length or precision.
    var nameWithoutModifier: String {
        switch self {
        case .numeric: "numeric"
        case .varchar: "character varying"
        case .array: "ARRAY"
        default: description
        }
    }

    /// The name by which PostgreSQL's catalog knows the type.
    fileprivate var shortName: String {
        switch self {
        case .boolean: "bool"
        case .smallint: "int2"
        case .integer: "int4"
        case .bigint: "int8"
        case .real: "float4"
        case .double: "float8"
        case .numeric: "numeric"
        case .varchar: "varchar"
        case .time: "time"
        case .timestamp: "timestamp"
        case .timestamptz: "timestamptz"
        case .array(let element): "_" + element.shortName
        default: description
        }
    }
}
