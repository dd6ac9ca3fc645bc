import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

// BEGIN to COMMIT.
//
//     idle --BEGIN--> open --COMMIT, ROLLBACK--> idle
//                      | ^
//                error | | ROLLBACK TO SAVEPOINT
//                      v |
//                     failed --COMMIT (answers ROLLBACK), ROLLBACK--> idle

extension Session {
    /// What a statement that begins now reads.
    var snapshot: Snapshot {
        if let pinned { return pinned }
        let store = engine.store
        return transaction.withLock { $0?.snapshot(store) } ?? store.snapshot()
    }

    /// True when the open transaction has changed the catalog.
    var hasOwnCatalog: Bool {
        transaction.withLock { $0?.work?.changesCatalog ?? false }
    }

    /// When the transaction began; nil without one.
    var transactionTime: Timestamp? { transaction.withLock { $0?.start } }

    /// True between the statements of a text that are one transaction.
    var isInImplicitTransaction: Bool { transaction.withLock { $0?.isImplicit ?? false } }

    /// Makes changes part of the open transaction; without one, durable and visible at once.
    func commit(_ write: WriteTransaction) throws(DemetraError) {
        let isPart = try transaction.withLock { transaction throws(DemetraError) -> Bool in
            try transaction?.apply(write) != nil
        }
        guard !isPart else { return }
        try engine.store.commit(write)
        try applyCommitEffects()
    }

    /// - Throws: 25006 when nothing may be written.
    func refuseWriting(_ verb: String) throws(DemetraError) {
        try refuseWritingToFiles(verb)
        try refuseWritingByReader(verb)
        if pinned != nil {
            throw DemetraError(
                .readOnlyTransaction, "a snapshot cannot be written to",
                hint: "Write with Database.query or Database.append.")
        }
        let isReadOnly =
            transaction.withLock { $0?.isReadOnly }
            ?? (state.settings.withLock { $0.isOn("default_transaction_read_only") })
        guard isReadOnly else { return }
        throw DemetraError(
            .readOnlyTransaction, "cannot execute \(verb) in a read-only transaction",
            hint: "Begin one with BEGIN READ WRITE.")
    }

    /// - Throws: 25006 when the database is open for reading only.
    func refuseWritingToFiles(_ verb: String) throws(DemetraError) {
        guard engine.store.isReadOnly else { return }
        throw DemetraError(
            .readOnlyTransaction,
            "cannot execute \(verb) in a database that is open for reading only",
            hint: "Open it without --readonly, or without isReadOnly in its configuration.")
    }

    /// - Throws: 25001 for what cannot be undone together with other statements.
    func refuseInTransaction(_ verb: String) throws(DemetraError) {
        guard transaction.withLock({ $0 != nil }) else { return }
        throw DemetraError(
            .activeTransaction, "\(verb) cannot run inside a transaction block",
            hint: "Run it by itself.")
    }

    // MARK: Statements

    /// Carries a statement out if it is about the transaction itself.
    ///
    /// - Throws: 25P02 for any other statement after one has failed, 25P01 and 3B001 for savepoints.
    func control(
        _ statement: Statement, _ output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        switch statement {
        case .commit(let isChained): try end(isChained, isCommit: true, output)
        case .rollback(let isChained): try end(isChained, isCommit: false, output)
        case .rollbackTo(let name):
            try refuseOutsideBlock("ROLLBACK TO SAVEPOINT")
            let saved = try transaction.withLock {
                transaction throws(DemetraError) in try transaction?.rollBack(to: name)
            }
            if let saved { state.settings.withLock { $0 = saved } }
            state.status.withLock { $0 = .open }
            try output.finish(tag: "ROLLBACK")
        default:
            try refuseWhenFailed()
            return try controlOpen(statement, output)
        }
        return true
    }

    /// The statements about a transaction that has not failed.
    private func controlOpen(
        _ statement: Statement, _ output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        switch statement {
        case .begin(let modes, let isStart):
            begin(modes, output)
            try output.finish(tag: isStart ? "START TRANSACTION" : "BEGIN")
        case .savepoint(let name):
            try refuseOutsideBlock("SAVEPOINT")
            let settings = state.settings.withLock { $0 }
            transaction.withLock { $0?.addSavepoint(name.name, settings) }
            try output.finish(tag: "SAVEPOINT")
        case .release(let name):
            try refuseOutsideBlock("RELEASE SAVEPOINT")
            try transaction.withLock { transaction throws(DemetraError) in
                try transaction?.release(name)
            }
            try output.finish(tag: "RELEASE")
        case .setTransaction(let modes, let isForSession):
            try setTransaction(modes, isForSession, output)
            try output.finish(tag: "SET")
        case .setConstraints(let names, let isDeferred):
            try setConstraints(names, isDeferred, output)
            try output.finish(tag: "SET CONSTRAINTS")
        default: return false
        }
        return true
    }

    private func refuseOutsideBlock(_ verb: String) throws(DemetraError) {
        guard transaction.withLock({ $0?.isImplicit ?? true }) else { return }
        throw DemetraError(
            .noActiveTransaction, "\(verb) can only be used in transaction blocks",
            hint: "Begin one with BEGIN.")
    }

    private static func warning(_ message: String, _ state: SQLState) -> Notice {
        Notice(message, severity: .warning, sqlState: state)
    }

    // MARK: Beginning

