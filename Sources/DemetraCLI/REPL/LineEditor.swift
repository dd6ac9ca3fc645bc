import CReadline
import Foundation

/// GNU readline with a history that outlives the session.
///
/// Safe because readline is used from one thread only, and each line it gives is copied and freed.
final class LineEditor {
    private static let historyLength: Int32 = 2_000
    private let historyPath: String

    init() {
        let home = FileManager.default.homeDirectoryForCurrentUser.path
        historyPath =
            ProcessInfo.processInfo.environment["DEMETRA_HISTORY"] ?? home + "/.demetra_history"
        demetra_readline_setup("demetra")
        using_history()
        stifle_history(Self.historyLength)
        read_history(historyPath)
    }

    /// Reads a line; nil at the end of input.
    func readLine(prompt: String) -> String? {
        guard let line = readline(prompt) else { return nil }
        defer { free(line) }
        return String(cString: line)
    }

    /// Adds a statement to the history.
    func remember(_ text: String) {
        add_history(text.replacingOccurrences(of: "\n", with: " "))
    }

    /// Writes the history to its file.
    func save() { write_history(historyPath) }
}
