import DemetraTypes
import Synchronization

// The writer's side of commits: a group of them, one record of the log, one sync.

extension Store {
    /// A record is written when its commits have this many bytes; the rest of the group gets another.
    private static let fullRecordBytes = 64 << 20

    /// Commits a group of transactions, then lets others lead.
    func lead(_ group: [Waiting], _ refusal: DemetraError?) {
        var outcomes: [Int: Outcome] = [:]
        var poison: DemetraError?
        var flush = FlushNeed.none
        if let refusal {
            for waiting in group { outcomes[waiting.ticket] = .failed(refusal) }
        } else {
            writer.withLock { writer in
                (outcomes, poison) = commit(group, &writer)
                if poison == nil { flush = flushNeed(&writer) }
            }
        }
        state.withLock(notify: true) { state in
            state.hasLeader = false
            if let poison { state.poison = poison }
            state.outcomes.merge(outcomes) { $1 }
        }
        startFlush(flush)
    }

    /// Commits a transaction of the store's own, from the thread that has the right to flush: no flush is begun or
    /// waited for.
    func commitBeside(_ transaction: WriteTransaction) throws(DemetraError) {
        if let poison = state.withLock({ $0.poison }) { throw poison }
        let waiting = Waiting(ticket: 0, transaction: transaction)
        let (outcomes, poison) = writer.withLock { commit([waiting], &$0) }
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
        _ group: [Waiting], _ writer: inout Writer
    ) -> (outcomes: [Int: Outcome], poison: DemetraError?) {
        var outcomes: [Int: Outcome] = [:]
        var pending = Pending(snapshot: snapshot())
        for (index, waiting) in group.enumerated() {
            var builder = CommitBuilder(
                catalog: pending.snapshot.catalog, states: pending.snapshot.states,
                moment: pending.snapshot.moment.next(at: clock.now()), directory: directory,
                configuration: configuration)
            do throws(DemetraError) {
                try builder.apply(waiting.transaction)
            } catch {
                outcomes[waiting.ticket] = .failed(error)
                continue
            }
            add(waiting.ticket, builder, &pending)
            guard pending.byteCount >= Self.fullRecordBytes else { continue }
            if let poison = write(&pending, &writer, &outcomes) {
                for late in group[(index + 1)...] { outcomes[late.ticket] = .failed(poison) }
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
        let moment = builder.moment
        let payload = TransactionCodec.encode(builder.logged)
        if pending.record.isEmpty { pending.firstSequence = moment.sequence.number }
        pending.record.append(LogRecord.Commit(time: moment.time, payload: payload))
        pending.byteCount += LogRecord.byteCount(ofCommit: payload.count)
        pending.segments += builder.segments
        pending.snapshot = Snapshot(
            catalog: builder.catalog, moment: moment, states: builder.states)
        pending.tickets.append((ticket, moment.sequence))
    }

    /// Makes pending commits durable and visible; gives what the store is poisoned with when nobody knows
    /// whether they are.
    private func write(
        _ pending: inout Pending, _ writer: inout Writer, _ outcomes: inout [Int: Outcome]
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
        _ outcomes: inout [Int: Outcome]
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
