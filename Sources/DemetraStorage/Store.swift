import DemetraCatalog
package import DemetraTypes
import DemetraVectors
import Synchronization

/// The rows of one database: a directory with a lock and a log, and everything in memory as of the last
/// commit.
///
///     LOCK              held while open, holds the process id
///     wal/000001.wal    every commit, in order
///
/// Commits are serial: each is checked against the current state, written to the log, synced together with
/// those that wait beside it, and only then shown to readers and acknowledged. A sync that fails closes the
/// store for writes: nobody knows what reached the disk until it is opened again.
package final class Store: Sendable {
    private struct Waiting: Sendable {
        let ticket: Int
        let transaction: WriteTransaction
    }

    private enum Outcome: Sendable {
        case committed(CommitSequence)
        case failed(DemetraError)
    }

    private struct State: Sendable {
        var waiting: [Waiting] = []
        var outcomes: [Int: Outcome] = [:]
        var nextTicket = 0
        var hasLeader = false
        var isClosed = false
        var poison: DemetraError?
    }

    private let path: String
    private let lock: Mutex<(any FileLock)?>
    private let log: Mutex<LogBox>
    private let state = Monitor(State())
    private let current: Mutex<Snapshot>
    /// Bytes of a torn record that recovery cut off the log; 0 after an orderly end.
    package let recoveredBytes: Int

    /// Carries the log into the lock that guards it.
    private struct LogBox: ~Copyable {
        let log: WriteAheadLog
    }

    private init(
        path: String, lock: any FileLock, log: sending WriteAheadLog, snapshot: Snapshot,
        recoveredBytes: Int
    ) {
        self.path = path
        self.lock = Mutex(lock)
        self.log = Mutex(LogBox(log: log))
        current = Mutex(snapshot)
        self.recoveredBytes = recoveredBytes
    }

    /// Opens the database in a directory; makes it when there is none.
    ///
    /// - Throws: 55P03 naming the process that holds it, 58030 when the directory cannot be used, XX001 when
    ///   the log is damaged before its end.
    package static func open(
        path: String, fileSystem: any FileSystem, clock: any Clock
    ) throws(DemetraError) -> Store {
        try fileSystem.createDirectory(path)
        let lock = try fileSystem.lock(path + "/LOCK")
        try fileSystem.createDirectory(path + "/wal")
        var builder = CommitBuilder(catalog: Catalog(), states: [:])
        var sequence: UInt64 = 0
        let name = path + "/wal/000001.wal"
        let (log, cut) = try WriteAheadLog.open(name, fileSystem) { (number, payload) throws(DemetraError) in
            guard number == sequence + 1 else {
                throw DemetraError(
                    .dataCorrupted, "commit \(sequence + 1) is missing in \"\(name)\"",
                    hint: "Restore the database from a backup.")
            }
            for change in try TransactionCodec.decode(payload, name: "\"\(name)\"") {
                try builder.replay(change)
            }
            sequence = number
        }
        try fileSystem.syncDirectory(path + "/wal")
        try fileSystem.syncDirectory(path)
        let snapshot = Snapshot(
            catalog: builder.catalog, sequence: CommitSequence(number: sequence),
            states: builder.states)
        return Store(path: path, lock: lock, log: log, snapshot: snapshot, recoveredBytes: cut)
    }

    /// The database as of the last commit.
    package func snapshot() -> Snapshot { current.withLock { $0 } }

    /// Makes a transaction durable and visible; waits until it is.
    ///
    /// - Throws: 23505 and 40001 when it does not fit the current state, 58030 when the disk fails.
    @discardableResult
    package func commit(_ transaction: WriteTransaction) throws(DemetraError) -> CommitSequence {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            state.waiting.append(Waiting(ticket: state.nextTicket, transaction: transaction))
            return state.nextTicket
        }
        while true {
            let turn = state.wait { state -> Turn? in
                if let outcome = state.outcomes.removeValue(forKey: ticket) { return .done(outcome) }
                guard !state.hasLeader else { return nil }
                state.hasLeader = true
                defer { state.waiting = [] }
                return .lead(state.waiting, state.poison ?? (state.isClosed ? Self.closed : nil))
            }
            switch turn {
            case .done(.committed(let sequence)): return sequence
            case .done(.failed(let error)): throw error
            case .lead(let group, let refusal): lead(group, refusal)
            }
        }
    }

    private enum Turn {
        case done(Outcome)
        case lead([Waiting], DemetraError?)
    }

    private static let closed = DemetraError(
        .objectNotInPrerequisiteState, "the database is closed")

    /// Commits a group of transactions with one sync.
    private func lead(_ group: [Waiting], _ refusal: DemetraError?) {
        var outcomes: [Int: Outcome] = [:]
        var poison: DemetraError?
        if let refusal {
            for waiting in group { outcomes[waiting.ticket] = .failed(refusal) }
        } else {
            log.withLock { box in
                (outcomes, poison) = write(group, box.log)
            }
        }
        state.withLock(notify: true) { state in
            state.hasLeader = false
            if let poison { state.poison = poison }
            state.outcomes.merge(outcomes) { $1 }
        }
    }

    private func write(
        _ group: [Waiting], _ log: WriteAheadLog
    ) -> ([Int: Outcome], DemetraError?) {
        var outcomes: [Int: Outcome] = [:]
        var snapshot = self.snapshot()
        var written: [(ticket: Int, sequence: CommitSequence)] = []
        do throws(DemetraError) {
            let end = try log.byteCount()
            for waiting in group {
                var builder = CommitBuilder(catalog: snapshot.catalog, states: snapshot.states)
                do throws(DemetraError) {
                    try builder.apply(waiting.transaction)
                } catch {
                    outcomes[waiting.ticket] = .failed(error)
                    continue
                }
                let sequence = CommitSequence(number: snapshot.sequence.number + 1)
                if !builder.logged.isEmpty {
                    do throws(DemetraError) {
                        try log.append(
                            sequence: sequence.number,
                            payload: TransactionCodec.encode(builder.logged))
                    } catch {
                        // Part of a record may be in the file: it must not be taken for one.
                        try log.cut(to: written.isEmpty ? end : try log.byteCount())
                        throw error
                    }
                    snapshot = Snapshot(
                        catalog: builder.catalog, sequence: sequence, states: builder.states)
                }
                written.append((waiting.ticket, snapshot.sequence))
            }
            if !written.isEmpty { try log.sync() }
        } catch {
            let poison = DemetraError(
                error.sqlState, error.message + "; the database takes no more writes",
                hint: "Mend the disk, then open the database again.")
            for waiting in group where outcomes[waiting.ticket] == nil {
                outcomes[waiting.ticket] = .failed(error)
            }
            return (outcomes, poison)
        }
        for (ticket, sequence) in written { outcomes[ticket] = .committed(sequence) }
        let published = snapshot
        current.withLock { $0 = published }
        return (outcomes, nil)
    }

    /// Makes everything durable: each commit already is.
    package func flush() throws(DemetraError) {}

    /// Ends the use of the directory; later commits fail.
    package func close() throws(DemetraError) {
        state.withLock { $0.isClosed = true }
        lock.withLock { $0 = nil }
    }
}
