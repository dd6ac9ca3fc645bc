import DemetraTypes

/// Reads a path, by recursive descent:
///
///     or          and ( || and )*
///     and         not ( && not )*
///     not         ! ( or ) | comparison
///     comparison  sum ( == sum | starts with "x" | like_regex "x" flag "i" )?
///     sum         product ( + - product )*
///     product     unary ( * / % unary )*
///     unary       + - unary | primary step*
///     primary     $ @ $name last literal exists ( or ) ( or ) [is unknown]
struct JSONPathParser {
    /// Parentheses inside of each other.
    private static let deepest = 100

    private let tokens: [JSONPathToken]
    private var position = 0
    private var depth = 0
    private var filterDepth = 0
    private var subscriptDepth = 0

    init(_ tokens: [JSONPathToken]) { self.tokens = tokens }

    mutating func parse() throws(DemetraError) -> (isStrict: Bool, JSONPathNode) {
        let isStrict = take(word: "strict")
        if !isStrict { _ = take(word: "lax") }
        let expression = try or()
        guard next == .end else { throw unexpected() }
        return (isStrict, expression)
    }

    // MARK: Tokens

    private var next: JSONPathToken { tokens[position] }

    private mutating func advance() { if position + 1 < tokens.count { position += 1 } }

    private mutating func take(_ symbol: String) -> Bool {
        guard next == .symbol(symbol) else { return false }
        advance()
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard case .word(let given) = next, given.lowercased() == word else { return false }
        advance()
        return true
    }

    private mutating func expect(_ symbol: String) throws(DemetraError) {
        guard take(symbol) else { throw unexpected() }
    }

    private mutating func expect(word: String) throws(DemetraError) {
        guard take(word: word) else { throw unexpected() }
    }

    private func unexpected() -> DemetraError { JSONPathTokenizer.unexpected(next) }

    private func predicate(_ node: JSONPathNode) throws(DemetraError) -> JSONPathNode {
        guard node.isPredicate else { throw unexpected() }
        return node
    }

    private func value(_ node: JSONPathNode) throws(DemetraError) -> JSONPathNode {
        guard !node.isPredicate else { throw unexpected() }
        return node
    }

    // MARK: Predicates

