import DemetraCatalog
import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import Synchronization

// What a session asks and gives to the database's cache of plans.

extension Session {
    /// What plans depend on at this moment; nil in a transaction that has changed the catalog, whose versions are its
    /// own.
    private func planCircumstances(_ snapshot: Snapshot) -> PlanCache.Circumstances? {
        guard !hasOwnCatalog else { return nil }
        return PlanCache.Circumstances(
            catalogVersion: snapshot.catalog.version,
            settings: state.settings.withLock { $0.planSettings }, user: user,
            isOwner: origin.isOwner, database: origin.database,
            temporarySchema: hasTemporaryTables(snapshot.catalog) ? temporarySchema : nil)
    }

    /// Where what is known of a statement is kept; nil when it may not hold for others or later.
    func planKey(
        _ statement: ParsedStatement, _ text: String, _ types: [LogicalType], _ snapshot: Snapshot
    ) -> PlanCache.Key? {
        planCircumstances(snapshot).map {
            PlanCache.Key(
                text: text, start: statement.range.lower, types: types, circumstances: $0)
        }
    }

    /// What is known of a query that is about to be carried out.
    func knownQuery(
        _ statement: ParsedStatement, _ text: String, _ types: [LogicalType]
    ) -> KnownQuery {
        let snapshot = snapshot
        let key = planKey(statement, text, types, snapshot)
        return KnownQuery(
            snapshot: snapshot, key: key, query: key.flatMap { plans.query($0, snapshot) })
    }

    /// The statements of a text.
    ///
    /// - Throws: 42601 when it is not SQL.
    func parse(_ text: String) throws(DemetraError) -> [ParsedStatement] {
        if let insert = literalInserts.withLock({ $0.parse(text) }) { return [insert] }
        return try parse(text) { $0.isRepeated }
    }

    /// The statements of a text that is prepared.
    ///
    /// - Throws: 42601 when it is not SQL.
    func parsePrepared(_ text: String) throws(DemetraError) -> [ParsedStatement] {
        // The texts of roles may hold passwords.
        try parse(text) { if case .role = $0 { false } else { true } }
    }

    /// Parses a text, unless that was done before; keeps one statement of which `isKept` is true.
    private func parse(
        _ text: String, keepingIf isKept: (Statement) -> Bool
    ) throws(DemetraError) -> [ParsedStatement] {
        if let known = plans.statements(of: text) { return known }
        let statements = try SQLParser.parse(text)
        if statements.count == 1, isKept(statements[0].statement) {
            plans.keep(statements, of: text)
        }
        return statements
    }
}

/// What is known of a query before it is carried out.
struct KnownQuery {
    /// The state that it reads.
    let snapshot: Snapshot
    /// Where its plan may be kept.
    let key: PlanCache.Key?
    /// The plan that another execution has made.
    let query: PlannedQuery?
}

extension Statement {
    /// It is a query, which changes nothing unless a part of it does.
    var isQuery: Bool { if case .query = self { true } else { false } }

    /// Comes again word for word, as statements that bring rows do not.
    fileprivate var isRepeated: Bool {
        switch self {
        case .query, .show, .set, .begin, .commit, .rollback, .savepoint, .release, .rollbackTo:
            true
        default: false
        }
    }

    /// What it takes and gives depends on the catalog only.
    var isDescribedByCatalog: Bool {
        switch self {
        case .query, .insert, .update, .delete, .merge, .with: true
        default: false
        }
    }
}
