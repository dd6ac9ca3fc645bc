/// One thing of a script to carry out.
enum ScriptPiece: Equatable {
    /// A statement without its semicolon, and the line it begins on.
    case statement(String, line: Int)
    /// A backslash command, to the end of its line.
    case command(String, line: Int)
}

/// Cuts a script, given line by line, into statements and backslash commands.
///
/// A semicolon ends a statement unless it stands in quotes or a comment, and a backslash begins a command, to the end of
/// its line; what stands before it waits on. Each line is looked at once, so that a long statement costs no more than
/// its length. `:name`, `:'name'` and `:"name"` become the value of a variable, as it is, as a literal, or as a name.
struct StatementSplitter {
    private enum Place: Equatable {
        case code
        case quoted(UInt8, escapes: Bool)
        case comment(depth: Int)
        case dollar(tag: [UInt8])
    }

    /// The value of a variable; nil when there is none, and its name stays as it is.
    private let variable: (String) -> String?
    private var place = Place.code
    private var pending: [UInt8] = []
    private var pendingLine = 1
    private var lineCount = 0

    init(variable: @escaping (String) -> String? = { _ in nil }) { self.variable = variable }

    /// True when nothing waits for its end.
    var isEmpty: Bool { pending.allSatisfy(Self.isBlank) && place == .code }

    /// True inside quotes or a comment, where even an empty line belongs to the statement.
    var isInsideText: Bool { place != .code }

    /// The text that waits for its semicolon.
    var text: String { String(decoding: pending, as: UTF8.self) }

    /// Takes a line, without its end, and gives what it completes.
    mutating func add(_ line: String) -> [ScriptPiece] {
        lineCount += 1
        let bytes = Array(line.utf8)
        var pieces: [ScriptPiece] = []
        if !pending.isEmpty { pending.append(0x0A) }
        var index = 0
        while index < bytes.count {
            if place == .code, bytes[index] == UInt8(ascii: "\\") {
                pieces.append(.command(Self.trimmed(Array(bytes[index...])), line: lineCount))
                return pieces
            }
            if isEmpty { pendingLine = lineCount }
            if place == .code, let (value, end) = substituted(bytes, index) {
                pending += value.utf8
                index = end
                continue
            }
            let end = step(bytes, index)
            pending += bytes[index..<end]
            index = end
            if place == .code, bytes[end - 1] == UInt8(ascii: ";"), let piece = takeStatement() {
                pieces.append(piece)
            }
        }
        return pieces
    }

    /// The statement that waits without a semicolon, at the end of a script.
    mutating func finish() -> ScriptPiece? {
        pending.append(UInt8(ascii: ";"))
        place = .code
        return takeStatement()
    }

    /// Takes what waits, without a semicolon; nil when nothing does.
    mutating func take() -> String? {
        let text = Self.trimmed(pending)
        reset()
        return text.isEmpty ? nil : text
    }

    /// Puts a text in the place of what waits.
    mutating func replace(with text: String) {
        reset()
        pending = Array(text.utf8)
        pendingLine = max(1, lineCount)
    }

    /// Forgets what waits.
    mutating func reset() {
        pending = []
        place = .code
    }

    private mutating func takeStatement() -> ScriptPiece? {
        defer { pending = [] }
        let text = Self.trimmed(Array(pending.dropLast()))
        return text.isEmpty ? nil : .statement(text, line: pendingLine)
    }

    /// Moves over the next byte, or over a token that hides what it holds; gives the offset behind it.
    private mutating func step(_ bytes: [UInt8], _ index: Int) -> Int {
        switch place {
        case .code: return stepInCode(bytes, index)
        case .quoted(let quote, let escapes):
            if escapes, bytes[index] == UInt8(ascii: "\\") { return min(index + 2, bytes.count) }
            // A doubled quote closes and opens again, which comes to the same.
            if bytes[index] == quote { place = .code }
            return index + 1
        case .comment(let depth):
            if Self.has("*/", bytes, index) {
                place = depth > 1 ? .comment(depth: depth - 1) : .code
                return index + 2
            }
            if Self.has("/*", bytes, index) {
                place = .comment(depth: depth + 1)
                return index + 2
            }
            return index + 1
        case .dollar(let tag):
            guard bytes[index] == UInt8(ascii: "$"), bytes[index...].starts(with: tag) else {
                return index + 1
            }
            place = .code
            return index + tag.count
        }
    }

    /// What stands for the variable that is named at `index`, and where its name ends.
    private func substituted(_ bytes: [UInt8], _ index: Int) -> (value: String, end: Int)? {
        guard bytes[index] == UInt8(ascii: ":"), index + 1 < bytes.count,
            index == 0 || bytes[index - 1] != UInt8(ascii: ":")
        else { return nil }
        let quote = bytes[index + 1]
        let isQuoted = quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        let start = isQuoted ? index + 2 : index + 1
        var end = start
        while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
        guard end > start, !isQuoted || (end < bytes.count && bytes[end] == quote),
            let value = variable(String(decoding: bytes[start..<end], as: UTF8.self))
        else { return nil }
        guard isQuoted else { return (value, end) }
        let mark = String(UnicodeScalar(quote))
        return (mark + value.replacing(mark, with: mark + mark) + mark, end + 1)
    }

    private mutating func stepInCode(_ bytes: [UInt8], _ index: Int) -> Int {
        switch bytes[index] {
        case UInt8(ascii: "'"):
            place = .quoted(bytes[index], escapes: Self.isEscapePrefix(bytes, index))
        case UInt8(ascii: "\""): place = .quoted(bytes[index], escapes: false)
        case UInt8(ascii: "-") where Self.has("--", bytes, index): return bytes.count
        case UInt8(ascii: "/") where Self.has("/*", bytes, index):
            place = .comment(depth: 1)
            return index + 2
        case UInt8(ascii: "$"):
            guard let tag = Self.dollarTag(bytes, index) else { break }
            place = .dollar(tag: tag)
            return index + tag.count
        default: break
        }
        return index + 1
    }

    /// True when the quote at `index` follows an E that is no part of a word.
    private static func isEscapePrefix(_ bytes: [UInt8], _ index: Int) -> Bool {
        guard index > 0, bytes[index - 1] | 0x20 == UInt8(ascii: "e") else { return false }
        return index == 1 || !isWord(bytes[index - 2])
    }

    /// `$$` or `$name$` at `index`, unless it is the end of a word or a parameter.
    private static func dollarTag(_ bytes: [UInt8], _ index: Int) -> [UInt8]? {
        if index > 0, isWord(bytes[index - 1]) { return nil }
        var end = index + 1
        while end < bytes.count, isWord(bytes[end]), end > index + 1 || !isDigit(bytes[end]) {
            end += 1
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else { return nil }
        return Array(bytes[index...end])
    }

    private static func has(_ text: String, _ bytes: [UInt8], _ index: Int) -> Bool {
        bytes[index...].starts(with: text.utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
            || byte >= 0x80
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func trimmed(_ bytes: [UInt8]) -> String {
        var view = bytes[...]
        while let first = view.first, isBlank(first) { view.removeFirst() }
        while let last = view.last, isBlank(last) { view.removeLast() }
        return String(decoding: view, as: UTF8.self)
    }
}
