import Demetra
import Synchronization

/// What Tab offers: commands, and what the database knows of a statement that is being written.
///
/// One for the process, because readline calls back without a context.
final class Completer: Sendable {
    static let shared = Completer()

    private struct State {
        var connection: (any ShellConnection)?
        var earlierLines = ""
        var candidates: [String] = []
    }

    private let state = Mutex(State())

    /// Says whose names are offered; asked anew at each Tab, since statements make and drop things.
    func use(_ connection: any ShellConnection) { state.withLock { $0.connection = connection } }

    /// Sets the lines of the statement before the one that is edited.
    func setContext(_ text: String) { state.withLock { $0.earlierLines = text } }

    /// Finds what a word that ends at byte `cursor` of a line may become.
    func begin(line: String, cursor: Int, word: String) {
        let (connection, earlier) = state.withLock { ($0.connection, $0.earlierLines) }
        guard let connection else { return }
        let found = Completion(
            connection: connection, earlierLines: earlier, line: line, cursor: cursor, word: word
        ).candidates
        state.withLock { $0.candidates = found.reversed() }
    }

    /// The next candidate.
    func next() -> String? { state.withLock { $0.candidates.popLast() } }
}
