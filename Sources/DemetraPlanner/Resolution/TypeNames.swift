import DemetraSQL
import DemetraTypes

/// SQL type names to types.
enum TypeNames {
    private static let simple: [String: LogicalType] = [
        "bool": .boolean, "boolean": .boolean, "smallint": .smallint, "int2": .smallint,
        "integer": .integer, "int": .integer, "int4": .integer, "bigint": .bigint, "int8": .bigint,
        "real": .real, "float4": .real, "float": .double, "float8": .double, "double": .double,
        "text": .text, "string": .text, "date": .date, "time": .time, "timestamp": .timestamp,
        "timestamptz": .timestamptz, "datetime": .timestamp, "interval": .interval, "json": .json,
        "jsonb": .jsonb, "bytea": .bytea, "uuid": .uuid, "serial": .integer,
        "bigserial": .bigint, "smallserial": .smallint, "serial2": .smallint, "serial4": .integer,
        "serial8": .bigint, "jsonpath": .text,
    ]

    /// The types of the catalog. They are no columns of tables, which have what they are stored as.
    private static let system = Dictionary(
        SystemType.allCases.filter { $0 != .record }.map { ($0.rawValue, $0) }
    ) { first, _ in first }

    /// Names of other dialects, and what they are here.
    private static let foreign: [String: String] = [
        "int64": "bigint", "int32": "integer", "int16": "smallint", "tinyint": "smallint",
        "byteint": "smallint", "mediumint": "integer", "hugeint": "numeric(38)",
        "int128": "numeric(38)", "uint8": "smallint", "uint16": "integer", "uint32": "bigint",
        "uint64": "numeric(20)", "ubigint": "numeric(20)", "uinteger": "bigint",
        "float32": "real", "float64": "double precision", "number": "numeric",
        "bignumeric": "numeric", "money": "numeric(14,2)", "nvarchar": "text",
        "varchar2": "text", "nchar": "text", "tinytext": "text", "mediumtext": "text",
        "longtext": "text", "fixedstring": "text", "enum": "text", "blob": "bytea",
        "bytes": "bytea", "varbinary": "bytea", "binary": "bytea", "date32": "date",
        "datetime64": "timestamp", "datetime2": "timestamp", "timestamp_ntz": "timestamp",
        "timestamp_tz": "timestamptz", "variant": "jsonb", "object": "jsonb", "struct": "jsonb",
        "map": "jsonb", "bit": "boolean",
    ]

    /// The type of that name.
    ///
    /// - Throws: 42704 when there is none, 0A000 for arrays of arrays, 22023 for impossible modifiers.
    static func resolve(_ name: TypeName) throws(DemetraError) -> LogicalType {
        guard name.arrayDepth < 2 else {
            throw DemetraError(
                .featureNotSupported, "arrays of more than one dimension are not supported",
                hint: "Keep inner lists as jsonb, or in rows of their own.",
                position: Int(name.range.lower))
        }
        let type = try base(name)
        return name.arrayDepth == 0 ? type : .array(type)
    }

    private static func base(_ name: TypeName) throws(DemetraError) -> LogicalType {
        switch name.name {
        case "numeric", "decimal", "dec": return .numeric(try modifier(name))
        case "varchar", "character", "char", "bpchar":
            let length = name.modifiers.first
            if let length, length < 1 {
                throw DemetraError(
                    .invalidParameterValue, "length for type varchar must be at least 1",
                    position: Int(name.range.lower))
            }
            let isFixed = name.name != "varchar" && name.name != "bpchar"
            return .varchar(limit: length ?? (isFixed ? 1 : nil))
        default: break
        }
        if let type = simple[name.name] { return type }
        if let type = system[name.name] { return .system(type) }
        let nearest = foreign[name.name] ?? NearestName.find(name.name, among: simple.keys)
        throw DemetraError(
            .undefinedObject, "type \"\(name.name)\" does not exist",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." }, position: Int(name.range.lower))
    }

    private static func modifier(_ name: TypeName) throws(DemetraError) -> NumericModifier? {
        guard let precision = name.modifiers.first else { return nil }
        let scale = name.modifiers.count > 1 ? name.modifiers[1] : 0
        let greatest = Decimal.maximumPrecision
        guard (1...greatest).contains(precision), (0...precision).contains(scale) else {
            throw DemetraError(
                .invalidParameterValue,
                "numeric(\(precision),\(scale)) is not possible: precision is 1 to \(greatest), "
                    + "scale 0 to the precision",
                position: Int(name.range.lower))
        }
        return NumericModifier(precision: precision, scale: scale)
    }
}
