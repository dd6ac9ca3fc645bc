import Demetra
import Synchronization

/// The open sessions by process id and secret, so that a cancel request finds its statement.
final class SessionRegistry: Sendable {
    /// What a client needs to cancel its statements.
    struct Entry: Sendable, Hashable {
        let processID: Int32
        let secret: Int32
    }

    private let sessions = Mutex<[Int32: (secret: Int32, connection: Connection)]>([:])

    /// Gives a session its numbers.
    func add(_ connection: Connection) -> Entry {
        var generator = SystemRandomNumberGenerator()
        let secret = Int32.random(in: .min ... .max, using: &generator)
        let entry = Entry(processID: connection.processID, secret: secret)
        sessions.withLock { $0[entry.processID] = (secret, connection) }
        return entry
    }

    /// Forgets a session.
    func remove(_ entry: Entry) {
        sessions.withLock { $0[entry.processID] = nil }
    }

    /// Stops the statement of the session whose numbers these are; others are left alone.
    func cancel(processID: Int32, secret: Int32) {
        let connection = sessions.withLock { sessions -> Connection? in
            guard let (known, connection) = sessions[processID], known == secret else {
                return nil
            }
            return connection
        }
        connection?.cancel()
    }
}
