package import DemetraEngine
import DemetraSQL
import Synchronization

/// One client's way to a database: settings, prepared statements and one statement at a time.
///
/// Synchronous; `Database` has the asynchronous forms. A connection may be used from any thread, and
/// statements of one connection wait for each other.
public final class Connection: Sendable {
    private let session: Session

    init(session: Session) { self.session = session }

    /// Runs statements and gives the answer of the last one.
    ///
    /// - Throws: the error of the first statement that fails; those behind it are not run.
    @discardableResult
    public func query(_ sql: SQL) throws(DemetraError) -> Rows {
        try session.rows(of: sql)
    }

    /// Runs statements whose answers go to `output` one by one; false when there are none.
    @discardableResult
    package func run(_ text: String, output: any StatementOutput) throws(DemetraError) -> Bool {
        try session.run(text, parameters: [], output: output)
    }

    /// Whether a text is an INSERT of a few literals, like one that ran before, which answers nothing but its tag: a
    /// thread that must not wait for a client may run it.
    package func isRepeatedInsert(_ text: String) -> Bool { session.isRepeatedInsert(text) }

    /// The value of a setting of the session.
    package func setting(_ name: String) throws(DemetraError) -> String {
        try session.setting(name)
    }

    /// The session's time zone.
    package var timeZone: TimeZoneRules { session.timeZone }

    /// The columns of a table.
    ///
    /// - Throws: 42P01 when there is none of that name.
    package func schema(ofTable name: String) throws(DemetraError) -> Schema {
        try session.schema(ofTable: name)
    }

    /// Changes a setting of the session.
    package func set(_ name: String, to value: String) throws(DemetraError) {
        try session.set(name, value)
    }

    /// True when a text holds whole statements, so that a shell may run it; a text with a syntax error
    /// is whole too.
    package static func isComplete(_ text: String) -> Bool { SQLParser.isComplete(text) }

    /// Stops the statement that is running, if any: it fails with 57014.
    public func cancel() { session.cancel() }

    /// What is known of the statement that is running, if any: how long it has been doing so, and how far it is.
    package var runningStatement: (startedAt: Timestamp, progress: ReadProgress)? {
        session.runningStatement
    }

    /// Others do not see the session any more: its client is gone, whoever still holds it.
    package func leave() { session.leave() }

    /// Whether another session has ended this one: all its statements fail with 57P01.
    package var isTerminated: Bool { session.isTerminated }

    /// Ends the session: what runs is stopped, and all its statements fail with 57P01.
    package func terminate() { session.terminate() }

    /// Takes the news that another session has ended this one, on that one's thread; it must not wait.
    package func setTerminationReceiver(_ receiver: (@Sendable () -> Void)?) {
        session.setTerminationReceiver(receiver)
    }

    /// Whether a failed or open transaction surrounds the next statement.
    package var transactionStatus: TransactionStatus { session.transactionStatus }

    /// The tables and views, for completion and `\d`.
    package func relationNames() -> [String] { session.relationNames() }

    /// Adds rows to a table, all or none of them.
    ///
    /// - Throws: 23505 when a key exists and the mode is `.insert`, 42804 when a value has another type
    ///   than its column.
    @discardableResult
    package func append(
        _ rows: [[Value]], to table: String, mode: AppendMode
    ) throws(DemetraError) -> Int {
        try session.append(rows, to: table, replacing: mode == .upsert)
    }

    /// Adds rows that are columns already, all or none of them; each batch has the table's columns.
    @discardableResult
    package func append(
        _ batches: [Batch], to table: String, mode: AppendMode
    ) throws(DemetraError) -> Int {
        try session.append(batches, to: table, replacing: mode == .upsert)
    }

    /// What the word before byte `cursor` of a text may become: keywords that the grammar allows there, tables,
    /// columns of the tables that the statement names before or behind the cursor, functions, metrics, settings.
    public func completions(of text: String, at cursor: Int) -> Completions {
        Completions(session.completions(of: text, at: cursor))
    }

    /// Imports a file into a table; see `ImportOptions`.
    package func importFile(
        _ path: String, into table: String, options: ImportOptions,
        progress: @escaping @Sendable (ImportProgress) -> Void
    ) throws(DemetraError) -> ImportSummary {
        try session.importFile(path, into: table, options: options, progress: progress)
    }
}

