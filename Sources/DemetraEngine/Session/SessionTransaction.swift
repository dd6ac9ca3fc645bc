import DemetraCatalog
import DemetraSQL
import DemetraStorage
import DemetraTypes

/// A session's transaction, from BEGIN to COMMIT or ROLLBACK.
///
/// All isolation levels give snapshot isolation: one state of the whole database, taken by the first statement that
/// reads or writes, plus the transaction's own changes.
struct SessionTransaction: Sendable {
    /// What ROLLBACK TO goes back to.
    struct Savepoint: Sendable {
        let name: String
        let work: OpenTransaction?
        let settings: SessionSettings
        let localSettings: [String: String?]
        let notifications: [NotificationAction]
    }

    /// What `now()` gives.
    let start: Timestamp
    /// Made by a text of several statements; ends with it.
    var isImplicit: Bool
    var isReadOnly: Bool
    /// As it was asked for.
    var isolation: String
    /// A statement has failed: only ROLLBACK helps.
    var isFailed = false
    /// Nil until the first statement that needs a snapshot.
    private(set) var work: OpenTransaction?
    private(set) var savepoints: [Savepoint] = []
    /// The session's settings at the beginning.
    let settings: SessionSettings
    /// What SET LOCAL has covered.
    var localSettings: [String: String?] = [:]
    /// What it does about notifications when it commits.
    private(set) var notifications: [NotificationAction] = []
    private let memory: TransactionMemory

    init(
        start: Timestamp, isImplicit: Bool, isReadOnly: Bool, isolation: String,
        settings: SessionSettings, budget: MemoryBudget
    ) {
        self.start = start
        self.isImplicit = isImplicit
        self.isReadOnly = isReadOnly
        self.isolation = isolation
        self.settings = settings
        memory = TransactionMemory(budget)
    }

    static let aborted = DemetraError(
        .inFailedTransaction,
        "current transaction is aborted, commands ignored until end of transaction block",
        hint: "End it with ROLLBACK, or go back with ROLLBACK TO SAVEPOINT.")

    /// The state that the next statement reads.
    mutating func snapshot(_ store: Store) -> Snapshot {
        if let work { return work.snapshot }
        let work = store.begin()
        self.work = work
        return work.snapshot
    }

    /// Whether its commit changes anything, or tells others something.
    var hasChanges: Bool { !(work?.isEmpty ?? true) || !notifications.isEmpty }

    /// Carries out what a statement has decided.
    ///
    /// - Throws: 23505 and kin, 53200 when the transaction does not fit into memory. It has failed then.
    mutating func apply(_ write: WriteTransaction) throws(DemetraError) {
        guard !isFailed, work != nil else { throw Self.aborted }
        isFailed = true
        try memory.reserve(write.memoryBytes)
        try work?.apply(write)
        try memory.settle(at: work?.memoryBytes ?? 0)
        isFailed = false
    }

    /// Notes what to do when it commits; a message that is noted already is sent once.
    mutating func note(_ action: NotificationAction) {
        if case .notify = action, notifications.contains(action) { return }
        notifications.append(action)
    }

    /// SET CONSTRAINTS.
    ///
    /// - Throws: 23503. The transaction has failed then.
    mutating func setConstraints(
        _ constraints: [(table: TableID, name: String)]?, isDeferred: Bool, _ store: Store
    ) throws(DemetraError) {
        _ = snapshot(store)
        guard var changed = work else { return }
        try store.setConstraints(constraints, isDeferred: isDeferred, of: &changed)
        work = changed
    }

    // MARK: Savepoints

    mutating func addSavepoint(_ name: String, _ settings: SessionSettings) {
        savepoints.append(
            Savepoint(
                name: name, work: work, settings: settings, localSettings: localSettings,
                notifications: notifications))
    }

    /// Forgets a savepoint and those behind it.
    mutating func release(_ name: Identifier) throws(DemetraError) {
        savepoints.removeSubrange(try index(name)...)
    }

    /// Goes back to a savepoint, which stays; gives the settings it had.
    mutating func rollBack(to name: Identifier) throws(DemetraError) -> SessionSettings {
        let index = try index(name)
        let savepoint = savepoints[index]
        savepoints.removeSubrange((index + 1)...)
        // A snapshot that was taken since stays the transaction's.
        work = savepoint.work ?? work?.rewound
        localSettings = savepoint.localSettings
        notifications = savepoint.notifications
        isFailed = false
        try memory.settle(at: work?.memoryBytes ?? 0)
        return savepoint.settings
    }

    private func index(_ name: Identifier) throws(DemetraError) -> Int {
        if let index = savepoints.lastIndex(where: { $0.name == name.name }) { return index }
        throw DemetraError(
            .invalidSavepoint, "savepoint \"\(name.name)\" does not exist",
            hint: NearestName.find(name.name, among: savepoints.map(\.name))
                .map { "Perhaps you meant \"\($0)\"." }
        ).at(name.range)
    }
}

/// The memory of one transaction, given back when nobody holds the transaction any more.
private final class TransactionMemory: Sendable {
    private let budget: MemoryBudget

    init(_ budget: MemoryBudget) { self.budget = budget.child("transaction") }

    deinit { budget.release(budget.usedBytes) }

    func reserve(_ byteCount: Int) throws(DemetraError) { try budget.reserve(byteCount) }

    /// The transaction holds so many bytes now.
    func settle(at byteCount: Int) throws(DemetraError) {
        let surplus = budget.usedBytes - byteCount
        if surplus > 0 { budget.release(surplus) } else { try budget.reserve(-surplus) }
    }
}
