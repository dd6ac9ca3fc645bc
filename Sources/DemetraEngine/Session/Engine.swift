package import DemetraFunctions
import DemetraPlanner
package import DemetraStorage
package import DemetraTypes
import Synchronization

/// Limits of an engine.
package struct EngineConfiguration: Sendable {
    /// Processors for query work; nil for all.
    package var processorCount: Int?
    /// The language model that statements may ask; nil for none.
    package var languageModel: (any LanguageModel)?

    /// Makes a configuration.
    package init(processorCount: Int? = nil, languageModel: (any LanguageModel)? = nil) {
        self.processorCount = processorCount
        self.languageModel = languageModel
    }
}

/// Everything the sessions of one database share.
package final class Engine: Sendable {
    /// The rows.
    package let store: Store
    /// What can be called.
    package let functions: FunctionRegistry
    /// The disk, for COPY and import.
    package let fileSystem: any FileSystem
    /// The time.
    package let clock: any Clock
    /// Random bytes, for salts.
    let entropy: any Entropy
    /// The system's time zones.
    let timeZones: TimeZones
    let pool: WorkerPool
    /// What the database may use; statements have their parts in it.
    var budget: MemoryBudget { store.memory }
    /// What rows may take that wait for clients, all together: a hundred clients that are slow must not take all memory.
    let results: MemoryBudget
    private static let resultBytes = 64 << 20
    let extensions: [any StatementExtension]
    /// The language model that statements may ask; nil for none.
    let languageModel: (any LanguageModel)?
    let sequences: SequenceCounters
    /// What clients have done.
    package let audit: AuditTrail
    let notifications = NotificationHub()
    /// The name of the database's folder, without its ending.
    package let databaseName: String
    /// The open sessions.
    let sessions: SessionBoard
    /// Trains models again.
    let refresher: ModelRefresher
    let plans = PlanCache()
    /// The system catalog that a session without temporary tables asked last.
    let knownCatalog = Mutex<SystemRows?>(nil)
    private let sessionCount = Atomic(0)

    /// An engine over an open store.
    package init(
        store: Store, functions: FunctionRegistry, fileSystem: any FileSystem, clock: any Clock,
        configuration: EngineConfiguration, extensions: [any StatementExtension],
        audit: AuditTrail, entropy: any Entropy, sessions: SessionBoard = SessionBoard(),
        refresher: ModelRefresher = ModelRefresher()
    ) {
        let folder = store.path.split(separator: "/").last ?? ""
        databaseName =
            folder.split(separator: ".").first.map(String.init) ?? Binder.usualDatabaseName
        self.sessions = sessions
        self.refresher = refresher
        results = store.memory.child("results", limitBytes: Self.resultBytes)
        self.store = store
        self.functions = functions
        self.fileSystem = fileSystem
        self.clock = clock
        self.entropy = entropy
        self.extensions = extensions
        languageModel = configuration.languageModel
        sequences = SequenceCounters(store: store)
        self.audit = audit
        timeZones = TimeZones { name in
            guard let file = try? fileSystem.open("/usr/share/zoneinfo/" + name, creating: false),
                let bytes = try? file.read(at: 0, count: 1 << 20), !bytes.isEmpty
            else { return nil }
            return bytes
        }
        pool = WorkerPool(
            processorCount: configuration.processorCount ?? SystemThread.processorCount)
    }

    deinit { refresher.stop(waiting: false) }

    /// Trains models again from now on whose option `refresh` asks for it.
    package func startRefreshing() { refresher.attach(self) }

    /// Trains what is due, on the caller's thread.
    package func refreshDueModels() { refresher.refreshDue(self) }

    /// A session of its own.
    ///
    /// - Parameters:
    ///   - origin: whose it is, and where it comes from; nil for the program that has opened the database.
    ///   - pinned: a state that all its statements read, none of which may then write.
    package func makeSession(
        user: String, origin: SessionOrigin? = nil, pinned: Snapshot? = nil
    ) -> Session {
        let number = sessionCount.wrappingAdd(1, ordering: .relaxed).newValue
        let state = SessionState(
            number: number, user: user, origin: origin ?? .embedded(in: databaseName),
            startedAt: clock.now())
        return Session(engine: self, state: state, pinned: pinned)
    }

    /// Sets what the whole database may use; nil for what it was opened with.
    func setMemoryLimit(_ byteCount: Int?) {
        store.setMemoryLimit(byteCount ?? store.openedMemoryLimitBytes)
    }

    /// Flushes and closes the store.
    package func close() throws(DemetraError) {
        refresher.stop(waiting: true)
        // A disk that fails here loses numbers, and no more.
        try? sequences.settle()
        audit.settle()
        try store.close()
    }
}