    private mutating func or() throws(DemetraError) -> JSONPathNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw DemetraError(
                .statementTooComplex, "jsonpath nests deeper than \(Self.deepest) levels")
        }
        var left = try and()
        while next == .symbol("||") {
            left = try predicate(left)
            advance()
            left = .or(left, try predicate(try and()))
        }
        return left
    }

    private mutating func and() throws(DemetraError) -> JSONPathNode {
        var left = try not()
        while next == .symbol("&&") {
            left = try predicate(left)
            advance()
            left = .and(left, try predicate(try not()))
        }
        return left
    }

    private mutating func not() throws(DemetraError) -> JSONPathNode {
        guard take("!") else { return try comparison() }
        if take(word: "exists") { return .not(try exists()) }
        try expect("(")
        let inner = try predicate(try or())
        try expect(")")
        return .not(inner)
    }

    private mutating func exists() throws(DemetraError) -> JSONPathNode {
        try expect("(")
        let inner = try value(try or())
        try expect(")")
        return .exists(inner)
    }

    private mutating func comparison() throws(DemetraError) -> JSONPathNode {
        let left = try sum()
        if case .symbol(let symbol) = next {
            let name = symbol == "=" ? "==" : symbol == "<>" ? "!=" : symbol
            if let comparison = JSONPathComparison(rawValue: name) {
                let left = try value(left)
                advance()
                return .comparison(comparison, left, try value(try sum()))
            }
        }
        if !left.isPredicate, take(word: "starts") {
            try expect(word: "with")
            switch next {
            case .string(let text):
                advance()
                return .startsWith(left, .literal(.string(text)))
            case .variable(let name):
                advance()
                return .startsWith(left, .variable(name))
            default: throw unexpected()
            }
        }
        if !left.isPredicate, take(word: "like_regex") { return try regex(left) }
        return left
    }

    private mutating func regex(_ left: JSONPathNode) throws(DemetraError) -> JSONPathNode {
        guard case .string(let pattern) = next else { throw unexpected() }
        advance()
        var flags = ""
        if take(word: "flag") {
            guard case .string(let given) = next else { throw unexpected() }
            advance()
            flags = given
        }
        return .likeRegex(left, try JSONPathPattern.regex(pattern, flags))
    }

    // MARK: Values

    private mutating func sum() throws(DemetraError) -> JSONPathNode {
        var left = try product()
        while case .symbol(let symbol) = next, symbol == "+" || symbol == "-",
            let operation = JSONPathOperator(rawValue: symbol)
        {
            left = try value(left)
            advance()
            left = .arithmetic(operation, left, try value(try product()))
        }
        return left
    }

    private mutating func product() throws(DemetraError) -> JSONPathNode {
        var left = try unary()
        while case .symbol(let symbol) = next, symbol == "*" || symbol == "/" || symbol == "%",
            let operation = JSONPathOperator(rawValue: symbol)
        {
            left = try value(left)
            advance()
            left = .arithmetic(operation, left, try value(try unary()))
        }
        return left
    }

    private mutating func unary() throws(DemetraError) -> JSONPathNode {
        var signs: [Bool] = []
        while signs.count <= Self.deepest {
            if take("-") {
                signs.append(true)
            } else if take("+") {
                signs.append(false)
            } else {
                break
            }
        }
        var node = try steps()
        for isNegative in signs.reversed() {
            node = isNegative ? .negation(try value(node)) : .plus(try value(node))
        }
        return node
    }

    private mutating func steps() throws(DemetraError) -> JSONPathNode {
        let base = try primary()
        var steps: [JSONPathStep] = []
        while let step = try step() { steps.append(step) }
        return steps.isEmpty ? base : .steps(base, steps)
    }

    private mutating func primary() throws(DemetraError) -> JSONPathNode {
        let token = next
        switch token {
        case .symbol("$"):
            advance()
            return .root
        case .symbol("@"):
            guard filterDepth > 0 else {
                throw DemetraError(.syntaxError, "@ is not allowed in root expressions")
            }
            advance()
            return .current
        case .symbol("("):
            advance()
            let inner = try or()
            try expect(")")
            if inner.isPredicate, take(word: "is") {
                try expect(word: "unknown")
                return .isUnknown(inner)
            }
            return inner
        case .variable(let name):
            advance()
            return .variable(name)
        case .string(let text):
            advance()
            return .literal(.string(text))
        case .number(let text):
            advance()
            return .literal(.number(text))
        case .word(let word): return try keyword(word)
        default: throw unexpected()
        }
    }

    private mutating func keyword(_ word: String) throws(DemetraError) -> JSONPathNode {
        let token = next
        advance()
        switch word {
        case "null": return .literal(.null)
        case "true": return .literal(.boolean(true))
        case "false": return .literal(.boolean(false))
        default: break
        }
        switch word.lowercased() {
        case "last":
            guard subscriptDepth > 0 else {
                throw DemetraError(.syntaxError, "LAST is allowed only in array subscripts")
            }
            return .last
        case "exists": return try exists()
        default: throw JSONPathTokenizer.unexpected(token)
        }
    }

    // MARK: Steps

    private mutating func step() throws(DemetraError) -> JSONPathStep? {
        if take(".") { return try afterDot() }
        if take("[") {
            if take("*") {
                try expect("]")
                return .anyElement
            }
            return try subscripts()
        }
        guard take("?") else { return nil }
        try expect("(")
        filterDepth += 1
        defer { filterDepth -= 1 }
        let condition = try predicate(try or())
        try expect(")")
        return .filter(condition)
    }

    private mutating func afterDot() throws(DemetraError) -> JSONPathStep {
        if take("*") { return .anyMember }
        if take("**") { return try descendants() }
        switch next {
        case .string(let key):
            advance()
            return .member(key)
        case .word(let word):
            advance()
            guard next == .symbol("(") else { return .member(word) }
            return .method(try method(word))
        default: throw unexpected()
        }
    }

    private mutating func method(_ word: String) throws(DemetraError) -> JSONPathMethod {
        guard word.lowercased() != "datetime" else {
            throw DemetraError(
                .featureNotSupported, "jsonpath item method .datetime() is not supported",
                hint: "Take the text out of the document and cast it: (json ->> 'key')::timestamp.")
        }
        guard let method = JSONPathMethod(rawValue: word.lowercased()) else { throw unexpected() }
        advance()
        try expect(")")
        return method
    }

    private mutating func descendants() throws(DemetraError) -> JSONPathStep {
        guard take("{") else { return .descendants(first: 0, last: nil) }
        let first = try level()
        let last = take(word: "to") ? try level() : first
        try expect("}")
        return .descendants(first: first, last: last)
    }

    /// A number of levels; nil for `last`.
    private mutating func level() throws(DemetraError) -> Int? {
        if take(word: "last") { return nil }
        guard case .number(let text) = next, let number = Int32(text) else { throw unexpected() }
        advance()
        return Int(number)
    }

    private mutating func subscripts() throws(DemetraError) -> JSONPathStep {
        subscriptDepth += 1
        defer { subscriptDepth -= 1 }
        var list: [(first: JSONPathNode, last: JSONPathNode?)] = []
        repeat {
            let first = try value(try or())
            let last = take(word: "to") ? try value(try or()) : nil
            list.append((first, last))
        } while take(",")
        try expect("]")
        return .elements(list)
    }
}

/// The patterns of like_regex.
enum JSONPathPattern {
    /// The pattern with XQuery's flags.
    ///
    /// - Throws: 42601 for other flags, 0A000 for `x`, 2201B for a pattern that is none.
    static func regex(_ pattern: String, _ flags: String) throws(DemetraError) -> Regex {
        var (ignoresCase, isLiteral, crossesLines, isMultiline) = (false, false, false, false)
        for flag in flags {
            switch flag {
            case "i": ignoresCase = true
            case "q": isLiteral = true
            case "s": crossesLines = true
            case "m": isMultiline = true
            case "x":
                throw DemetraError(
                    .featureNotSupported,
                    "XQuery \"x\" flag (expanded regular expressions) is not implemented",
                    hint: "Write the pattern without blanks.")
            default:
                throw DemetraError(
                    .syntaxError, "invalid input syntax for type jsonpath",
                    detail: "Unrecognized flag character \"\(flag)\" in LIKE_REGEX predicate.",
                    hint: "Flags are i, m, q and s.")
            }
        }
        var options = try RegexOptions()
        options.ignoresCase = ignoresCase
        if !isLiteral {
            options.stopsAtNewline = !crossesLines
            options.anchorsAtNewline = isMultiline
        }
        return try RegexCache.shared.regex(
            isLiteral ? escaped(pattern) : pattern, options)
    }

    private static func escaped(_ text: String) -> String {
        String(
            text.flatMap { character -> [Character] in
                "\\^$.|?*+()[]{}".contains(character) ? ["\\", character] : [character]
            })
    }
}
