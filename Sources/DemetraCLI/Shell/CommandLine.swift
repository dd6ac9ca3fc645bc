import Demetra

/// What follows the name of a backslash command: words, some of them quoted.
///
/// Blanks separate words. `'a b'` is one word, with `''` for a quote and `\n`, `\t`, `\\` as in C; `"A b"` is one that
/// keeps its quotes, as names in SQL do. `:name`, `:'name'` and `:"name"` stand for the value of a variable.
struct CommandLine {
    /// As it was typed, without blanks at its ends.
    let text: String
    private let variables: ShellVariables

    init(_ text: some StringProtocol, _ variables: ShellVariables) {
        var text = text.drop(while: \.isWhitespace)
        // psql users close commands with a semicolon by habit.
        while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
        self.text = String(text)
        self.variables = variables
    }

    /// The words.
    ///
    /// - Throws: 42601 for a quote without its end.
    func words() throws(DemetraError) -> [String] {
        var words: [String] = []
        var rest = Substring(text)
        while true {
            rest = rest.drop(while: \.isWhitespace)
            guard !rest.isEmpty else { return words }
            words.append(try word(&rest))
        }
    }

    private func word(_ rest: inout Substring) throws(DemetraError) -> String {
        var word = ""
        while let sign = rest.first, !sign.isWhitespace {
            switch sign {
            case "'": word += try quoted(&rest)
            case "\"":
                rest.removeFirst()
                word += "\"" + (try upTo("\"", &rest)) + "\""
            case ":":
                if let value = variable(&rest) {
                    word += value
                } else {
                    word.append(rest.removeFirst())
                }
            default: word.append(rest.removeFirst())
            }
        }
        return word
    }

    private func quoted(_ rest: inout Substring) throws(DemetraError) -> String {
        rest.removeFirst()
        var result = ""
        while let sign = rest.popFirst() {
            switch sign {
            case "'" where rest.first == "'": result.append(rest.removeFirst())
            case "'": return result
            case "\\":
                switch rest.popFirst() {
                case "n"?: result.append("\n")
                case "t"?: result.append("\t")
                case let other?: result.append(other)
                case nil: break
                }
            default: result.append(sign)
            }
        }
        throw Self.unterminated
    }

    private func upTo(_ end: Character, _ rest: inout Substring) throws(DemetraError) -> String {
        guard let place = rest.firstIndex(of: end) else { throw Self.unterminated }
        defer { rest = rest[rest.index(after: place)...] }
        return String(rest[..<place])
    }

    /// The value of the variable that `rest` begins with; nil when it names none.
    private func variable(_ rest: inout Substring) -> String? {
        var name = rest.dropFirst()
        let quote = name.first.flatMap { $0 == "'" || $0 == "\"" ? $0 : nil }
        if quote != nil { name = name.dropFirst() }
        let word = name.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        var behind = name[word.endIndex...]
        if let quote {
            guard behind.first == quote else { return nil }
            behind = behind.dropFirst()
        }
        guard !word.isEmpty, let value = variables[String(word)] else { return nil }
        rest = behind
        guard let quote else { return value }
        let mark = String(quote)
        return mark + value.replacing(mark, with: mark + mark) + mark
    }

    private static let unterminated = DemetraError(
        .syntaxError, "a quoted word of the command has no end")
}
