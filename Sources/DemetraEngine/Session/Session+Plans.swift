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
    func planCircumstances(_ snapshot: Snapshot) -> PlanCache.Circumstances? {
        guard !hasOwnCatalog else { return nil }
        return PlanCache.Circumstances(
            catalogVersion: snapshot.catalog.version,
            settings: settings.withLock { $0.planSettings }, user: user,
            isOwner: origin.isOwner,
            temporarySchema: hasTemporaryTables(snapshot.catalog) ? temporarySchema : nil)
    }

    /// The statements of a text.
    ///
    /// - Throws: 42601 when it is not SQL.
    func parse(_ text: String) throws(DemetraError) -> [ParsedStatement] {
        if let insert = literalInserts.withLock({ $0.parse(text) }) { return [insert] }
        if let known = engine.plans.statements(of: text) { return known }
        let statements = try SQLParser.parse(text)
        if statements.count == 1, statements[0].statement.isRepeated {
            engine.plans.keep(statements, of: text)
        }
        return statements
    }

    /// The statements of a text that is prepared.
    ///
    /// - Throws: 42601 when it is not SQL.
    func parsePrepared(_ text: String) throws(DemetraError) -> [ParsedStatement] {
        if let known = engine.plans.statements(of: text) { return known }
        let statements = try SQLParser.parse(text)
        // The texts of roles may hold passwords.
        let areAboutRoles = statements.contains { statement in
            if case .role = statement.statement { true } else { false }
        }
        if !areAboutRoles { engine.plans.keep(statements, of: text) }
        return statements
    }
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
