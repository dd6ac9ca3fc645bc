import DemetraCatalog
import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// What was understood of statements that come again and again, for all sessions of a database: the statements of a
/// text, what they take and give, and how queries are carried out.
///
/// Nothing in it may be out of date: whatever a plan depends on is part of its key, except for the sizes of tables,
/// which are looked at when it is used.
final class PlanCache: Sendable {
    /// Everything that a statement means something else by.
    struct Circumstances: Hashable, Sendable {
        let catalogVersion: Int64
        let settings: PlanSettings
        /// As whom: roles may read different tables. Which roles are set is among the settings.
        let user: String
        let isOwner: Bool
        /// What the session calls the database: constants may hold it.
        let database: String
        /// Of a session with temporary tables, whose names are its own.
        let temporarySchema: String?
    }

    /// A statement of a text, with parameters.
    struct Key: Hashable, Sendable {
        let text: String
        /// Where it stands in the text.
        let start: Int32
        /// The types that its parameters have been given.
        let types: [LogicalType]
        let circumstances: Circumstances

        /// Of what tells most keys apart: a statement is looked up each time it is carried out.
        func hash(into hasher: inout Hasher) {
            hasher.combine(text)
            hasher.combine(start)
            hasher.combine(circumstances.catalogVersion)
            hasher.combine(circumstances.user)
        }
    }

    /// The length of texts that are kept, for each of the three kinds of entries: a plan takes up to a hundred times as
    /// much as its text.
    private static let keptBytes = 64 << 10
    /// Longer texts take so long to carry out that it does not matter what it takes to understand them.
    private static let longestText = 8 << 10
    /// A short text weighs no less.
    private static let leastWeight = 64

    private let texts = Mutex(RecentEntries<String, [ParsedStatement]>(youngWeight: keptBytes))
    private let descriptions = Mutex(
        RecentEntries<Key, DescribedStatement>(youngWeight: keptBytes))
    private let queries = Mutex(RecentEntries<Key, PlannedQuery>(youngWeight: keptBytes))

    // MARK: Texts

    /// The statements of a text that was parsed before.
    func statements(of text: String) -> [ParsedStatement]? {
        guard Self.isKept(text) else { return nil }
        return texts.withLock { $0[text] }
    }

    /// Keeps the statements of a text that may well come again.
    func keep(_ statements: [ParsedStatement], of text: String) {
        guard Self.isKept(text) else { return }
        texts.withLock { $0.keep(statements, for: text, weight: Self.weight(text)) }
    }

    // MARK: Descriptions

    func description(_ key: Key) -> DescribedStatement? {
        guard Self.isKept(key.text) else { return nil }
        return descriptions.withLock { $0[key] }
    }

    func keep(_ description: DescribedStatement, for key: Key) {
        guard Self.isKept(key.text) else { return }
        descriptions.withLock { $0.keep(description, for: key, weight: Self.weight(key.text)) }
    }

    // MARK: Queries

    /// The plan of a query; nil when there is none that fits the tables as they are.
    func query(_ key: Key, _ snapshot: Snapshot) -> PlannedQuery? {
        guard Self.isKept(key.text), let query = queries.withLock({ $0[key] }),
            query.fits(snapshot)
        else { return nil }
        return query
    }

    func keep(_ query: PlannedQuery, for key: Key) {
        guard Self.isKept(key.text) else { return }
        queries.withLock { $0.keep(query, for: key, weight: Self.weight(key.text)) }
    }

    private static func isKept(_ text: String) -> Bool { text.utf8.count <= longestText }
    /// What the entries of a text weigh.
    static func weight(_ text: String) -> Int { max(text.utf8.count, leastWeight) }
}

/// The settings that plans depend on.
struct PlanSettings: Hashable, Sendable {
    let searchPath: String
    let timeZone: String
    /// SET ROLE and SET SESSION AUTHORIZATION; nil where they were not used.
    let role: String?
    let authorization: String?
}

/// How a query is carried out.
// Immutable after init.
final class PlannedQuery: Sendable {
    /// The columns that clients see.
    let fields: [Field]
    let root: any PhysicalOperator
    /// The rows, where they stand in the plan.
    let rows: [Batch]?
    /// It takes no longer than to tell somebody else to do it.
    let isShort: Bool
    /// The sizes of the tables for which it was made, where they matter.
    let rowCounts: [TableID: Int]

    init(
        fields: [Field], root: any PhysicalOperator, rows: [Batch]?, isShort: Bool,
        rowCounts: [TableID: Int]
    ) {
        self.fields = fields
        self.root = root
        self.rows = rows
        self.isShort = isShort
        self.rowCounts = rowCounts
    }

    /// A table may have grown by so many rows, or by its own size, before it is planned for anew.
    private static let growth = 1_000

    /// Compares the columns of a statement with those that a client was told of, if it was.
    ///
    /// - Throws: 0A000 when they are others.
    static func refuse(_ fields: [Field]?, unlike described: [Field]?) throws(DemetraError) {
        guard let described else { return }
        let isSame =
            fields?.count == described.count
            && zip(fields ?? [], described).allSatisfy { $0.type == $1.type }
        guard isSame else {
            throw DemetraError(
                .featureNotSupported, "cached plan must not change result type",
                hint: "A table has changed since the statement was prepared: prepare it anew.")
        }
    }

    /// Gives out rows that stand in the plan.
    func answer(
        _ rows: [Batch], _ output: any StatementOutput, _ notices: [Notice] = []
    ) throws(DemetraError) {
        try output.begin(Schema(fields))
        var count = 0
        for batch in rows where batch.count > 0 {
            try output.rows(batch)
            count += batch.count
        }
        for notice in notices { output.notice(notice) }
        try output.finish(tag: "SELECT \(count)")
    }

    /// Whether it would be planned much the same.
    func fits(_ snapshot: Snapshot) -> Bool {
        rowCounts.allSatisfy { table, planned in
            let count = snapshot.table(table)?.rowCount ?? 0
            return count <= planned * 2 + Self.growth && planned <= count * 2 + Self.growth
        }
    }
}
