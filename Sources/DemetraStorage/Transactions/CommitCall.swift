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
        let leads = state.withLock { state in
            state.waiting.append(call)
            defer { state.hasLeader = true }
            return !state.hasLeader
        }
        var turn = leads ? .lead : call.wait()
        if case .lead = turn {
            lead()
            turn = call.wait()
        }
        switch turn {
        case .done(.committed(let sequence)): return sequence
        case .done(.failed(let error)): throw error
        case .lead: throw DemetraError(.internalError, "a commit was led twice")
        }
    }
}