    private func makeTransaction(isImplicit: Bool) -> SessionTransaction {
        let settings = state.settings.withLock { $0 }
        return SessionTransaction(
            start: engine.clock.now(), isImplicit: isImplicit,
            isReadOnly: settings.isOn("default_transaction_read_only"),
            isolation: (try? settings.value("default_transaction_isolation")) ?? "",
            settings: settings, budget: engine.budget)
    }

    private func begin(_ modes: TransactionModes, _ output: any StatementOutput) {
        let fresh = makeTransaction(isImplicit: false)
        let isOpen = transaction.withLock { transaction in
            let isOpen = transaction.map { !$0.isImplicit } ?? false
            if transaction == nil { transaction = fresh }
            // What a text has done before its BEGIN belongs to the transaction.
            transaction?.isImplicit = false
            if !isOpen { transaction?.set(modes) }
            return isOpen
        }
        state.status.withLock { $0 = .open }
        if !isOpen { state.transactionStartedAt.withLock { $0 = fresh.start } }
        if isOpen {
            output.notice(
                Self.warning("there is already a transaction in progress", .activeTransaction))
        }
    }

    /// The statements of a text that has several are one transaction.
    func beginImplicitly() {
        guard pinned == nil, transaction.withLock({ $0 == nil }) else { return }
        let fresh = makeTransaction(isImplicit: true)
        transaction.withLock { $0 = fresh }
        state.transactionStartedAt.withLock { $0 = fresh.start }
    }

    private func setTransaction(
        _ modes: TransactionModes, _ isForSession: Bool, _ output: any StatementOutput
    ) throws(DemetraError) {
        if isForSession {
            if let level = modes.isolation { try set("default_transaction_isolation", level) }
            if let isReadOnly = modes.isReadOnly {
                try set("default_transaction_read_only", isReadOnly ? "on" : "off")
            }
            return
        }
        let isInside = transaction.withLock { transaction in
            transaction?.set(modes)
            return transaction != nil
        }
        guard !isInside else { return }
        output.notice(
            Self.warning(
                "SET TRANSACTION can only be used in transaction blocks", .noActiveTransaction))
    }

    // MARK: Ending

    private func end(
        _ isChained: Bool, isCommit: Bool, _ output: any StatementOutput
    ) throws(DemetraError) {
        let before = transaction.withLock {
            $0.map { ($0.isImplicit, $0.isReadOnly, $0.isolation) }
        }
        if before?.0 ?? true {
            if isChained {
                try refuseOutsideBlock(isCommit ? "COMMIT AND CHAIN" : "ROLLBACK AND CHAIN")
            }
            output.notice(
                Self.warning("there is no transaction in progress", .noActiveTransaction))
        }
        let isCommitted = isCommit ? try endTransaction() : false
        if !isCommit { rollBack() }
        if isChained, let (_, isReadOnly, isolation) = before {
            var modes = TransactionModes()
            (modes.isReadOnly, modes.isolation) = (isReadOnly, isolation)
            begin(modes, output)
        }
        try output.finish(tag: isCommitted ? "COMMIT" : "ROLLBACK")
    }

    /// Commits the transaction, if there is one; false when it had failed and was rolled back.
    ///
    /// - Throws: 40001 and 23505 when it does not fit what others have committed; it is over then, too.
    func endTransaction() throws(DemetraError) -> Bool {
        guard let ended = take(isCommit: true) else { return true }
        guard !ended.isFailed else {
            state.settings.withLock { $0 = ended.settings }
            return false
        }
        state.settings.withLock { settings in
            for (name, value) in ended.localSettings { settings.restore(name, value) }
        }
        if let work = ended.work {
            do {
                try engine.store.commit(work)
            } catch {
                state.settings.withLock { $0 = ended.settings }
                throw error
            }
            try applyCommitEffects()
        }
        apply(ended.notifications)
        return true
    }

    private func rollBack() {
        if let ended = take(isCommit: false) { state.settings.withLock { $0 = ended.settings } }
    }

    private func take(isCommit: Bool) -> SessionTransaction? {
        closePortals(isCommit: isCommit)
        state.status.withLock { $0 = .idle }
        state.transactionStartedAt.withLock { $0 = nil }
        return transaction.withLock { transaction in
            defer { transaction = nil }
            return transaction
        }
    }

    /// A statement has failed: the transaction can only be rolled back, and an implicit one is.
    func failTransaction() {
        if isInImplicitTransaction { return rollBack() }
        let isOpen = transaction.withLock { transaction in
            transaction?.isFailed = true
            return transaction != nil
        }
        if isOpen { state.status.withLock { $0 = .failed } }
    }
}

extension SessionTransaction {
    fileprivate mutating func set(_ modes: TransactionModes) {
        if let level = modes.isolation { isolation = level }
        if let isReadOnly = modes.isReadOnly { self.isReadOnly = isReadOnly }
    }
}

extension BoundStatement {
    /// The words an error calls a statement that writes by.
    var verb: String {
        switch self {
        case .insert: "INSERT"
        case .update: "UPDATE"
        case .delete: "DELETE"
        case .merge: "MERGE"
        case .truncate: "TRUNCATE TABLE"
        case .copyFrom: "COPY FROM"
        case .define(_, let tag, _): tag
        case .createTableAs: "CREATE TABLE AS"
        case .createModel: "CREATE MODEL"
        case .alterTable: "ALTER TABLE"
        case .alterSequence: "ALTER SEQUENCE"
        case .createAlert: "CREATE ALERT"
        case .checkAlerts: "CHECK ALERTS"
        case .acknowledgeAlert: "ACKNOWLEDGE ALERT"
        default: "this statement"
        }
    }
}