// MARK: Extended protocol

extension Connection {
    /// Understands one statement with parameters; see `Session.describe`.
    package func describe(
        _ text: String, declared: [LogicalType]
    ) throws(DemetraError) -> DescribedStatement {
        try session.describe(text, declared: declared)
    }

    /// Keeps a statement under a name.
    package func keep(
        _ statement: DescribedStatement, as name: String
    ) throws(DemetraError) { try session.keep(statement, as: name) }

    /// The statement of a name.
    package func statement(named name: String) throws(DemetraError) -> DescribedStatement {
        try session.statement(named: name)
    }

    /// Forgets a statement, if there is one of that name.
    package func closeStatement(named name: String) { session.closeStatement(named: name) }

    /// Gives a statement its values.
    package func bind(
        _ statement: DescribedStatement, _ values: [Value], to portal: String
    ) throws(DemetraError) { try session.bind(statement, values, to: portal) }

    /// The portal of a name.
    package func portal(named name: String) throws(DemetraError) -> Portal {
        try session.portal(named: name)
    }

    /// Closes a portal, if there is one of that name.
    package func closePortal(named name: String) { session.closePortal(named: name) }

    /// Runs a portal, or goes on with it; false when it stopped at the limit.
    package func execute(
        _ portal: Portal, limit: Int, isAlone: Bool, output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        try session.execute(portal, limit: limit, isAlone: isAlone, output: output)
    }

    /// Whether a text was run before and takes no time worth speaking of.
    package func isShort(_ text: String) -> Bool { session.isShort(text) }

    /// Whether a text was described before, or describing it takes no time worth speaking of.
    package func isDescribed(_ text: String, declared: [LogicalType]) -> Bool {
        session.isDescribed(text, declared: declared)
    }

    /// Whether `sync` has nothing to do.
    package var hasNothingToCommit: Bool { session.hasNothingToCommit }

    /// Commits what was done since the last call, unless a transaction was begun.
    package func sync() throws(DemetraError) { try session.sync() }

    /// A message was wrong: the transaction can only be rolled back.
    package func fail() { session.fail() }

    /// The value that a text stands for in this session.
    package func value(
        ofText text: String, as type: LogicalType
    ) throws(DemetraError) -> Value { try session.value(ofText: text, as: type) }

    /// What clients cancel the connection's statements by.
    package var processID: Int32 { Int32(truncatingIfNeeded: session.number) }

    /// Takes the messages that the connection listens to, on the thread that sends them; it must not wait.
    package func setNotificationReceiver(
        _ receiver: (@Sendable (Notification) -> Void)?
    ) { session.setNotificationReceiver(receiver) }

    /// All settings of the session.
    package var settings: SessionSettings { session.allSettings }
}

extension Session {
    /// Runs statements and gives the answer of the last one.
    func rows(of sql: SQL) throws(DemetraError) -> Rows {
        let output = RowCollector()
        try run(sql.text, parameters: sql.parameters.map { ($0.value, $0.type) }, output: output)
        return output.rows
    }
}

/// Keeps the answer of the last statement.
final class RowCollector: StatementOutput {
    private var schema = Schema([])
    private var batches: [Batch] = []
    private var tag = ""
    private var notices: [Notice] = []

    var rows: Rows { Rows(schema: schema, tag: tag, notices: notices, batches: batches) }

    func begin(_ schema: Schema) {
        self.schema = schema
        batches = []
    }

    func rows(_ batch: Batch) { batches.append(batch) }

    func finish(tag: String) { self.tag = tag }

    func notice(_ notice: Notice) { notices.append(notice) }

    func copySource(columnCount: Int, isBinary: Bool) throws(DemetraError) -> any CopySource {
        throw DemetraError(
            .featureNotSupported, "COPY FROM STDIN needs a client that sends rows",
            hint: "Use COPY ... FROM 'file' or append(to:).")
    }

    func beginCopyOut(columnCount: Int, isBinary: Bool) throws(DemetraError) {
        throw DemetraError(
            .featureNotSupported, "COPY TO STDOUT needs a client that takes bytes",
            hint: "Use a SELECT, or COPY ... TO 'file'.")
    }

    func copyRows(_ bytes: [UInt8], ends: [Int]) {}
}
