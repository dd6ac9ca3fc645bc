import Demetra
import Synchronization

/// The open sessions by process id and secret, so that a cancel request finds its statement.
final class SessionRegistry: Sendable {
    /// What a client needs to cancel its statements.
    struct Entry: Sendable, Hashable {
        let processID: Int32
        let secret: Int32
    }

    private let sessions = Mutex<(next: Int32, open: [Int32: (Int32, Connection)])>((1, [:]))

    /// Gives a session its numbers.
    func add(_ connection: Connection) -> Entry {
        var generator = SystemRandomNumberGenerator()
        let secret = Int32.random(in: .min ... .max, using: &generator)
        return sessions.withLock { sessions in
            while sessions.open[sessions.next] != nil {
                sessions.next = sessions.next == .max ? 1 : sessions.next + 1
            }
            let entry = Entry(processID: sessions.next, secret: secret)
            sessions.next = sessions.next == .max ? 1 : sessions.next + 1
            sessions.open[entry.processID] = (secret, connection)
            return entry
        }
    }

    /// Forgets a session.
    func remove(_ entry: Entry) {
        sessions.withLock { $0.open[entry.processID] = nil }
    }

    /// Stops the statement of the session whose numbers these are; others are left alone.
    func cancel(processID: Int32, secret: Int32) {
        let connection = sessions.withLock { sessions -> Connection? in
            guard let (known, connection) = sessions.open[processID], known == secret else {
                return nil
            }
            return connection
        }
        connection?.cancel()
    }
}
