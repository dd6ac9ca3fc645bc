import Demetra
import Synchronization

/// The open sessions by process id and secret, so that a cancel request finds its statement.
final class SessionRegistry: Sendable {
    /// What a client needs to cancel its statements.
    struct Entry: Sendable, Hashable {
        let processID: Int32
        let secret: Int32
    }

    private struct State {
        var sessions: [Int32: (secret: Int32, connection: Connection)] = [:]
        /// Who comes now is sent away at once.
        var isEnding = false
    }

    private let state = Mutex(State())

    /// Gives a session its numbers.
    func add(_ connection: Connection) -> Entry {
        var generator = SystemRandomNumberGenerator()
        let secret = Int32.random(in: .min ... .max, using: &generator)
        let entry = Entry(processID: connection.processID, secret: secret)
        let isEnding = state.withLock { state in
            state.sessions[entry.processID] = (secret, connection)
            return state.isEnding
        }
        if isEnding { connection.terminate() }
        return entry
    }

    /// How many sessions are open.
    var count: Int { state.withLock { $0.sessions.count } }

    /// Ends all sessions: what runs is stopped, and each client is told.
    func shutDown() {
        let connections = state.withLock { state in
            state.isEnding = true
            return state.sessions.values.map(\.connection)
        }
        for connection in connections { connection.terminate() }
    }

    /// Forgets a session.
    func remove(_ entry: Entry) {
        state.withLock { $0.sessions[entry.processID] = nil }
    }

    /// Stops the statement of the session whose numbers these are; others are left alone.
    func cancel(processID: Int32, secret: Int32) {
        let connection = state.withLock { state -> Connection? in
            guard let (known, connection) = state.sessions[processID], known == secret else {
                return nil
            }
            return connection
        }
        connection?.cancel()
    }
}
