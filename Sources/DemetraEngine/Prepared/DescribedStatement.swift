import DemetraPlanner
import DemetraSQL
import DemetraStorage
package import DemetraTypes
import Synchronization

/// A statement that is understood and not run: what it takes and what it gives.
// Immutable after init.
package final class DescribedStatement: Sendable {
    /// Nil for a text without a statement.
    let statement: ParsedStatement?
    /// The text that the statement's ranges point into.
    package let text: String
    /// The types of `$1`, `$2`, ...
    package let parameterTypes: [LogicalType]
    /// The columns of its rows; nil when it gives none.
    package let fields: [Field]?
    /// It takes no longer than to tell somebody else to do it.
    package let isShort: Bool

    init(
        statement: ParsedStatement?, text: String, parameterTypes: [LogicalType],
        fields: [Field]?, isShort: Bool = false
    ) {
        self.statement = statement
        self.text = text
        self.parameterTypes = parameterTypes
        self.fields = fields
        self.isShort = isShort
    }

    /// True when there is nothing to run.
    package var isEmpty: Bool { statement == nil }
}

extension Session {
    /// Understands one statement with parameters.
    ///
    /// - Parameter declared: the types of its parameters as far as they are given, unknown for others.
    /// - Throws: 42601 when the text has several statements, 25P02 in a failed transaction for all that does not end it,
    ///   and what is wrong with the statement.
    package func describe(
        _ text: String, declared: [LogicalType]
    ) throws(DemetraError) -> DescribedStatement {
        let statements = try parsePrepared(text)
        guard statements.count < 2 else {
            throw DemetraError(
                .syntaxError, "cannot insert multiple commands into a prepared statement",
                hint: "Prepare each by itself, or send them without parameters.")
        }
        guard let statement = statements.first else {
            return DescribedStatement(
                statement: nil, text: text, parameterTypes: declared.map(\.shown), fields: nil)
        }
        if statement.statement.endsTransaction {
            return DescribedStatement(
                statement: statement, text: text, parameterTypes: declared.map(\.shown),
                fields: nil)
        }
        return try describe(statement, text, declared)
    }

    /// Whether it takes no time worth speaking of to find out what a text takes and gives: another execution has found it
    /// out, or there is nothing to find out. Else constants have to be computed, which may last.
    package func isDescribed(_ text: String, declared: [LogicalType]) -> Bool {
        guard let statements = plans.statements(of: text), statements.count == 1 else {
            return false
        }
        let statement = statements[0]
        switch statement.statement {
        case .begin, .commit, .rollback, .savepoint, .release, .rollbackTo, .set, .show: return true
        default: break
        }
        guard statement.statement.isDescribedByCatalog,
            let key = planKey(statement, text, declared, snapshot)
        else { return false }
        return plans.description(key) != nil
    }

    /// What a statement of PREPARE takes and gives.
    func describe(
        _ prepared: PreparedStatement, _ declared: [LogicalType]
    ) throws(DemetraError) -> DescribedStatement {
        guard let statement = prepared.statement else {
            return DescribedStatement(
                statement: nil, text: prepared.text, parameterTypes: [], fields: nil)
        }
        return try describe(statement, prepared.text, declared)
    }

    /// What the query of a cursor takes and gives, with values for its parameters.
    func describe(
        _ query: ParsedStatement, _ text: String, _ values: [(Value, LogicalType)]
    ) throws(DemetraError) -> DescribedStatement {
        try describe(query, text, values.map(\.1))
    }

    private func describe(
        _ statement: ParsedStatement, _ text: String, _ declared: [LogicalType]
    ) throws(DemetraError) -> DescribedStatement {
        try refuseWhenFailed()
        if case .declareCursor(let declare) = statement.statement {
            // Parameters are those of its query.
            let query = try describe(declare.query, text, declared)
            return DescribedStatement(
                statement: statement, text: text, parameterTypes: query.parameterTypes, fields: nil)
        }
        let snapshot = snapshot
        let key =
            statement.statement.isDescribedByCatalog
            ? planKey(statement, text, declared, snapshot) : nil
        if let key, let known = plans.description(key) { return known }
        let binder = makeBinder(snapshot, Folder(context: planningContext(snapshot)))
        let (bound, types) = try binder.describe(statement, text: text, declared: declared)
        let described = DescribedStatement(
            statement: statement, text: text, parameterTypes: types,
            fields: try fields(of: bound), isShort: bound.isShort)
        if let key { plans.keep(described, for: key) }
        return described
    }

    /// The columns of a statement's rows; nil when it gives none.
    func fields(of statement: BoundStatement) throws(DemetraError) -> [Field]? {
        for part in engine.extensions where part.handles(statement) {
            return part.fields(of: statement)
        }
        switch statement {
        case .query(let plan):
            return plan.shownFields
        case .staged(_, let main): return try fields(of: main)
        case .insert(let insert): return Self.fields(of: insert.returning)
        case .update(let update): return Self.fields(of: update.returning)
        case .delete(let delete): return Self.fields(of: delete.returning)
        case .explain(_, _, let format): return [ExplainRun.field(format)]
        case .session(.fetch(let fetch)) where !fetch.isMove:
            return try portal(named: fetch.name.name).statement.fields
        case .session(.show(let name)): return try fields(shown: name)
        case .session(.execute(let name, _)):
            return try prepared.statement(name).description?.fields
        default: return nil
        }
    }

    private static func fields(of returning: [ProjectedColumn]) -> [Field]? {
        guard !returning.isEmpty else { return nil }
        return returning.map(\.column.shownField)
    }

    private func fields(shown name: ObjectName) throws(DemetraError) -> [Field]? {
        if let relation = SessionStatementRun.relation(shown: name.text) {
            return try describe("SELECT * FROM \(relation)", declared: []).fields
        }
        return SessionStatementRun.columns(shown: name.text).map { Field(name: $0, type: .text) }
    }

    /// - Throws: 25P02 when the transaction has failed.
    func refuseWhenFailed() throws(DemetraError) {
        if transaction.withLock({ $0?.isFailed ?? false }) { throw SessionTransaction.aborted }
    }
}

extension BoundStatement {
    /// It takes no longer than to tell somebody else to do it.
    var isShort: Bool {
        switch self {
        case .query(let plan): plan.isShort
        case .session(.set), .session(.begin), .session(.show): true
        default: false
        }
    }
}

extension Statement {
    /// Allowed in a failed transaction.
    var endsTransaction: Bool {
        switch self {
        case .commit, .rollback, .rollbackTo: true
        default: false
        }
    }
}
