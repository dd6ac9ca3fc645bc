import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraSQL
import DemetraStorage
package import DemetraTypes
package import DemetraVectors
import Synchronization

/// Where a session stands with its transaction.
package enum TransactionStatus: Sendable, Hashable {
    /// Each statement is a transaction of its own.
    case idle
    /// Between BEGIN and COMMIT.
    case open
    /// A statement between BEGIN and ROLLBACK has failed.
    case failed
}

/// One client's side in the engine: settings and one statement at a time.
package final class Session: Sendable {
    let engine: Engine
    /// The user's name.
    package let user: String
    /// The state that all statements read; nil where each reads the latest.
    let pinned: Snapshot?
    private let settings = Mutex(SessionSettings())
    let prepared = PreparedStatements()
    private let running = Mutex<CancellationFlag?>(nil)
    // Statements of one session wait for each other here.
    private let turn = Monitor(false)

    init(engine: Engine, user: String, pinned: Snapshot?) {
        self.engine = engine
        self.user = user
        self.pinned = pinned
    }

    /// What a statement that begins now reads.
    var snapshot: Snapshot { pinned ?? engine.store.snapshot() }

    /// Runs the statements of a text in order; a syntax error anywhere runs none of them.
    ///
    /// - Throws: the error of the first statement that fails; those behind it are not run.
    package func run(
        _ text: String, parameters: [(Value, LogicalType)], output: any StatementOutput
    ) throws(DemetraError) {
        let statements = try SQLParser.parse(text)
        for statement in statements {
            try runOne(statement, text, parameters, output)
        }
    }

    private func runOne(
        _ statement: ParsedStatement, _ text: String, _ parameters: [(Value, LogicalType)],
        _ output: any StatementOutput
    ) throws(DemetraError) {
        turn.wait { isTaken -> Void? in
            guard !isTaken else { return nil }
            isTaken = true
            return ()
        }
        let flag = CancellationFlag()
        running.withLock { $0 = flag }
        defer {
            running.withLock { $0 = nil }
            turn.withLock(notify: true) { $0 = false }
        }
        let budget = engine.budget.child("statement")
        defer { budget.release(budget.usedBytes) }
        let timeout = StatementTimeout(
            milliseconds: settings.withLock { $0.statementTimeoutMilliseconds }, flag)
        defer { timeout.end() }
        let run = StatementRun(
            session: self, text: text, parameters: parameters, cancellation: flag, budget: budget,
            output: output, statementTime: engine.clock.now())
        do {
            try run.execute(statement)
        } catch {
            throw timeout.explained(error)
        }
    }

    /// Stops the statement that is running, if any.
    package func cancel() { running.withLock { $0 }?.cancel() }

    /// Each statement commits by itself so far.
    package var transactionStatus: TransactionStatus { .idle }

    // MARK: Settings

    private static let memoryLimit = "memory_limit"

    /// The value of a setting.
    package func setting(_ name: String) throws(DemetraError) -> String {
        if name.lowercased() == Self.memoryLimit {
            return MemorySize.text(engine.budget.limitBytes)
        }
        return try settings.withLock { settings throws(DemetraError) in try settings.value(name) }
    }

    /// Changes a setting; nil sets its default.
    ///
    /// `memory_limit` belongs to the database and holds for all its sessions.
    package func set(_ name: String, _ value: String?) throws(DemetraError) {
        if name.lowercased() == Self.memoryLimit {
            let byteCount = try value.map { (text) throws(DemetraError) in
                try MemorySize.bytes(text)
            }
            return engine.setMemoryLimit(byteCount)
        }
        var value = value
        if name.lowercased() == "timezone", let zone = value {
            value = try engine.timeZones.rules(zone).name
        }
        let checked = value
        try settings.withLock { settings throws(DemetraError) in
            try settings.set(name, checked)
        }
    }

    /// Puts every setting back to its default.
    package func resetSettings() { settings.withLock { $0.reset() } }

    /// The session's time zone.
    package var timeZone: TimeZoneRules {
        (try? engine.timeZones.rules(try setting("timezone"))) ?? .utc
    }

    // MARK: Catalog

    /// Tables and views, sorted.
    package func relationNames() -> [String] {
        engine.store.snapshot().catalog.relationNames.sorted()
    }

    /// The columns of a table.
    ///
    /// - Throws: 42P01 when there is none of that name.
    package func schema(ofTable name: String) throws(DemetraError) -> Schema {
        try table(name).schema
    }

    /// Answers the columns of a table (name, type, whether NULL may stand there, default, keys) or of a view
    /// (name and type).
    ///
    /// - Throws: 42P01 when there is none of that name.
    package func describe(
        _ name: String, output: any StatementOutput
    ) throws(DemetraError) {
        if snapshot.catalog.views[name] != nil { return try describe(view: name, output) }
        let table = try table(name)
        let columns = table.columns
        try answer(
            [
                ("column", columns.map { .text($0.name) }),
                ("type", columns.map { .text($0.type.description) }),
                ("nullable", columns.map { .text($0.isNullable ? "yes" : "no") }),
                ("default", columns.map { $0.defaultExpression.map { .text($0) } ?? .null }),
                ("key", columns.indices.map { Self.keys(of: table, at: $0) }),
            ], output)
    }

    /// The keys that a column belongs to.
    private static func keys(of table: TableDefinition, at column: Int) -> Value {
        let names = table.keys.filter { $0.columns.contains(column) }
            .map { $0.isPrimary ? "primary" : "unique" }
        return .text(Set(names).sorted().joined(separator: ", "))
    }

    private func describe(view name: String, _ output: any StatementOutput) throws(DemetraError) {
        let quoted = "\"" + name + "\""
        guard let statement = try SQLParser.parse("SELECT * FROM \(quoted)").first,
            case .query(let plan) = try Binder(
                catalog: snapshot.catalog, functions: engine.functions
            ).bind(statement, text: "", parameters: [])
        else { throw DemetraError(.internalError, "a view is not a query") }
        try answer(
            [
                ("column", plan.columns.map { .text($0.name) }),
                ("type", plan.columns.map { .text($0.type.shown.description) }),
            ], output)
    }

    private func answer(
        _ columns: [(name: String, values: [Value])], _ output: any StatementOutput
    ) throws(DemetraError) {
        try output.begin(Schema(columns.map { Field(name: $0.name, type: .text) }))
        let count = columns.first?.values.count ?? 0
        try output.rows(Batch(columns.map { Vector($0.values, type: .text) }, count: count))
        try output.finish(tag: "SELECT \(count)")
    }

    func table(_ name: String) throws(DemetraError) -> TableDefinition {
        try table(name, in: engine.store.snapshot())
    }

    func table(_ name: String, in snapshot: Snapshot) throws(DemetraError) -> TableDefinition {
        let catalog = snapshot.catalog
        if let table = catalog.tables[name] { return table }
        let nearest = NearestName.find(name, among: catalog.tables.keys)
        throw DemetraError(
            .undefinedTable, "relation \"\(name)\" does not exist",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." })
    }
}

/// Cancels a statement that runs longer than `statement_timeout`.
private final class StatementTimeout: Sendable {
    private let milliseconds: Int
    private let state = Monitor((isOver: false, hasFired: false))

    init(milliseconds: Int, _ flag: CancellationFlag) {
        self.milliseconds = milliseconds
        guard milliseconds > 0 else { return }
        let state = state
        SystemThread.start {
            let isOver = state.wait(milliseconds: milliseconds) { $0.isOver ? true : nil } ?? false
            guard !isOver else { return }
            state.withLock { $0.hasFired = true }
            flag.cancel()
        }
    }

    func end() { state.withLock(notify: true) { $0.isOver = true } }

    /// Says that it was the timeout that cancelled.
    func explained(_ error: DemetraError) -> DemetraError {
        guard error.sqlState == .queryCanceled, state.withLock({ $0.hasFired }) else {
            return error
        }
        return DemetraError(
            .queryCanceled, "canceling statement due to statement timeout",
            hint: "statement_timeout is \(milliseconds) ms.")
    }
}
