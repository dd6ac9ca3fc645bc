import DemetraTypes
import Synchronization

/// The open sessions of a database, and the statements that took long lately.
package final class SessionBoard: Sendable {
    /// Shorter statements are not remembered.
    private static let rememberedMicroseconds: Int64 = 10_000
    private static let mostRemembered = 256
    /// Of longer texts the beginning is remembered.
    private static let longestText = 4_096

    private let sessions = Mutex<[Int: SessionState]>([:])
    private let ended = Mutex<[EndedStatement]>([])

    /// A board without sessions.
    package init() {}

    func add(_ session: SessionState) { sessions.withLock { $0[session.number] = session } }

    func remove(_ number: Int) { sessions.withLock { _ = $0.removeValue(forKey: number) } }

    /// The session of a number.
    func session(_ number: Int64) -> SessionState? {
        sessions.withLock { $0[Int(number)] }
    }

    /// All sessions, oldest first.
    var all: [SessionState] {
        sessions.withLock { $0.values.sorted { $0.number < $1.number } }
    }

    /// Statements that took long, the last one first.
    var slowStatements: [EndedStatement] { ended.withLock { $0.reversed() } }

    /// A statement has ended; it is remembered if it took long.
    func note(
        _ statement: RunningStatement, of session: SessionState, at time: Timestamp,
        _ sqlState: SQLState?
    ) {
        let elapsed = time.microseconds - statement.startedAt.microseconds
        guard elapsed >= Self.rememberedMicroseconds else { return }
        let text =
            statement.text.utf8.count > Self.longestText
            ? String(decoding: statement.text.utf8.prefix(Self.longestText), as: UTF8.self) + "..."
            : statement.text
        let entry = EndedStatement(
            session: session, application: session.application, text: text,
            startedAt: statement.startedAt, endedAt: time, sqlState: sqlState,
            rowsRead: statement.progress.rowsRead, rowsToRead: statement.progress.rowsToRead,
            rowsReturned: statement.progress.rowsReturned, peakBytes: statement.budget.peakBytes)
        ended.withLock { ended in
            if ended.count >= 2 * Self.mostRemembered {
                ended.removeFirst(ended.count - Self.mostRemembered)
            }
            ended.append(entry)
        }
    }
}
