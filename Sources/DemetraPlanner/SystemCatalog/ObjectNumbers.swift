import DemetraCatalog

/// The numbers that objects go by: PostgreSQL's OIDs.
///
///     1 ... 11999           PostgreSQL's own for its types, relations and schemas
///     9000 ... 11999        built-in functions, in the order of their names
///     13000 ... 16383       the relations of information_schema and of the engine
///     16384 ... 2^30 - 1    tables and sequences: 16384 and the number that the catalog gives them for life
///     2^30 ... 2^31 - 1     what the catalog knows by name: views, schemas, indexes, constraints, defaults
///
/// A number of the last kind is made of what the object is and of the names or numbers that find it, so it stays
/// through restarts and whatever happens to others, and no file keeps it. Should two objects get the same one, the
/// later by name takes the next that is free.
struct ObjectNumbers {
    static let relationCatalog: Int64 = 1259
    static let typeCatalog: Int64 = 1247
    static let functionCatalog: Int64 = 1255
    static let constraintCatalog: Int64 = 2606
    static let namespaceCatalog: Int64 = 2615
    static let defaultCatalog: Int64 = 2604
    /// The schema `pg_catalog`.
    static let systemSchema: Int64 = 11
    /// The schema `information_schema`.
    static let informationSchema: Int64 = 13_000
    /// The schema `public`.
    static let publicSchema: Int64 = 2200
    /// The session's user, whatever the name.
    static let user: Int64 = 10
    /// PostgreSQL's own groups.
    static let builtInGroups: [(number: Int64, name: String)] = [
        (6181, Rights.readsAll), (6182, Rights.writesAll),
    ]
    /// The database.
    static let database: Int64 = 5
    static let firstFunction: Int64 = 9_000
    static let firstInformation: Int64 = 13_100
    static let firstEngine: Int64 = 15_000
    private static let firstTable: Int64 = 16_384
    private static let firstNamed: Int64 = 1 << 30

    private var taken: Set<Int64> = []

    /// The number of a table or sequence.
    static func number(_ id: TableID) -> Int64 { firstTable + id.number }

    /// The number of an object that a text finds.
    mutating func number(_ text: String) -> Int64 {
        // FNV-1a, folded to 30 bits.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let mask = UInt64(Self.firstNamed - 1)
        var number = Self.firstNamed + Int64((hash ^ (hash >> 30)) & mask)
        while !taken.insert(number).inserted {
            number = number == 2 * Self.firstNamed - 1 ? Self.firstNamed : number + 1
        }
        return number
    }
}
