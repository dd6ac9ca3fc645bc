/// The numbers by which PostgreSQL's clients know types.
///
/// - Source: the catalog `pg_type` of PostgreSQL 15.
extension LogicalType {
    private static let numbers: [(type: LogicalType, id: UInt32, arrayID: UInt32)] = [
        (.boolean, 16, 1000), (.bytea, 17, 1001), (.bigint, 20, 1016), (.smallint, 21, 1005),
        (.integer, 23, 1007), (.text, 25, 1009), (.json, 114, 199), (.real, 700, 1021),
        (.double, 701, 1022), (.varchar(limit: nil), 1043, 1015), (.date, 1082, 1182),
        (.time, 1083, 1183), (.timestamp, 1114, 1115), (.timestamptz, 1184, 1185),
        (.interval, 1186, 1187), (.numeric(nil), 1700, 1231), (.uuid, 2950, 2951),
        (.jsonb, 3802, 3807),
    ]
    private static let byType: [LogicalType: UInt32] = {
        let plain = numbers.flatMap { [($0.type, $0.id), (.array($0.type), $0.arrayID)] }
        let system = SystemType.allCases.flatMap { type -> [(LogicalType, UInt32)] in
            guard let known = CatalogType.of(.system(type)) else { return [] }
            let one = (LogicalType.system(type), UInt32(truncatingIfNeeded: known.number))
            guard known.arrayNumber != 0 else { return [one] }
            return [
                one, (.array(.system(type)), UInt32(truncatingIfNeeded: known.arrayNumber)),
            ]
        }
        return Dictionary(uniqueKeysWithValues: plain + system)
    }()
    private static let byID: [UInt32: LogicalType] = {
        var types = Dictionary(uniqueKeysWithValues: byType.map { ($0.value, $0.key) })
        // Text that is padded.
        types[1042] = .text
        types[1014] = .array(.text)
        return types
    }()

    /// The number of the type; modifiers have no part in it, and a literal without a type is text.
    package var objectID: UInt32 { Self.byType[unmodified] ?? 25 }

    /// The type of a number; nil for one that is not known here.
    package init?(objectID: UInt32) {
        guard let type = Self.byID[objectID] else { return nil }
        self = type
    }
}
