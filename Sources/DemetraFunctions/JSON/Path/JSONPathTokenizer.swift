import DemetraTypes

/// A word or symbol of a path.
enum JSONPathToken: Sendable, Equatable {
    case symbol(String)
    /// A word without quotes: a keyword or a key.
    case word(String)
    /// A text in double quotes.
    case string(String)
    case number(String)
    /// `$name`
    case variable(String)
    case end

    /// As an error shows it.
    var text: String {
        switch self {
        case .symbol(let text), .word(let text), .number(let text): text
        case .string(let text): "\"\(text)\""
        case .variable(let name): "$\(name)"
        case .end: ""
        }
    }
}

/// Cuts the text of a path into words and symbols.
struct JSONPathTokenizer {
    private static let symbols = ["**", "==", "!=", "<>", "<=", ">=", "&&", "||"]
    private static let special = Set("?%$.[]{}()|&!=<>@#,*:-+/\\\"".unicodeScalars)

    private let scalars: [Unicode.Scalar]
    private var position = 0

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The tokens, `end` last.
    ///
    /// - Throws: 42601 for a text that has no such form, 22P02 for an empty one.
    static func tokens(_ text: String) throws(DemetraError) -> [JSONPathToken] {
        var tokenizer = JSONPathTokenizer(text)
        var tokens: [JSONPathToken] = []
        while let token = try tokenizer.next() { tokens.append(token) }
        guard !tokens.isEmpty else {
            throw DemetraError(
                .invalidTextRepresentation, "invalid input syntax for type jsonpath: \"\(text)\"",
                hint: "A path begins with $, the document: '$.key'.")
        }
        return tokens + [.end]
    }

    /// 42601 at a token.
    static func unexpected(_ token: JSONPathToken) -> DemetraError {
        DemetraError(
            .syntaxError,
            token == .end
                ? "syntax error at end of jsonpath input"
                : "syntax error at or near \"\(token.text)\" of jsonpath input")
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    private mutating func skipBlanks() throws(DemetraError) {
        while let scalar = peek() {
            if scalar.properties.isWhitespace {
                position += 1
            } else if scalar == "/", peek(1) == "*" {
                position += 2
                while position < scalars.count, !(peek() == "*" && peek(1) == "/") { position += 1 }
                guard position < scalars.count else {
                    throw DemetraError(
                        .syntaxError, "unexpected end of comment at end of jsonpath input")
                }
                position += 2
            } else {
                return
            }
        }
    }

    private mutating func next() throws(DemetraError) -> JSONPathToken? {
        try skipBlanks()
        guard let scalar = peek() else { return nil }
        if scalar == "\"" { return .string(try string()) }
        if scalar == "$" {
            position += 1
            if peek() == "\"" { return .variable(try string()) }
            let name = try word()
            return name.isEmpty ? .symbol("$") : .variable(name)
        }
        if isDigit(scalar) || (scalar == "." && peek(1).map(isDigit) ?? false) {
            return .number(try number())
        }
        for symbol in Self.symbols
        where Array(symbol.unicodeScalars) == [scalar, peek(1)].compactMap({ $0 }) {
            position += 2
            return .symbol(symbol)
        }
        if Self.special.contains(scalar), scalar != "\\" {
            position += 1
            return .symbol(String(scalar))
        }
        return .word(try word())
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private mutating func number() throws(DemetraError) -> String {
        let start = position
        while let scalar = peek(), isDigit(scalar) { position += 1 }
        if peek() == "." {
            position += 1
            while let scalar = peek(), isDigit(scalar) { position += 1 }
        }
        if peek() == "e" || peek() == "E" {
            position += 1
            if peek() == "+" || peek() == "-" { position += 1 }
            while let scalar = peek(), isDigit(scalar) { position += 1 }
        }
        var text = String(String.UnicodeScalarView(scalars[start..<position]))
        let digits = text.prefix { $0.isNumber }
        let isTrailed = peek().map { !Self.special.contains($0) && !$0.properties.isWhitespace }
        guard isTrailed != true, !(digits.count > 1 && digits.first == "0"),
            let number = try? Decimal.parse(text)
        else {
            throw DemetraError(
                .syntaxError,
                "trailing junk after numeric literal at or near \"\(text)\" of jsonpath input")
        }
        text = number.description
        return text
    }

    /// A key or keyword: everything up to a blank or a sign of the language; may be empty.
    private mutating func word() throws(DemetraError) -> String {
        var result = String.UnicodeScalarView()
        while let scalar = peek() {
            if scalar == "\\" {
                try escape(into: &result)
            } else if Self.special.contains(scalar) || scalar.properties.isWhitespace {
                break
            } else {
                result.append(scalar)
                position += 1
            }
        }
        return String(result)
    }

    private mutating func string() throws(DemetraError) -> String {
        var result = String.UnicodeScalarView()
        position += 1
        while let scalar = peek() {
            if scalar == "\"" {
                position += 1
                return String(result)
            }
            if scalar == "\\" {
                try escape(into: &result)
            } else {
                result.append(scalar)
                position += 1
            }
        }
        throw DemetraError(.syntaxError, "unterminated quoted string at end of jsonpath input")
    }

    private mutating func escape(
        into result: inout String.UnicodeScalarView
    ) throws(DemetraError) {
        position += 1
        guard let scalar = peek() else {
            throw DemetraError(.syntaxError, "unexpected end after backslash of jsonpath input")
        }
        position += 1
        switch scalar {
        case "b": result.append("\u{8}")
        case "f": result.append("\u{c}")
        case "n": result.append("\n")
        case "r": result.append("\r")
        case "t": result.append("\t")
        case "v": result.append("\u{b}")
        case "x": result.append(try scalarOf(hexadecimal(count: 2)))
        case "u": try unicode(into: &result)
        default: result.append(scalar)
        }
    }

    private mutating func unicode(
        into result: inout String.UnicodeScalarView
    ) throws(DemetraError) {
        if peek() == "{" {
            position += 1
            var value: UInt32 = 0
            var count = 0
            while let scalar = peek(), let digit = Character(scalar).hexDigitValue, count < 6 {
                value = value * 16 + UInt32(digit)
                count += 1
                position += 1
            }
            guard count > 0, peek() == "}" else { throw invalidEscape() }
            position += 1
            return result.append(try scalarOf(value))
        }
        let first = try hexadecimal(count: 4)
        guard (0xd800..<0xdc00).contains(first) else { return result.append(try scalarOf(first)) }
        guard peek() == "\\", peek(1) == "u" else { throw invalidEscape() }
        position += 2
        let second = try hexadecimal(count: 4)
        guard (0xdc00..<0xe000).contains(second) else { throw invalidEscape() }
        result.append(try scalarOf(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)))
    }

    private mutating func hexadecimal(count: Int) throws(DemetraError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let scalar = peek(), let digit = Character(scalar).hexDigitValue else {
                throw invalidEscape()
            }
            value = value * 16 + UInt32(digit)
            position += 1
        }
        return value
    }

    private func scalarOf(_ value: UInt32) throws(DemetraError) -> Unicode.Scalar {
        guard value != 0, let scalar = Unicode.Scalar(value) else { throw invalidEscape() }
        return scalar
    }

    private func invalidEscape() -> DemetraError {
        DemetraError(.syntaxError, "invalid Unicode escape sequence of jsonpath input")
    }
}
