import DemetraTypes

/// Cuts the bytes of a text into tokens, in one pass.
///
/// - Source: the lexical structure chapter of the PostgreSQL 15 documentation.
struct Tokenizer {
    private let bytes: [UInt8]
    private var position = 0
    private var tokens: [Token] = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The tokens, an end token last.
    ///
    /// - Throws: 42601 where a literal or comment is not closed, at its opening; 22021 for a zero byte.
    static func tokenize(_ bytes: [UInt8]) throws(DemetraError) -> [Token] {
        // Anywhere, also inside of literals, which would be texts that no client can be sent.
        if let zero = bytes.firstIndex(of: 0) {
            throw DemetraError(
                .characterNotInRepertoire, "invalid byte sequence for encoding \"UTF8\": 0x00",
                position: zero)
        }
        var tokenizer = Tokenizer(bytes)
        tokenizer.tokens.reserveCapacity(bytes.count / 4 + 2)
        while try tokenizer.next() {}
        tokenizer.tokens.append(
            Token(kind: .end, keyword: nil, start: bytes.count, end: bytes.count))
        return tokenizer.tokens
    }

    private func byte(at offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    private mutating func add(_ kind: Token.Kind, from start: Int, keyword: Keyword? = nil) {
        tokens.append(Token(kind: kind, keyword: keyword, start: start, end: position))
    }

    private mutating func next() throws(DemetraError) -> Bool {
        try skipBlanks()
        guard position < bytes.count else { return false }
        let start = position
        let first = bytes[position]
        switch first {
        case 0x27: try string(from: start, escapes: false)
        case 0x22: try quotedName(from: start)
        case 0x24: try dollar(from: start)
        case 0x30...0x39: try number(from: start)
        case 0x2e where isDigit(byte(at: position + 1)): try number(from: start)
        default:
            if isWordStart(first) {
                try word(from: start)
            } else {
                symbol(from: start)
            }
        }
        return true
    }

    private mutating func skipBlanks() throws(DemetraError) {
        while position < bytes.count {
            let current = bytes[position]
            if current == 0x20 || (current >= 0x09 && current <= 0x0d) {
                position += 1
            } else if current == 0x2d, byte(at: position + 1) == 0x2d {
                while position < bytes.count, bytes[position] != 0x0a { position += 1 }
            } else if current == 0x2f, byte(at: position + 1) == 0x2a {
                try skipComment()
            } else if current == 0xef, byte(at: position + 1) == 0xbb,
                byte(at: position + 2) == 0xbf
            {
                position += 3
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(DemetraError) {
        let start = position
        var depth = 0
        while position < bytes.count {
            if bytes[position] == 0x2f, byte(at: position + 1) == 0x2a {
                depth += 1
                position += 2
            } else if bytes[position] == 0x2a, byte(at: position + 1) == 0x2f {
                depth -= 1
                position += 2
                if depth == 0 { return }
            } else {
                position += 1
            }
        }
        throw DemetraError(.syntaxError, "unterminated /* comment", position: start)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private func isWordStart(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || byte == 0x5f || byte >= 0x80
    }

    private func isWordPart(_ byte: UInt8) -> Bool {
        isWordStart(byte) || isDigit(byte) || byte == 0x24
    }

    private mutating func word(from start: Int) throws(DemetraError) {
        if bytes[start] | 0x20 == UInt8(ascii: "e"), byte(at: start + 1) == 0x27 {
            position += 1
            return try string(from: start, escapes: true)
        }
        while position < bytes.count, isWordPart(bytes[position]) { position += 1 }
        let keyword = KeywordTable.shared.find(bytes[start..<position])
        add(.word, from: start, keyword: keyword)
    }

    private mutating func string(from start: Int, escapes: Bool) throws(DemetraError) {
        position += 1
        while position < bytes.count {
            let current = bytes[position]
            if current == 0x27 {
                if byte(at: position + 1) == 0x27 {
                    position += 2
                    continue
                }
                position += 1
                if let next = continuation() {
                    // Literals on separate lines are one.
                    position = next + 1
                    continue
                }
                return add(.string, from: start)
            }
            position += escapes && current == 0x5c ? 2 : 1
        }
        throw DemetraError(.syntaxError, "unterminated quoted string", position: start)
    }

    /// The offset of a quote that goes on with the literal behind a line break.
    private func continuation() -> Int? {
        var ahead = position
        var hasNewline = false
        while ahead < bytes.count,
            bytes[ahead] == 0x20 || (bytes[ahead] >= 0x09 && bytes[ahead] <= 0x0d)
        {
            if bytes[ahead] == 0x0a { hasNewline = true }
            ahead += 1
        }
        return hasNewline && byte(at: ahead) == 0x27 ? ahead : nil
    }

    private mutating func quotedName(from start: Int) throws(DemetraError) {
        position += 1
        while position < bytes.count {
            if bytes[position] == 0x22 {
                if byte(at: position + 1) != 0x22 {
                    position += 1
                    if position - start == 2 {
                        throw DemetraError(
                            .syntaxError, "zero-length delimited identifier", position: start)
                    }
                    return add(.quotedName, from: start)
                }
                position += 1
            }
            position += 1
        }
        throw DemetraError(.syntaxError, "unterminated quoted identifier", position: start)
    }

    /// `$1`, or `$tag$text$tag$`.
    private mutating func dollar(from start: Int) throws(DemetraError) {
        position += 1
        if isDigit(byte(at: position)) {
            while isDigit(byte(at: position)) { position += 1 }
            return add(.parameter, from: start)
        }
        while position < bytes.count, isWordStart(bytes[position]) || isDigit(bytes[position]) {
            position += 1
        }
        guard byte(at: position) == 0x24 else {
            throw DemetraError(.syntaxError, "syntax error at or near \"$\"", position: start)
        }
        position += 1
        let tag = Array(bytes[start..<position])
        while position + tag.count <= bytes.count {
            if bytes[position] == 0x24, bytes[position..<(position + tag.count)].elementsEqual(tag)
            {
                position += tag.count
                return add(.string, from: start)
            }
            position += 1
        }
        throw DemetraError(.syntaxError, "unterminated dollar-quoted string", position: start)
    }

    private mutating func number(from start: Int) throws(DemetraError) {
        func digits() {
            while isDigit(byte(at: position))
                || (byte(at: position) == 0x5f && isDigit(byte(at: position + 1)))
            {
                position += 1
            }
        }
        digits()
        // `1..2` is a number and two points.
        if byte(at: position) == 0x2e, byte(at: position + 1) != 0x2e {
            position += 1
            digits()
        }
        if byte(at: position) | 0x20 == 0x65 {
            let sign = byte(at: position + 1) == 0x2b || byte(at: position + 1) == 0x2d ? 1 : 0
            if isDigit(byte(at: position + 1 + sign)) {
                position += 1 + sign
                digits()
            }
        }
        if position < bytes.count, isWordStart(bytes[position]) {
            throw DemetraError(
                .syntaxError,
                "trailing junk after numeric literal at or near "
                    + "\"\(String(decoding: bytes[start...position], as: UTF8.self))\"",
                position: start)
        }
        add(.number, from: start)
    }

    private static let symbols: [[UInt8]] = [
        "!~*", "->>", "#>>", "!~", "~*", "<=", ">=", "<>", "!=", "||", "::", ":=", "=>", "->", "<<",
        ">>",
        "@>", "<@", "&&", "#>", "#-", "?|", "?&", "@?", "@@",
    ].map { Array($0.utf8) }

    private mutating func symbol(from start: Int) {
        for symbol in Self.symbols
        where start + symbol.count <= bytes.count
            && bytes[start..<(start + symbol.count)].elementsEqual(symbol)
        {
            position = start + symbol.count
            return add(.symbol, from: start)
        }
        position = start + 1
        add(.symbol, from: start)
    }
}

/// Finds keywords by their bytes, in any case.
struct KeywordTable: Sendable {
    static let shared = KeywordTable()
    private let words: [String: Keyword]
    private let longest: Int

    private init() {
        words = Dictionary(uniqueKeysWithValues: Keyword.allCases.map { ($0.text, $0) })
        longest = words.keys.map(\.utf8.count).max() ?? 0
    }

    func find(_ bytes: ArraySlice<UInt8>) -> Keyword? {
        guard bytes.count <= longest else { return nil }
        let folded = bytes.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
        return words[String(decoding: folded, as: UTF8.self)]
    }
}
