import CReadline
import Foundation

/// GNU readline with completion and a history that outlives the session.
///
/// Safe because readline is used from one thread only, and each line it gives is copied and freed.
final class LineEditor {
    private static let historyLength = 2_000
    /// Stands for a line break inside an entry, so that the file holds one entry a line, as psql does it.
    private static let lineBreak = "\u{1}"
    private let historyPath: String
    private var lastEntry: String?

    init() {
        let home = FileManager.default.homeDirectoryForCurrentUser.path
        historyPath =
            ProcessInfo.processInfo.environment["DEMETRA_HISTORY"] ?? home + "/.demetra_history"
        demetra_readline_setup("demetra") { word, state in
            guard let word else { return nil }
            if state == 0 {
                Completer.shared.begin(
                    line: String(cString: demetra_readline_line()),
                    cursor: Int(demetra_readline_cursor()), word: String(cString: word))
            }
            guard let candidate = Completer.shared.next() else { return nil }
            demetra_readline_append_blank(candidate.hasSuffix("/") ? 0 : 1)
            return strdup(candidate)
        }
        using_history()
        stifle_history(Int32(Self.historyLength))
        loadHistory()
    }

    /// Reads a line; nil at the end of input. Where nothing is to complete, Tab is a tab.
    func readLine(prompt: String, completes: Bool = true) -> String? {
        demetra_readline_set_completes(completes ? 1 : 0)
        guard let line = readline(prompt) else { return nil }
        defer { free(line) }
        return String(cString: line)
    }

    /// Adds what was typed to the history, and to its file at once: a session may end in many ways.
    func remember(_ text: String) {
        guard text != lastEntry, !text.allSatisfy(\.isWhitespace) else { return }
        // Passwords are kept nowhere.
        guard !text.lowercased().contains("password") else { return }
        lastEntry = text
        add_history(text)
        let line = text.replacingOccurrences(of: "\n", with: Self.lineBreak) + "\n"
        if !FileManager.default.fileExists(atPath: historyPath) {
            // For its owner alone: statements may hold what others must not read.
            _ = FileManager.default.createFile(
                atPath: historyPath, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        // A history that cannot be written must not disturb the session.
        guard let file = FileHandle(forWritingAtPath: historyPath) else { return }
        defer { try? file.close() }
        _ = try? file.seekToEnd()
        try? file.write(contentsOf: Data(line.utf8))
    }

    private func loadHistory() {
        guard let text = try? String(contentsOfFile: historyPath, encoding: .utf8) else { return }
        let all = text.split(separator: "\n")
        let kept = all.suffix(Self.historyLength)
        for line in kept {
            add_history(line.replacingOccurrences(of: Self.lineBreak, with: "\n"))
        }
        guard all.count > Self.historyLength * 2 else { return }
        let shorter = kept.joined(separator: "\n") + "\n"
        try? shorter.write(toFile: historyPath, atomically: true, encoding: .utf8)
    }
}
