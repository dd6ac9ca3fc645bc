/// Random sentences of a grammar, for tests: the parser has to take what its grammar describes.
///
/// What only looks ahead is passed by, so a few sentences are ones that an earlier alternative takes the beginning of.
struct SentenceWriter {
    private let grammar: Grammar
    private let rules: [String: Element]
    /// Steps that a rule takes at least.
    private let shortest: [String: Int]
    private var state: UInt64

    /// Beyond so many steps below the statement everything is as short as it can be.
    private static let mostDepth = 14

    init(grammar: Grammar, seed: UInt64) {
        self.grammar = grammar
        let rules = Dictionary(grammar.rules.map { ($0.name, $0.body) }) { first, _ in first }
        self.rules = rules
        var shortest: [String: Int] = [:]
        var isChanged = true
        while isChanged {
            isChanged = false
            for (name, body) in rules {
                let steps = Self.steps(body, shortest).map { $0 + 1 }
                if let steps, steps < shortest[name] ?? .max {
                    shortest[name] = steps
                    isChanged = true
                }
            }
        }
        self.shortest = shortest
        state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    }

    /// Steps that an element takes at least; nil when that is not known yet.
    private static func steps(_ element: Element, _ known: [String: Int]) -> Int? {
        switch element {
        case .literal, .cut, .lookahead, .optional, .zeroOrMore: return 0
        case .expression: return known["Primary"].map { $0 + 1 }
        case .reference(let name):
            if name == "Expression" { return known["Primary"].map { $0 + 1 } }
            return RuleChecker.terminals.contains(name) ? 0 : known[name]
        case .sequence(let parts):
            var most = 0
            for part in parts {
                guard let steps = steps(part, known) else { return nil }
                most = max(most, steps)
            }
            return most
        case .choice(let parts): return parts.compactMap { steps($0, known) }.min()
        case .oneOrMore(let inner), .list(let inner), .labelled(_, let inner):
            return steps(inner, known)
        }
    }

    // MARK: Sentences

    /// A statement in one line.
    mutating func statement() -> String {
        var words: [String] = []
        write(.reference("Statement"), 0, &words)
        return words.joined(separator: " ")
    }

    private mutating func write(_ element: Element, _ depth: Int, _ words: inout [String]) {
        let isDeep = depth >= Self.mostDepth
        switch element {
        case .literal(let text): words.append(text)
        case .lookahead, .cut: break
        case .labelled(_, let inner): write(inner, depth, &words)
        case .expression(let level): expression(level, depth, &words)
        case .reference(let name): write(rule: name, depth, &words)
        case .sequence(let parts): for part in parts { write(part, depth, &words) }
        case .choice(let parts):
            var open = parts
            if isDeep {
                let least = parts.compactMap { Self.steps($0, shortest) }.min() ?? 0
                open = parts.filter { Self.steps($0, shortest) == least }
            }
            write(open[below(open.count)], depth, &words)
        case .optional(let inner): if !isDeep, below(3) == 0 { write(inner, depth, &words) }
        case .zeroOrMore(let inner):
            if !isDeep { for _ in 0..<max(0, below(4) - 1) { write(inner, depth, &words) } }
        case .oneOrMore(let inner):
            for _ in 0..<(isDeep ? 1 : 1 + below(2)) { write(inner, depth, &words) }
        case .list(let inner):
            for index in 0..<(isDeep ? 1 : 1 + below(3)) {
                if index > 0 { words.append(",") }
                write(inner, depth, &words)
            }
        }
    }

    private mutating func write(rule name: String, _ depth: Int, _ words: inout [String]) {
        if name == "Expression" { return expression(0, depth, &words) }
        if let body = rules[name] { return write(body, depth + 1, &words) }
        let terminals: [String: [String]] = [
            "ColumnName": ["a", "b", "ads", "spend", "\"Mixed\""],
            "FunctionName": ["sum", "count", "lower", "abs", "now"],
            "AnyName": ["a", "b", "public", "text", "x1"],
            "BareLabel": ["a", "label"],
            "String": ["'a'", "'it''s'", "'2025-01-31'", "''", "'1 day'"],
            "Number": ["0", "1", "42", "3.14", "1e3"],
            "Parameter": ["$1", "$2"],
            "Operator": ["+", "||", "="],
        ]
        if let texts = terminals[name] { words.append(texts[below(texts.count)]) }
    }

    /// An operand with operators of at least a level around it.
    private mutating func expression(_ least: Int, _ depth: Int, _ words: inout [String]) {
        let fitting = grammar.operators.filter { $0.level >= least }
        guard depth < Self.mostDepth, below(3) == 0, !fitting.isEmpty else {
            return write(rule: "Primary", depth + 1, &words)
        }
        let entry = fitting[below(fitting.count)]
        let token = entry.tokens[below(entry.tokens.count)]
        switch entry.kind {
        case .prefix:
            words.append(token)
            expression(entry.level, depth + 1, &words)
        case .suffix:
            expression(entry.level + 1, depth + 1, &words)
            write(rule: token, depth + 1, &words)
        case .left, .none, .chain:
            expression(entry.level + 1, depth + 1, &words)
            words.append(token)
            expression(entry.level + 1, depth + 1, &words)
        }
    }

    /// A number from 0 up to `bound`, by xorshift64*.
    private mutating func below(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 0x2545_f491_4f6c_dd1d) >> 33) % max(1, bound)
    }
}
