import Foundation

/// The lines of a script: a text, or standard input as it comes in.
final class ScriptLines {
    /// The name errors give the script; nil for a text from the command line.
    let name: String?
    /// True when the rows of COPY ... FROM STDIN stand among the lines, as in a file; those of a statement
    /// from the command line come on standard input.
    let holdsRows: Bool
    private var rest: Substring = ""
    private let read: (() -> String?)?

    /// The lines of a text.
    init(_ text: String, name: String? = nil) {
        self.name = name
        rest = text[...]
        read = nil
        holdsRows = name != nil
    }

    /// Lines that `read` gives one by one.
    init(name: String? = nil, read: @escaping () -> String?) {
        self.name = name
        self.read = read
        holdsRows = true
    }

    /// Standard input.
    static func standardInput() -> ScriptLines {
        ScriptLines(name: "stdin") { readLine(strippingNewline: true) }
    }

    /// The next line without its end; nil behind the last.
    func next() -> String? {
        if let read { return read() }
        guard !rest.isEmpty else { return nil }
        // By bytes: a line break after a carriage return is one character with it.
        let bytes = rest.utf8
        let end = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
        defer { rest = end == bytes.endIndex ? "" : rest[bytes.index(after: end)...] }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
