package import DemetraCatalog
package import DemetraPlanner
import DemetraSQL
import DemetraStorage
package import DemetraTypes
import DemetraVectors

/// Statements that a part above the engine carries out: alerts, later connectors and reports.
package protocol StatementExtension: Sendable {
    /// The kinds of statements it takes.
    func handles(_ statement: BoundStatement) -> Bool

    /// The columns of the rows that a statement answers; nil when it gives none.
    func fields(of statement: BoundStatement) -> [Field]?

    /// Carries the statement out and answers it.
    func run(_ statement: BoundStatement, _ context: StatementContext) throws(DemetraError)
}

/// What the engine lends to a statement extension: one snapshot to read, one commit to write.
///
/// Rows go in and out as values. A statement of this kind moves few of them, and its part then needs to know
/// neither vectors nor storage.
package struct StatementContext {
    private let run: StatementRun
    private let snapshot: Snapshot

    init(run: StatementRun, snapshot: Snapshot) {
        self.run = run
        self.snapshot = snapshot
    }

    /// What exists on the snapshot.
    package var catalog: Catalog { snapshot.catalog }
    /// When the statement began; what `now()` gives inside its queries.
    package var now: Timestamp { run.transactionTime }
    /// The session's time zone.
    package var timeZone: TimeZoneRules { run.session.timeZone }

    /// The same statement on the rows of this moment, to decide again what a concurrent commit undid.
    package func refreshed() -> StatementContext {
        StatementContext(run: run, snapshot: run.session.snapshot)
    }

    // MARK: Reading

    /// A binder over the snapshot's catalog, with the rights of the database's owner: what stored rules read is read as
    /// theirs.
    package func makeBinder() -> Binder {
        run.session.makeBinder(snapshot, Folder(context: run.context(snapshot)), as: .owner)
    }

    /// - Throws: 42501 when the current role may not do that with an alert. One that is gone is anybody's.
    package func require(_ privileges: Privileges, onAlert name: String) throws(DemetraError) {
        let authority = run.session.authority(catalog)
        guard let rights = authority.rights, let alert = catalog.alerts[name],
            !rights.allows(privileges, alert.access)
        else { return }
        throw Binder.denied(.alert, name, privileges, rights.role)
    }

    /// The rows of a plan.
    package func rows(of plan: LogicalPlan) throws(DemetraError) -> [[Value]] {
        var result: [[Value]] = []
        for batch in try run.collect(plan, snapshot).batches {
            for index in 0..<batch.count { result.append(batch.row(index)) }
        }
        return result
    }

    /// The rows of a stored table for which a condition is true, each with its row id in front.
    package func storedRows(
        of table: TableDefinition, where condition: String? = nil
    ) throws(DemetraError) -> [[Value]] {
        try rows(of: try makeBinder().storedRows(of: table, where: condition))
    }

    /// The greatest value of an integer column; 0 without rows.
    package func greatest(
        _ column: String, of table: TableDefinition
    ) throws(DemetraError) -> Int64 {
        let text =
            "SELECT max(\(RelationName.quoted(column))) FROM \(table.qualifiedName.quoted)"
        let statement = try SQLParser.parse(text)[0]
        let bound = try makeBinder().bind(statement, text: text, parameters: [])
        guard case .query(let plan) = bound,
            case .integer(let value)? = try rows(of: plan).first?.first
        else { return 0 }
        return value
    }

    /// - Throws: 57014 when the statement was cancelled.
    package func checkCancellation() throws(DemetraError) { try run.cancellation.check() }

    // MARK: Writing

    /// Makes changes durable and visible together, or part of the open transaction.
    ///
    /// - Throws: 40001 when another commit came between the snapshot and this one.
    package func commit(_ changes: StatementChanges) throws(DemetraError) {
        var transaction = WriteTransaction(snapshot: snapshot)
        for change in changes.catalog { transaction.change(change) }
        let dropped = changes.catalog.compactMap { change in
            if case .dropTable(let id) = change { id } else { nil }
        }
        for table in changes.tables where !dropped.contains(table.definition.id) {
            if !table.removed.isEmpty {
                transaction.delete(
                    table.definition.id,
                    rowIDs: Vector(table.removed.map { .integer($0) }, type: .bigint))
            }
            guard !table.added.isEmpty else { continue }
            let columns = table.definition.columns.enumerated().map { index, column in
                Vector(table.added.map { $0[index] }, type: column.type)
            }
            transaction.insert(
                table.definition.id, [Batch(columns, count: table.added.count)], onConflict: .error)
        }
        try run.commit(transaction)
    }

    // MARK: Answering

    /// Answers with rows.
    package func answer(_ schema: Schema, _ rows: [[Value]], tag: String) throws(DemetraError) {
        try run.output.begin(schema)
        if !rows.isEmpty {
            let columns = schema.fields.enumerated().map { index, field in
                Vector(rows.map { $0[index] }, type: field.type)
            }
            try run.output.rows(Batch(columns, count: rows.count))
        }
        try run.output.finish(tag: tag)
    }

    /// Answers without rows.
    package func answer(tag: String, notice: String? = nil) throws(DemetraError) {
        if let notice { run.output.notice(Notice(notice)) }
        try run.output.finish(tag: tag)
    }
}

/// What one statement changes, collected before its commit.
package struct StatementChanges: Sendable {
    /// The rows that leave and enter one table.
    package struct Table: Sendable {
        /// The table.
        package let definition: TableDefinition
        /// Ids of rows that leave.
        package var removed: [Int64] = []
        /// Rows that enter: a value of the column's type for each column, in order.
        package var added: [[Value]] = []
    }

    /// Changes of what exists; they come before those of rows.
    package var catalog: [CatalogChange] = []
    /// Changes of rows, one entry a table.
    package private(set) var tables: [Table] = []

    /// No changes.
    package init() {}

    /// True when there is nothing to commit.
    package var isEmpty: Bool {
        catalog.isEmpty && tables.allSatisfy { $0.removed.isEmpty && $0.added.isEmpty }
    }

    /// Removes a stored row.
    package mutating func remove(_ row: Int64, from table: TableDefinition) {
        change(table) { $0.removed.append(row) }
    }

    /// Adds a row.
    package mutating func add(_ row: [Value], to table: TableDefinition) {
        change(table) { $0.added.append(row) }
    }

    private mutating func change(_ table: TableDefinition, _ body: (inout Table) -> Void) {
        if let index = tables.firstIndex(where: { $0.definition.id == table.id }) {
            body(&tables[index])
        } else {
            var fresh = Table(definition: table)
            body(&fresh)
            tables.append(fresh)
        }
    }
}
