/// Reads `.peg` files.
///
///     # a comment
///     %operator left 7 '+' '-'          a line of the precedence table
///     %describe Query "query"           what a rule is called in messages
///     Name <- 'SELECT' ^ items:List(Item) ('FROM' from:List(Table))? / Other
///
/// `'...'` keyword or punctuation, `x?` `x*` `x+`, `List(x)`, `Parens(x)`, `&x` `!x`, `label:x`,
/// `Expression@6`, `^` cut, `/` ordered choice, parentheses.
struct GrammarReader {
    private var characters: [Character]
    private var position = 0
    private var line = 1
    private let file: String

    init(text: String, file: String) {
        characters = Array(text)
        self.file = file
    }

    /// Adds the file's rules to a grammar.
    mutating func read(into grammar: inout Grammar) throws {
        while true {
            skipBlanks(newlines: true)
            guard let next = peek else { return }
            if next == "%" {
                try readDirective(into: &grammar)
            } else {
                let place = "\(file):\(line)"
                let name = try identifier()
                try expect("<-")
                let body = try choice()
                grammar.rules.append(Rule(name: name, body: body, place: place))
            }
        }
    }

    private var peek: Character? { position < characters.count ? characters[position] : nil }

    private func fail(_ message: String) -> GrammarError {
        GrammarError(place: "\(file):\(line)", message: message)
    }

    private mutating func advance() {
        if characters[position] == "\n" { line += 1 }
        position += 1
    }

    private mutating func skipBlanks(newlines: Bool) {
        while let next = peek {
            if next == "#" {
                while let inner = peek, inner != "\n" { position += 1 }
            } else if next == " " || next == "\t" || (newlines && next == "\n") {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func expect(_ text: String) throws {
        skipBlanks(newlines: true)
        for character in text {
            guard peek == character else { throw fail("expected \(text)") }
            advance()
        }
    }

    private mutating func identifier() throws -> String {
        skipBlanks(newlines: true)
        var name = ""
        while let next = peek, next.isLetter || next.isNumber || next == "_" {
            name.append(next)
            advance()
        }
        guard !name.isEmpty else { throw fail("expected a name") }
        return name
    }

    private mutating func quoted(_ quote: Character) throws -> String {
        guard peek == quote else { throw fail("expected \(quote)") }
        advance()
        var text = ""
        while let next = peek, next != quote {
            text.append(next)
            advance()
        }
        guard peek == quote else { throw fail("the quote is not closed") }
        advance()
        return text
    }

    private mutating func readDirective(into grammar: inout Grammar) throws {
        advance()
        switch try identifier() {
        case "operator":
            guard let kind = OperatorEntry.Kind(rawValue: try identifier()),
                let level = Int(try identifier())
            else { throw fail("expected kind and level of an operator") }
            var tokens: [String] = []
            while true {
                skipBlanks(newlines: false)
                guard let next = peek, next != "\n" else { break }
                tokens.append(next == "'" ? try quoted("'") : try identifier())
            }
            grammar.operators.append(OperatorEntry(kind: kind, level: level, tokens: tokens))
        case "describe":
            let rule = try identifier()
            skipBlanks(newlines: false)
            grammar.descriptions[rule] = try quoted("\"")
        case let other: throw fail("unknown directive %\(other)")
        }
    }

    private mutating func choice() throws -> Element {
        var alternatives = [try sequence()]
        while true {
            skipBlanks(newlines: true)
            guard peek == "/" else { break }
            advance()
            alternatives.append(try sequence())
        }
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func sequence() throws -> Element {
        var elements: [Element] = []
        while let element = try part() { elements.append(element) }
        guard !elements.isEmpty else { throw fail("an alternative is empty") }
        return elements.count == 1 ? elements[0] : .sequence(elements)
    }

    /// One element, or nil where a sequence ends: at `/`, `)`, the next rule, or the end.
    private mutating func part() throws -> Element? {
        skipBlanks(newlines: true)
        guard let next = peek else { return nil }
        switch next {
        case "/", ")", "%": return nil
        case "^":
            advance()
            return .cut
        case "&", "!":
            advance()
            guard let inner = try part() else { throw fail("expected an element") }
            return .lookahead(inner, negated: next == "!")
        default: break
        }
        if next.isLetter {
            let start = position
            let startLine = line
            let name = try identifier()
            if peek == ":" {
                advance()
                guard let inner = try part() else { throw fail("expected an element") }
                return .labelled(name, inner)
            }
            skipBlanks(newlines: false)
            if peek == "<" {
                // The name of the next rule.
                position = start
                line = startLine
                return nil
            }
            return try suffixed(try named(name))
        }
        if next == "'" { return try suffixed(.literal(try quoted("'"))) }
        guard next == "(" else { throw fail("unexpected \(next)") }
        advance()
        let inner = try choice()
        try expect(")")
        return try suffixed(inner)
    }

    private mutating func named(_ name: String) throws -> Element {
        if peek == "@" {
            advance()
            guard let level = Int(try identifier()) else { throw fail("expected a level") }
            return .expression(level: level)
        }
        guard peek == "(", name == "List" || name == "Parens" else {
            return name == "Expression" ? .expression(level: 0) : .reference(name)
        }
        advance()
        let inner = try choice()
        try expect(")")
        return name == "List"
            ? .list(inner) : .sequence([.literal("("), inner, .literal(")")])
    }

    private mutating func suffixed(_ element: Element) throws -> Element {
        switch peek {
        case "?":
            advance()
            return .optional(element)
        case "*":
            advance()
            return .zeroOrMore(element)
        case "+":
            advance()
            return .oneOrMore(element)
        default: return element
        }
    }
}
