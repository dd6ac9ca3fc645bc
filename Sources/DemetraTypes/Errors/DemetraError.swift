/// The one error that crosses module borders.
///
/// `message` is one line, lower case, without a full stop, and names the object in double quotes;
/// `detail` holds facts and `hint` the way out, both in full sentences. Secrets and bound values
/// never appear.
public struct DemetraError: Error, Sendable, Hashable {
    /// The SQLSTATE class clients branch on.
    public var sqlState: SQLState
    /// What is wrong.
    public var message: String
    /// Facts that help to understand.
    public var detail: String?
    /// What to do about it.
    public var hint: String?
    /// Byte offset of the offending character in the statement's text.
    public var position: Int?
    /// Where it happened: file and line of an import, the alert or job that ran.
    public var context: String?

    /// Makes an error.
    public init(
        _ sqlState: SQLState, _ message: String, detail: String? = nil, hint: String? = nil,
        position: Int? = nil, context: String? = nil
    ) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.position = position
        self.context = context
    }
}

extension DemetraError {
    /// The same error pointing at `range`, unless it already points somewhere.
    package func at(_ range: SourceRange) -> DemetraError {
        guard position == nil, range.lower >= 0 else { return self }
        var error = self
        error.position = Int(range.lower)
        return error
    }
}

extension DemetraError: CustomStringConvertible {
    /// SQLSTATE and message on one line.
    public var description: String { "\(sqlState): \(message)" }

    /// The error as a person reads it: message, the line with a caret, detail and hint.
    ///
    /// - Parameter statement: the text `position` points into.
    public func rendered(in statement: String? = nil) -> String {
        var lines = ["ERROR:  \(sqlState): \(message)"]
        if let statement, let position { lines.append(Self.caretLines(statement, position)) }
        if let detail { lines.append("DETAIL:  \(detail)") }
        if let hint { lines.append("HINT:  \(hint)") }
        if let context { lines.append("CONTEXT:  \(context)") }
        return lines.joined(separator: "\n")
    }

    private static func caretLines(_ statement: String, _ position: Int) -> String {
        let bytes = Array(statement.utf8)
        let position = min(max(position, 0), bytes.count)
        let newline = UInt8(ascii: "\n")
        let start = bytes[..<position].lastIndex(of: newline).map { $0 + 1 } ?? 0
        let end = bytes[position...].firstIndex(of: newline) ?? bytes.count
        let number = bytes[..<start].count { $0 == newline } + 1
        let column = String(decoding: bytes[start..<position], as: UTF8.self).unicodeScalars.count
        let prefix = "LINE \(number): "
        // A tab is shown as one blank so that the caret stays under its character.
        var shown = Array(String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars)
        for index in shown.indices where shown[index] == "\t" { shown[index] = " " }
        var offset = 0
        // A window of a very long line keeps the caret on the screen.
        if shown.count > 120 {
            offset = max(0, min(column - 60, shown.count - 120))
            shown = Array(shown[offset..<min(shown.count, offset + 120)])
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: shown)
        let pad = String(repeating: " ", count: prefix.count + column - offset)
        return prefix + String(text) + "\n" + pad + "^"
    }
}
