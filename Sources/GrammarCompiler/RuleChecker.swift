/// Finds the mistakes that would make a parser loop, or a rule useless.
struct RuleChecker {
    /// Terminals that the tokenizer gives.
    static let terminals: Set<String> = [
        "ColumnName", "FunctionName", "AnyName", "BareLabel", "String", "Number", "Parameter",
        "Operator", "QueryAhead", "EndOfStatement", "TypedLiteralAhead",
    ]

    let grammar: Grammar

    /// - Throws: the first mistake.
    func check() throws {
        var seen: Set<String> = []
        for rule in grammar.rules {
            if !seen.insert(rule.name).inserted {
                throw GrammarError(place: rule.place, message: "rule \(rule.name) is defined twice")
            }
            try checkReferences(rule.body, rule)
            try checkPrefixes(rule.body, rule)
        }
        for rule in grammar.rules {
            if leftReach(rule.name, []) {
                throw GrammarError(
                    place: rule.place, message: "rule \(rule.name) is left-recursive")
            }
        }
        try checkKeywords()
    }

    private func checkReferences(_ element: Element, _ rule: Rule) throws {
        switch element {
        case .reference(let name):
            if grammar.rule(name) == nil, !Self.terminals.contains(name) {
                throw GrammarError(place: rule.place, message: "there is no rule \(name)")
            }
        case .literal(let text):
            if text.first?.isLetter == true, !allKeywords.contains(text.lowercased()) {
                throw GrammarError(
                    place: rule.place, message: "\(text) is in no class of keywords.list")
            }
        default: for child in children(element) { try checkReferences(child, rule) }
        }
    }

    private var allKeywords: Set<String> { Set(grammar.keywords.values.flatMap { $0 }) }

    private func checkKeywords() throws {
        var owner: [String: String] = [:]
        for (name, words) in grammar.keywords {
            for word in words {
                if let other = owner[word] {
                    throw GrammarError(
                        place: "keywords.list", message: "\(word) is in \(other) and \(name)")
                }
                owner[word] = name
            }
        }
    }

    /// Ordered choice takes the first alternative that matches: one that is the start of a later one
    /// hides it.
    private func checkPrefixes(_ element: Element, _ rule: Rule) throws {
        if case .choice(let alternatives) = element {
            for (index, alternative) in alternatives.enumerated() {
                guard let short = literals(alternative) else { continue }
                for later in alternatives.dropFirst(index + 1) {
                    if let long = leadingLiterals(later), long.count >= short.count,
                        Array(long.prefix(short.count)) == short
                    {
                        throw GrammarError(
                            place: rule.place,
                            message:
                                "in \(rule.name), \(short.joined(separator: " ")) hides a later "
                                + "alternative")
                    }
                }
            }
        }
        for child in children(element) { try checkPrefixes(child, rule) }
    }

    /// The literals of an alternative that consists of nothing else.
    private func literals(_ element: Element) -> [String]? {
        switch element {
        case .literal(let text): return [text]
        case .sequence(let parts):
            var result: [String] = []
            for part in parts {
                guard let more = literals(part) else { return nil }
                result += more
            }
            return result
        default: return nil
        }
    }

    private func leadingLiterals(_ element: Element) -> [String]? {
        switch element {
        case .literal(let text): return [text]
        case .sequence(let parts):
            var result: [String] = []
            for part in parts {
                guard case .literal(let text) = part else { break }
                result.append(text)
            }
            return result
        default: return nil
        }
    }

    /// Whether a rule can call itself before it has taken a token.
    private func leftReach(_ target: String, _ visited: Set<String>) -> Bool {
        guard let rule = grammar.rule(target) else { return false }
        var pending = leftmost(rule.body)
        var seen = visited
        while let next = pending.popFirst() {
            if next == target { return true }
            if seen.insert(next).inserted, let rule = grammar.rule(next) {
                pending.formUnion(leftmost(rule.body))
            }
        }
        return false
    }

    /// Rules that an element can begin with.
    private func leftmost(_ element: Element) -> Set<String> {
        switch element {
        case .reference(let name): return [name]
        case .sequence(let parts):
            var result: Set<String> = []
            for part in parts {
                result.formUnion(leftmost(part))
                if !canBeEmpty(part) { break }
            }
            return result
        default: return children(element).reduce(into: []) { $0.formUnion(leftmost($1)) }
        }
    }

    private func canBeEmpty(_ element: Element) -> Bool {
        switch element {
        case .optional, .zeroOrMore, .lookahead, .cut: true
        case .labelled(_, let inner): canBeEmpty(inner)
        case .sequence(let parts): parts.allSatisfy { canBeEmpty($0) }
        case .choice(let parts): parts.contains { canBeEmpty($0) }
        default: false
        }
    }

    private func children(_ element: Element) -> [Element] {
        switch element {
        case .sequence(let parts), .choice(let parts): parts
        case .optional(let inner), .zeroOrMore(let inner), .oneOrMore(let inner), .list(let inner),
            .lookahead(let inner, _), .labelled(_, let inner):
            [inner]
        default: []
        }
    }
}
