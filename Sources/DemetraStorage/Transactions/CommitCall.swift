import DemetraTypes

/// What a client wants committed.
enum CommitRequest: Sendable {
    case statement(WriteTransaction)
    case net(NetTransaction)
}

/// How a commit ended.
enum CommitOutcome: Sendable {
    case committed(CommitSequence)
    case failed(DemetraError)
}

/// A client that waits for its commit. It is told how that ended, or that it has to commit for all that wait.
///
/// Each waits on a condition of its own: the end of a group wakes those whom it concerns, and not everybody.
final class CommitCall: Sendable {
    enum Turn: Sendable {
        case lead
        case done(CommitOutcome)
    }

    let request: CommitRequest
    private let turn = Monitor<Turn?>(nil)

    init(_ request: CommitRequest) { self.request = request }

    func tell(_ next: Turn) { turn.withLock(notify: true) { $0 = next } }

    func wait() -> Turn {
        turn.wait { turn in
            defer { turn = nil }
            return turn
        }
    }
}

extension Store {
    /// Waits until a request is durable and visible.
    func commit(_ request: CommitRequest) throws(DemetraError) -> CommitSequence {
        let call = CommitCall(request)
        let (writer, now) = (SystemThread.current, clock.monotonicNanoseconds())
        let (leads, isComplete) = state.withLock { state -> (Bool, Bool) in
            state.waiting.append(call)
            state.census.note(writer, at: now)
            let isComplete = state.gathered.map { state.waiting.count >= $0 } ?? false
            if isComplete { state.gathered = nil }
            defer { state.hasLeader = true }
            return (!state.hasLeader, isComplete)
        }
        if isComplete { company.withLock(notify: true) { $0 = true } }
        var turn = leads ? .lead : call.wait()
        if case .lead = turn {
            gather()
            lead()
            turn = call.wait()
        }
        switch turn {
        case .done(.committed(let sequence)): return sequence
        case .done(.failed(let error)): throw error
        case .lead: throw DemetraError(.internalError, "a commit was led twice")
        }
    }

    /// Where many writers are about, lets some of them come before the sync.
    private func gather() {
        // A leader before may be told late that its company is complete: then this one goes early, no more.
        company.withLock { $0 = false }
        let isWorthIt = state.withLock { state in
            state.gathered = state.census.company.flatMap { $0 > state.waiting.count ? $0 : nil }
            return state.gathered != nil
        }
        guard isWorthIt else { return }
        let longest = WriterCensus.longestWaitMilliseconds
        _ = company.wait(milliseconds: longest) { $0 ? () : nil }
        state.withLock { $0.gathered = nil }
    }
}
