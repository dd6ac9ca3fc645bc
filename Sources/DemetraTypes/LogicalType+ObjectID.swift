/// The numbers by which PostgreSQL's clients know types.
extension LogicalType {
    private static let known: [LogicalType] =
        [
            .boolean, .bytea, .bigint, .smallint, .integer, .text, .json, .real, .double,
            .varchar(limit: nil), .date, .time, .timestamp, .timestamptz, .interval, .numeric(nil),
            .uuid, .jsonb,
        ] + SystemType.allCases.map { .system($0) }
    private static let byType: [LogicalType: UInt32] = Dictionary(
        uniqueKeysWithValues: (known + known.map { .array($0) }).compactMap { type in
            CatalogType.of(type).map { (type, UInt32(truncatingIfNeeded: $0.number)) }
        })
    private static let byID: [UInt32: LogicalType] = {
        var types = Dictionary(byType.map { ($0.value, $0.key) }) { first, _ in first }
        // Text that is padded.
        types[1042] = .text
        types[1014] = .array(.text)
        return types
    }()
    /// The number of text.
    private static let textID: UInt32 = 25

    /// The number of the type; modifiers have no part in it, and a literal without a type is text.
    package var objectID: UInt32 { Self.byType[unmodified] ?? Self.textID }

    /// The type of a number; nil for one that is not known here.
    package init?(objectID: UInt32) {
        guard let type = Self.byID[objectID] else { return nil }
        self = type
    }
}
