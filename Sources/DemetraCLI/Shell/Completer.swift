import Demetra
import DemetraEngine
import Synchronization

/// What Tab offers: commands, tables where a table belongs, columns of the tables at hand, words of the language.
///
/// One for the process, because readline calls back without a context.
final class Completer: Sendable {
    static let shared = Completer()

    private struct State {
        var names: @Sendable () -> CompletionNames = { CompletionNames() }
        var earlierLines = ""
        var candidates: [String] = []
    }

    private let state = Mutex(State())

    /// Says where names come from; asked anew at each Tab, since statements make and drop things.
    func use(_ names: @escaping @Sendable () -> CompletionNames) {
        state.withLock { $0.names = names }
    }

    /// Sets the lines of the statement before the one that is edited.
    func setContext(_ text: String) { state.withLock { $0.earlierLines = text } }

    /// Finds what a word at the end of a line may become.
    func begin(line: String, word: String) {
        let (names, earlier) = state.withLock { ($0.names, $0.earlierLines) }
        let found = Completion(names: names(), earlierLines: earlier, line: line, word: word)
            .candidates
        state.withLock { $0.candidates = found.reversed() }
    }

    /// The next candidate.
    func next() -> String? { state.withLock { $0.candidates.popLast() } }
}
