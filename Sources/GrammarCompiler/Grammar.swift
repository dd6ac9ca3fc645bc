/// A grammar as its files say it.
struct Grammar {
    /// Rules in the order of their files.
    var rules: [Rule] = []
    /// Keywords by class, in lower case.
    var keywords: [String: [String]] = [:]
    /// The operators of expressions.
    var operators: [OperatorEntry] = []
    /// What a rule is called in messages, by rule.
    var descriptions: [String: String] = [:]

    /// The rule of that name.
    func rule(_ name: String) -> Rule? { rules.first { $0.name == name } }
}

/// `Name <- body`.
struct Rule {
    let name: String
    let body: Element
    /// File and line, for messages.
    let place: String
}

/// A line of the precedence table.
struct OperatorEntry {
    enum Kind: String {
        /// Left-associative, two operands.
        case left
        /// Two operands that cannot be chained.
        case none
        /// Two or more operands in one node.
        case chain
        /// Before its operand.
        case prefix
        /// A rule behind its operand.
        case suffix
    }
    let kind: Kind
    let level: Int
    /// Operator texts or keywords; for a suffix the rule's name.
    let tokens: [String]
}

/// The parts rules are made of.
indirect enum Element {
    /// A keyword or punctuation in quotes.
    case literal(String)
    /// A rule or a built-in terminal.
    case reference(String)
    /// `Expression@6`: an expression of at least that level.
    case expression(level: Int)
    case sequence([Element])
    case choice([Element])
    case optional(Element)
    case zeroOrMore(Element)
    case oneOrMore(Element)
    /// `List(x)`: one or more, separated by commas.
    case list(Element)
    case lookahead(Element, negated: Bool)
    /// `label:x`.
    case labelled(String, Element)
    /// `^`: behind it no other alternative of the enclosing choice is tried.
    case cut
}

/// A mistake in a grammar file.
struct GrammarError: Error, CustomStringConvertible {
    let place: String
    let message: String
    var description: String { "\(place): error: \(message)" }
}
