import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraSQL
import DemetraStorage
package import DemetraTypes
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
    /// What others may see of it.
    let state: SessionState
    /// The state that all statements read; nil where each reads the latest.
    let pinned: Snapshot?
    /// What `set_config` has covered for the statement at hand.
    let statementSettings = Mutex<[String: String?]>([:])
    let plans: SessionPlans
    let prepared = PreparedStatements()
    /// Statements that give their rows in portions, by name; the unnamed one's is empty.
    let portals = Mutex<[String: Portal]>([:])
    // Texts that one session runs wait for each other here.
    let turn = Monitor(false)
    // These are touched only by the text that has the turn.
    let literalInserts = Mutex(LiteralInsertParser())
    let boundInsert = Mutex<(circumstances: LiteralInsert.Circumstances, insert: LiteralInsert)?>(
        nil)
    let transaction = Mutex<SessionTransaction?>(nil)
    let ownTables = Mutex(OwnTables())
    /// The names in `search_path`: each statement asks for them, and few sessions change them.
    let pathNames = Mutex<(setting: String, names: [String])>(("", []))
    /// The rules of the setting `timezone`.
    private let zone = Mutex<(name: String, rules: TimeZoneRules)>(("UTC", .utc))
    /// Texts of one statement that were run and took no time worth speaking of.
    let shortTexts = Mutex<Set<String>>([])
    let notificationReceiver = Mutex<(@Sendable (Notification) -> Void)?>(nil)
    /// The system catalog that statements asked last.
    let knownCatalog = Mutex<SystemRows?>(nil)
    let sequenceValues = Mutex(SequenceValues())
    /// Sequences that the statement at hand is about to make, by the names its defaults have for them.
    let pendingSequences = Mutex<[String: PendingSequence]>([:])
    init(engine: Engine, state: SessionState, pinned: Snapshot?) {
        self.engine = engine
        self.state = state
        self.pinned = pinned
        plans = SessionPlans(engine.plans)
        engine.sessions.add(state)
    }

    deinit {
        engine.sessions.remove(state.number)
        engine.notifications.unlisten(nil, session: number)
        endTemporaryTables()
    }

    /// Tells the sessions of a database apart; clients know it as the process id.
    package var number: Int { state.number }

    /// The user's name.
    package var user: String { state.user }

    /// How it was opened.
    package var origin: SessionOrigin { state.origin }

    /// Stops the statement that is running, if any.
    package func cancel() { state.cancel() }

    /// Others do not see the session any more: its client is gone, whoever still holds it.
    package func leave() { engine.sessions.remove(state.number) }

    /// What is known of the statement that is running, if any: how long it has been doing so, and how far it is.
    package var runningStatement: (startedAt: Timestamp, progress: ReadProgress)? {
        state.current.statement.map { ($0.startedAt, $0.progress) }
    }

    /// What a client is told whose session was ended.
    package static let terminated = DemetraError(
        .adminShutdown, "terminating connection due to administrator command")

    /// Whether another session has ended this one: all its statements fail with 57P01.
    package var isTerminated: Bool { state.isTerminated }

    /// Ends the session: what runs is stopped, and nothing is begun any more.
    package func terminate() { state.terminate() }

    /// Takes the news that the session was ended, on the thread of whoever did it; it must not wait.
    package func setTerminationReceiver(_ receiver: (@Sendable () -> Void)?) {
        state.setTerminationReceiver(receiver)
    }

    /// Where the session stands between two statements.
    package var transactionStatus: TransactionStatus { state.status.withLock { $0 } }

    // MARK: Settings

    /// Puts every setting back to its default.
    package func resetSettings() { state.settings.withLock { $0.reset(withRole: false) } }

    /// The session's time zone.
    package var timeZone: TimeZoneRules {
        let name = state.settings.withLock { $0.planSettings.timeZone }
        return zone.withLock { known in
            if known.name != name {
                known = (name, (try? engine.timeZones.rules(name)) ?? .utc)
            }
            return known.rules
        }
    }

    // MARK: Catalog

    /// Tables and views, sorted.
    package func relationNames() -> [String] {
        snapshot.catalog.relationNames.filter { isOwn($0) }.map(\.text).sorted()
    }

    /// The columns of a table.
    ///
    /// - Throws: 42P01 when there is none of that name.
    package func schema(ofTable name: String) throws(DemetraError) -> Schema {
        try table(name).schema
    }

    func table(_ name: String) throws(DemetraError) -> TableDefinition {
        try table(name, in: snapshot)
    }

    func table(_ name: String, in snapshot: Snapshot) throws(DemetraError) -> TableDefinition {
        let catalog = snapshot.catalog
        if let table = catalog.tables[relationName(name, in: catalog)] { return table }
        let nearest = NearestName.find(name, among: catalog.tables.keys.map(\.text))
        throw DemetraError(
            .undefinedTable, "relation \"\(name)\" does not exist",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." })
    }
}
