import DemetraCatalog
import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import Synchronization

// What a statement may see of other sessions, and do to them.

extension SessionDirectory {
    /// What stands for a statement that is not to be seen.
    static let hiddenText = "<insufficient privilege>"

    /// The time at this moment.
    var now: Timestamp { session.engine.clock.now() }

    private var authority: Authority { session.authority(snapshot.catalog) }

    /// Whether the statement's role is the session's user, or a member of it, or may do everything.
    func mayWatch(_ state: SessionState) -> Bool {
        let authority = authority
        guard authority.rights != nil else { return true }
        return !state.origin.isOwner
            && (state.user == authority.user
                || snapshot.catalog.access.groups(of: authority.user, inherited: true)
                    .contains(state.user))
    }

    /// What a session does, as far as the statement may see it.
    func activity(of state: SessionState) -> SessionActivity {
        let current = state.current
        let isShown = mayWatch(state)
        let transaction = state.transactionStartedAt.withLock { $0 }
        return SessionActivity(
            number: Int64(state.number), user: state.user, database: state.origin.database,
            application: state.application, address: state.origin.address,
            state: current.statement != nil ? "active" : state.status.withLock { $0 }.activity,
            query: isShown ? SecretText.masked(current.text) : Self.hiddenText, isShown: isShown,
            connectedAt: state.startedAt, changedAt: current.changedAt,
            statementTime: current.statementStartedAt,
            transactionTime: transaction ?? current.statement?.startedAt)
    }

    func stop(session number: Int64, isEnd: Bool) throws(DemetraError) -> Bool {
        guard let state = session.engine.sessions.session(number) else { return false }
        try requireStopping(state, isEnd ? "terminate" : "cancel")
        if isEnd { state.terminate() } else { state.cancel() }
        return true
    }

    private func requireStopping(_ state: SessionState, _ verb: String) throws(DemetraError) {
        guard let rights = authority.rights else { return }
        let isSuperuser =
            state.origin.isOwner || snapshot.catalog.access.rights(of: state.user) == nil
        if isSuperuser {
            throw DemetraError(
                .insufficientPrivilege,
                "must be a superuser to \(verb) the statements of a superuser",
                hint: "Let a superuser do it.")
        }
        guard mayWatch(state) else {
            throw DemetraError(
                .insufficientPrivilege,
                "permission denied to \(verb) the statements of role \"\(state.user)\"",
                hint:
                    "Be a superuser, or a member of the role: GRANT \(state.user) TO \(rights.role)."
            )
        }
    }
}

extension TransactionStatus {
    /// What a session does between two statements, in the words of PostgreSQL.
    fileprivate var activity: String {
        switch self {
        case .idle: "idle"
        case .open: "idle in transaction"
        case .failed: "idle in transaction (aborted)"
        }
    }
}
