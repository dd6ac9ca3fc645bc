import Demetra

/// How PostgreSQL numbers and sizes the types of columns.
///
/// - Source: the catalog `pg_type` of PostgreSQL 15.
struct WireType: Sendable {
    /// The type's OID.
    let objectID: Int32
    /// Bytes of a value, or -1 when it varies.
    let byteCount: Int16
    /// Length, precision and scale as `atttypmod` packs them, or -1.
    let modifier: Int32

    init(_ type: LogicalType) {
        if let element = type.arrayElement {
            let one = WireType(element)
            (objectID, byteCount, modifier) = (Self.arrayID(of: element), -1, one.modifier)
            return
        }
        var modifier: Int32 = -1
        switch type {
        case .boolean: (objectID, byteCount) = (16, 1)
        case .smallint: (objectID, byteCount) = (21, 2)
        case .integer: (objectID, byteCount) = (23, 4)
        case .bigint: (objectID, byteCount) = (20, 8)
        case .real: (objectID, byteCount) = (700, 4)
        case .double: (objectID, byteCount) = (701, 8)
        case .numeric(let given):
            (objectID, byteCount) = (1700, -1)
            // Precision and scale share the number, 4 bytes of header added.
            if let given { modifier = Int32(given.precision << 16 | given.scale) + 4 }
        case .text, .unknown, .array: (objectID, byteCount) = (25, -1)
        case .varchar(let limit):
            (objectID, byteCount) = (1043, -1)
            if let limit { modifier = Int32(limit) + 4 }
        case .date: (objectID, byteCount) = (1082, 4)
        case .time: (objectID, byteCount) = (1083, 8)
        case .timestamp: (objectID, byteCount) = (1114, 8)
        case .timestamptz: (objectID, byteCount) = (1184, 8)
        case .interval: (objectID, byteCount) = (1186, 16)
        case .json: (objectID, byteCount) = (114, -1)
        case .jsonb: (objectID, byteCount) = (3802, -1)
        case .bytea: (objectID, byteCount) = (17, -1)
        case .uuid: (objectID, byteCount) = (2950, 16)
        }
        self.modifier = modifier
    }

    /// The OID of the type of arrays of a type.
    private static func arrayID(of element: LogicalType) -> Int32 {
        switch element {
        case .boolean: 1000
        case .smallint: 1005
        case .integer: 1007
        case .bigint: 1016
        case .real: 1021
        case .double: 1022
        case .numeric: 1231
        case .text, .unknown, .array: 1009
        case .varchar: 1015
        case .date: 1182
        case .time: 1183
        case .timestamp: 1115
        case .timestamptz: 1185
        case .interval: 1187
        case .json: 199
        case .jsonb: 3807
        case .bytea: 1001
        case .uuid: 2951
        }
    }
}
