import Demetra
import Foundation

/// `\copy`: COPY whose file is read or written by the shell, not by the database.
struct ClientCopy {
    private enum Direction: String { case from, to }

    /// A table with or without columns, or a query in parentheses.
    private let subject: String
    private let direction: Direction
    /// Nil for the lines that follow, or the terminal.
    private let file: String?
    private let options: String

    /// - Throws: 42601 for what is not `TABLE FROM|TO FILE [OPTIONS]`.
    init(_ text: String) throws(DemetraError) {
        guard let (subject, direction, rest) = Self.parts(text) else { throw Self.syntax }
        var words = rest.drop(while: \.isWhitespace)
        guard let first = words.first else { throw Self.syntax }
        if first == "'" {
            words.removeFirst()
            guard let end = words.firstIndex(of: "'") else { throw Self.syntax }
            file = String(words[..<end])
            words = words[words.index(after: end)...]
        } else {
            let word = words.prefix { !$0.isWhitespace }
            words = words[word.endIndex...]
            file =
                ["stdin", "stdout", "pstdin", "pstdout"].contains(word.lowercased())
                ? nil : String(word)
        }
        self.subject = subject
        self.direction = direction
        options = String(words)
    }

    private static let syntax = DemetraError(
        .syntaxError, "\\copy needs a table or a query, FROM or TO, and a file",
        hint: "As in \\copy campaigns FROM 'campaigns.csv' (FORMAT csv, HEADER).")

    /// Finds FROM or TO outside of parentheses and quotes.
    private static func parts(
        _ text: String
    ) -> (subject: String, direction: Direction, rest: Substring)? {
        var depth = 0
        var quote: Character?
        var start: String.Index?
        for index in text.indices + [text.endIndex] {
            let sign = index < text.endIndex ? text[index] : " "
            if let open = quote {
                if sign == open { quote = nil }
                continue
            }
            switch sign {
            case "'", "\"": quote = sign
            case "(": depth += 1
            case ")": depth -= 1
            default: break
            }
            if sign.isLetter, depth == 0 {
                if start == nil { start = index }
                continue
            }
            defer { start = nil }
            guard let word = start, word > text.startIndex,
                let direction = Direction(rawValue: text[word..<index].lowercased())
            else { continue }
            return (String(text[..<word]), direction, text[index...])
        }
        return nil
    }

    /// Copies; false when it failed.
    func run(in shell: Shell) throws(DemetraError) -> Bool {
        switch direction {
        case .from:
            let rows: (any CopySource)? =
                try file.map { name throws(DemetraError) in try FileSource(name) }
            shell.printer.copyRows = rows
            defer { shell.printer.copyRows = nil }
            try shell.perform("COPY \(subject) FROM STDIN\(options)")
        case .to:
            let statement = "COPY \(subject) TO STDOUT\(options)"
            guard let file else {
                try shell.perform(statement)
                break
            }
            try shell.printer.redirected(to: file, isForRows: true) { () throws(DemetraError) in
                try shell.perform(statement)
            }
            if shell.isInteractive { shell.printer.show("COPY \(shell.printer.lastRowCount)") }
        }
        shell.printer.flush()
        return true
    }
}
