import DemetraAlerts
import DemetraAnalytics
import DemetraEngine
import DemetraFunctions
package import DemetraStorage

/// A database: a directory of files, open in this process alone.
///
/// ```swift
/// let db = try Database.open(at: "ads.demetra")
/// for try await row in try await db.query("SELECT channel, roas FROM ad_metrics GROUP BY channel") {
///     print(try row["channel", as: String.self], try row["roas", as: Double?.self] ?? .nan)
/// }
/// ```
public final class Database: Sendable {
    let engine: Engine

    /// What was found when the database was opened that its owner should know: a torn end of the log that
    /// was cut off after a crash, files that are damaged. Empty after an orderly end.
    public let recoveryNotices: [Notice]

    private init(engine: Engine, recoveryNotices: [Notice]) {
        self.engine = engine
        self.recoveryNotices = recoveryNotices
    }

    /// Opens the database in a directory; makes it when there is none.
    ///
    /// - Throws: 55P03 naming the process that holds it, 58030 when the directory cannot be written,
    ///   XX001 when a file is damaged.
    public static func open(
        at path: String, configuration: DatabaseConfiguration = DatabaseConfiguration()
    ) throws(DemetraError) -> Database {
        try open(path, fileSystem: PosixFileSystem(), clock: SystemClock(), configuration)
    }

    /// A database in memory, gone with the object.
    public static func inMemory(
        configuration: DatabaseConfiguration = DatabaseConfiguration()
    ) throws(DemetraError) -> Database {
        try open("memory", fileSystem: MemoryFileSystem(), clock: SystemClock(), configuration)
    }

    /// A database over given seams; for tests.
    package static func open(
        _ path: String, fileSystem: any FileSystem, clock: any Clock,
        _ configuration: DatabaseConfiguration
    ) throws(DemetraError) -> Database {
        let store = try Store.open(
            path: path, fileSystem: fileSystem, clock: clock,
            configuration: StoreConfiguration(
                memoryLimitBytes: configuration.memoryLimitBytes,
                processorCount: configuration.processorCount ?? SystemThread.processorCount,
                isReadOnly: configuration.isReadOnly))
        let sessions = SessionBoard()
        let refresher = ModelRefresher()
        let audit = AuditTrail(
            directory: path,
            fileSystem: configuration.isReadOnly ? OverlayFileSystem(fileSystem) : fileSystem,
            clock: clock)
        let functions = AnalyticsFunctions().added(to: BuiltInFunctions.registry)
            .adding(
                tables: [MemoryRelation.function(store), AuditRelation.function(audit)]
                    + [RefreshRelation.function(refresher)]
                    + SessionRelations.functions(sessions))
        let engine = Engine(
            store: store, functions: functions, fileSystem: fileSystem, clock: clock,
            configuration: EngineConfiguration(
                processorCount: configuration.processorCount,
                languageModel: configuration.languageModel),
            extensions: [AlertStatements()], audit: audit, entropy: SystemEntropy(),
            sessions: sessions, refresher: refresher)
        if !configuration.isReadOnly { engine.startRefreshing() }
        return Database(engine: engine, recoveryNotices: store.recovery.notices)
    }

    /// The directory.
    package var path: String { engine.store.path }

    /// The name of the directory, without its ending.
    package var name: String { engine.databaseName }

    /// A connection of its own.
    public func connect(user: String = "demetra") -> Connection {
        Connection(session: engine.makeSession(user: user))
    }

    /// Runs statements on a connection of their own and gives the answer of the last one.
    ///
    /// The work is done on threads of the database; the caller's task only waits.
    @discardableResult
    public func query(_ sql: SQL) async throws -> Rows {
        let connection = connect()
        return try await withTaskCancellationHandler {
            try await onOwnThread { try connection.query(sql) }
        } onCancel: {
            connection.cancel()
        }
    }

    /// A session of its own.
    func makeSession() -> Session { engine.makeSession(user: "demetra") }

    /// A session that sees the data as they are now and cannot write.
    func pinnedSession() -> Session {
        engine.makeSession(user: "demetra", pinned: engine.store.snapshot())
    }

    /// Trains models again that are due by their option `refresh`, on the caller's thread; a thread of the database
    /// does the same when their time comes.
    package func refreshDueModels() { engine.refreshDueModels() }

    /// Adds rows to a table, all or none of them.
    ///
    /// Rows are written while the closure adds them, on its own thread.
    ///
    /// - Parameters:
    ///   - mode: what a row does whose key exists.
    ///   - batchID: a name for these rows: the table takes a batch of that name once, so that a program that does
    ///     not know whether it was heard can say everything again.
    /// - Returns: the number of rows given; 0 when the table had got the batch before.
    @discardableResult
    nonisolated(nonsending) public func append(
        to table: String, mode: AppendMode = .insert, batchID: String? = nil,
        _ fill: (inout Appender) throws -> Void
    ) async throws -> Int {
        var appender = try Appender(
            session: engine.makeSession(user: "demetra"), table: table, mode: mode,
            batchID: batchID)
        try fill(&appender)
        let finished = appender
        return try await onOwnThread { try finished.commit() }
    }

    /// Writes everything to its final files and gives the directory free.
    public func close() throws(DemetraError) { try engine.close() }
}

/// What can be set when a database is opened.
public struct DatabaseConfiguration: Sendable {
    /// Bytes that statements, rows that wait to be written, and caches may use together; `memory_limit` in SQL.
    public var memoryLimitBytes: Int
    /// Processors that queries may use; nil for all.
    public var processorCount: Int?
    /// True to read a database that exists without changing any of its files: others may read it at the same time, and
    /// statements that write fail with 25006. Temporary files are made in `TMPDIR`.
    public var isReadOnly: Bool
    /// Asked by RECOMMEND for better words, in sessions that have set `demetra.llm_url`; nil for none, and then all
    /// sentences are those of the rules.
    public var languageModel: (any LanguageModel)?

    /// A configuration; the defaults fit a small server.
    public init(
        memoryLimitBytes: Int = 4 << 30, processorCount: Int? = nil, isReadOnly: Bool = false,
        languageModel: (any LanguageModel)? = nil
    ) {
        self.memoryLimitBytes = memoryLimitBytes
        self.processorCount = processorCount
        self.isReadOnly = isReadOnly
        self.languageModel = languageModel
    }
}
