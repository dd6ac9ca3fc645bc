import DemetraTypes
import Synchronization

// The writer's side of commits: a group of them, one record of the log, one sync.

extension Store {
    /// A record is written when its commits have this many bytes; the rest of the group gets another.
    private static let fullRecordBytes = 64 << 20

    /// Commits for all that wait, then lets the first of those who came meanwhile lead.
    func lead() {
        let (group, refusal) = state.withLock { state in
            defer { state.waiting = [] }
            return (state.waiting, state.poison ?? whyRefused(isClosed: state.isClosed))
        }
        var outcomes: [Int: CommitOutcome] = [:]
        var poison: DemetraError?
        var flush = FlushNeed.none
        if let refusal {
            for ticket in group.indices { outcomes[ticket] = .failed(refusal) }
        } else {
            writer.withLock { writer in
                (outcomes, poison) = commit(group.map(\.request), &writer)
                if poison == nil { flush = flushNeed(&writer) }
            }
        }
        let next = state.withLock(notify: true) { state -> CommitCall? in
            if let poison { state.poison = poison }
            if state.waiting.isEmpty { state.hasLeader = false }
            return state.waiting.first
        }
        // The next sync begins while the answers of this one go out.
        next?.tell(.lead)
        for (ticket, outcome) in outcomes { group[ticket].tell(.done(outcome)) }
        startFlush(flush)
    }

    /// Commits a transaction of the store's own, from the thread that has the right to flush: no flush is begun or
    /// waited for.
    func commitBeside(_ transaction: WriteTransaction) throws(DemetraError) {
        if let poison = state.withLock({ $0.poison }) { throw poison }
        let (outcomes, poison) = writer.withLock { commit([.statement(transaction)], &$0) }
        if let poison { state.withLock(notify: true) { $0.poison = poison } }
        if case .failed(let error)? = outcomes[0] { throw error }
    }

    /// Commits that are built but not yet in the log.
    private struct Pending {
        var record: [LogRecord.Commit] = []
        var byteCount = 0
        var firstSequence: UInt64 = 0
        var tickets: [(ticket: Int, sequence: CommitSequence)] = []
        var segments: [KnownSegment] = []
        var snapshot: Snapshot
    }

    private func commit(
        _ group: [CommitRequest], _ writer: inout Writer
    ) -> (outcomes: [Int: CommitOutcome], poison: DemetraError?) {
        var outcomes: [Int: CommitOutcome] = [:]
        var pending = Pending(snapshot: snapshot())
        for (ticket, request) in group.enumerated() {
            var builder = CommitBuilder(
                pending.snapshot, moment: pending.snapshot.moment.next(at: clock.now()),
                directory: directory,
                configuration: configuration)
            do throws(DemetraError) {
                switch request {
                case .statement(let statement): try builder.apply(statement)
                case .net(let transaction): try builder.apply(transaction)
                }
            } catch {
                outcomes[ticket] = .failed(error)
                continue
            }
            add(ticket, builder, &pending)
            guard pending.byteCount >= Self.fullRecordBytes else { continue }
            if let poison = write(&pending, &writer, &outcomes) {
                for late in (ticket + 1)..<group.count { outcomes[late] = .failed(poison) }
                return (outcomes, poison)
            }
        }
        let poison = write(&pending, &writer, &outcomes)
        return (outcomes, poison)
    }

    private func add(_ ticket: Int, _ builder: CommitBuilder, _ pending: inout Pending) {
        guard !builder.logged.isEmpty else {
            pending.tickets.append((ticket, pending.snapshot.sequence))
            return
        }
        guard !builder.durable.isEmpty else {
            // Only temporary tables: to all others nothing has happened.
            pending.segments += builder.segments
            pending.snapshot = Snapshot(
                catalog: builder.catalog, moment: pending.snapshot.moment, states: builder.states,
                ledger: builder.ledger, sequences: builder.sequences)
            pending.tickets.append((ticket, pending.snapshot.sequence))
            return
        }
        let moment = builder.moment
        let payload = TransactionCodec.encode(builder.durable)
        if pending.record.isEmpty { pending.firstSequence = moment.sequence.number }
        pending.record.append(LogRecord.Commit(time: moment.time, payload: payload))
        pending.byteCount += LogRecord.byteCount(ofCommit: payload.count)
        pending.segments += builder.segments
        pending.snapshot = Snapshot(
            catalog: builder.catalog, moment: moment, states: builder.states,
            ledger: builder.ledger, sequences: builder.sequences)
        pending.tickets.append((ticket, moment.sequence))
    }

    /// Makes pending commits durable and visible; gives what the store is poisoned with when nobody knows
    /// whether they are.
    private func write(
        _ pending: inout Pending, _ writer: inout Writer, _ outcomes: inout [Int: CommitOutcome]
    ) -> DemetraError? {
        let done = pending
        pending = Pending(snapshot: done.snapshot)
        if !done.record.isEmpty {
            do throws(WriteAheadLog.Failure) {
                try writer.log.write(
                    LogRecord(sequence: done.firstSequence, commits: done.record))
            } catch {
                pending.snapshot = snapshot()
                return fail(done.tickets.map(\.ticket), done.segments, error, &outcomes)
            }
        }
        for segment in done.segments {
            segment.reader?.keep()
            writer.known[segment.record.id] = segment
        }
        for (ticket, sequence) in done.tickets { outcomes[ticket] = .committed(sequence) }
        current.withLock { $0 = done.snapshot }
        if writer.log.end >= configuration.logFileBytes {
            // A file that stays longer than planned is no harm: the next commit tries again.
            try? writer.log.rotate()
        }
        return nil
    }

    private func fail(
        _ tickets: [Int], _ segments: [KnownSegment], _ failure: WriteAheadLog.Failure,
        _ outcomes: inout [Int: CommitOutcome]
    ) -> DemetraError? {
        switch failure {
        case .undone(let error):
            for ticket in tickets { outcomes[ticket] = .failed(error) }
            return nil
        case .unknown(let error):
            // The log may name the segments: they stay.
            for segment in segments { segment.reader?.keep() }
            for ticket in tickets { outcomes[ticket] = .failed(error) }
            return Self.poison(error)
        }
    }

    static func poison(_ error: DemetraError) -> DemetraError {
        DemetraError(
            .ioError, error.message + "; the database takes no more writes", detail: error.detail,
            hint: "Mend the disk, then open the database again.")
    }
}
