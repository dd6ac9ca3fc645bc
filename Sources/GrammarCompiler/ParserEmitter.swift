/// Writes the Swift of a recursive-descent parser for a grammar.
///
/// Each rule becomes a method that returns whether it matched and leaves a node on the parser's stack.
/// The methods that all grammars share (tokens, nodes, the expression loop) are written by hand in
/// DemetraSQL; what is emitted is one extension of `SyntaxParser`, and the enums `Keyword`,
/// `SyntaxRule` and `SyntaxLabel`.
struct ParserEmitter {
    let grammar: Grammar
    private var lines: [String] = []
    private var indent = 0
    private var counter = 0
    private var labels: Set<String> = []

    init(grammar: Grammar) { self.grammar = grammar }

    private mutating func emit(_ line: String) {
        lines.append(line.isEmpty ? "" : String(repeating: "    ", count: indent) + line)
    }

    private static let banner = "// Written by GrammarCompiler from Grammar/. Do not edit."

    /// The enums.
    mutating func emitTables() -> String {
        for rule in grammar.rules { collectLabels(rule.body) }
        lines = [Self.banner, ""]
        let words = grammar.keywords.values.flatMap { $0 }.sorted()
        emit("/// A word with a meaning in the language.")
        emit("package enum Keyword: UInt16, Sendable, CaseIterable {")
        indent = 1
        for word in words { emit("case \(Self.caseName(word))") }
        emit("")
        emit("/// The word in lower case.")
        emit("package var text: String { Self.texts[Int(rawValue)] }")
        emit("")
        emit("private static let texts: [String] = [")
        for word in words { emit("    \"\(word)\",") }
        emit("]")
        emit("")
        emit("/// How the word may be used as a name.")
        emit("package var keywordClass: KeywordClass { Self.classes[Int(rawValue)] }")
        emit("")
        emit("private static let classes: [KeywordClass] = [")
        for word in words { emit("    .\(className(word)),") }
        emit("]")
        indent = 0
        emit("}")
        emit("")
        emit("/// The rules of the grammar.")
        emit("enum SyntaxRule: UInt16, Sendable {")
        indent = 1
        for name in ruleNames { emit("case \(Self.lowerFirst(name))") }
        indent = 0
        emit("}")
        emit("")
        emit("/// The labels of children in rules.")
        emit("enum SyntaxLabel: UInt16, Sendable {")
        indent = 1
        emit("case none")
        for label in labels.sorted() { emit("case \(Self.escaped(label))") }
        indent = 0
        emit("}")
        return lines.joined(separator: "\n") + "\n"
    }

    private var ruleNames: [String] {
        grammar.rules.map(\.name) + [
            "BinaryOperation", "ChainOperation", "PrefixOperation", "SuffixOperation", "Leaf",
        ]
    }

    private func className(_ word: String) -> String {
        for (name, words) in grammar.keywords where words.contains(word) { return name }
        return "unreserved"
    }

    /// The parsing methods of the rules from one file.
    mutating func emitRules(_ rules: [Rule]) -> String {
        lines = [Self.banner, "", "extension SyntaxParser {"]
        indent = 1
        for rule in rules {
            counter = 0
            emit("mutating func parse\(rule.name)() -> Bool {")
            indent += 1
            emit("guard enter(.\(Self.lowerFirst(rule.name))) else { return false }")
            emit("defer { leave() }")
            let description = grammar.descriptions[rule.name].map { "\"\($0)\"" } ?? "nil"
            emit("let mark = begin(described: \(description))")
            emitMatch(rule.body, success: "ok")
            emit("return end(.\(Self.lowerFirst(rule.name)), mark, matched: ok)")
            indent -= 1
            emit("}")
            emit("")
        }
        indent = 0
        emit("}")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The tables of the expression loop.
    mutating func emitOperators() -> String {
        lines = [Self.banner, "", "extension SyntaxParser {"]
        indent = 1
        emit("/// The operator at the next token that may follow an operand, if any.")
        emit("func infixOperator() -> InfixOperator? {")
        indent += 1
        for entry in grammar.operators {
            switch entry.kind {
            case .left, .none, .chain:
                for token in entry.tokens {
                    emit(
                        "if \(nextIs(token)) { return InfixOperator(level: \(entry.level), kind: .\(entry.kind.rawValue)) }"
                    )
                }
            default: continue
            }
        }
        emit("return nil")
        indent -= 1
        emit("}")
        emit("")
        emitOperatorWords("infix", "stand between operands", [.left, .none, .chain])
        emitOperatorWords("prefix", "stand before an operand", [.prefix])
        emit("/// The level of the operand behind a prefix operator at the next token, if any.")
        emit("func prefixLevel() -> Int? {")
        indent += 1
        for entry in grammar.operators where entry.kind == .prefix {
            for token in entry.tokens { emit("if \(nextIs(token)) { return \(entry.level) }") }
        }
        emit("return nil")
        indent -= 1
        emit("}")
        emit("")
        emit("/// Parses what may stand behind an operand at a level; false where nothing does.")
        emit("mutating func parseSuffix(minimumLevel: Int) -> Bool {")
        indent += 1
        for entry in grammar.operators where entry.kind == .suffix {
            for rule in entry.tokens {
                emit("if minimumLevel <= \(entry.level), parse\(rule)() { return true }")
            }
        }
        emit("return false")
        indent -= 1
        emit("}")
        indent = 0
        emit("}")
        emitOperatorTable()
        return lines.joined(separator: "\n") + "\n"
    }

    /// The infix operators by their symbols, for who writes expressions.
    private mutating func emitOperatorTable() {
        emit("")
        emit("extension InfixOperator {")
        indent = 1
        emit("/// Every operator between two operands that is no word, by its symbol.")
        emit("static let bySymbol: [String: InfixOperator] = [")
        indent += 1
        for entry in grammar.operators where entry.kind == .left || entry.kind == .none {
            for token in entry.tokens {
                emit(
                    "\"\(token)\": InfixOperator(level: \(entry.level), kind: .\(entry.kind.rawValue)),"
                )
            }
        }
        indent -= 1
        emit("]")
        indent = 0
        emit("}")
    }

    /// The operators that are words, with their levels: completion offers them.
    private mutating func emitOperatorWords(
        _ name: String, _ place: String, _ kinds: [OperatorEntry.Kind]
    ) {
        emit("/// Words that \(place), with their levels.")
        emit("static let \(name)Words: [(keyword: Keyword, level: Int)] = [")
        for entry in grammar.operators where kinds.contains(entry.kind) {
            for token in entry.tokens where token.first?.isLetter == true {
                emit("    (.\(Self.caseName(token.lowercased())), \(entry.level)),")
            }
        }
        emit("]")
        emit("")
    }

    private func nextIs(_ token: String) -> String {
        token.first?.isLetter == true
            ? "isNext(.\(Self.caseName(token.lowercased())))" : "isNext(symbol: \"\(token)\")"
    }

    // MARK: Elements

    private mutating func fresh(_ prefix: String) -> String {
        counter += 1
        return "\(prefix)\(counter)"
    }

    /// Emits code that declares `success` and sets it to whether the element matched.
    private mutating func emitMatch(_ element: Element, success: String, label: String = "none") {
        switch element {
        case .literal, .reference, .expression:
            emit("let \(success) = \(call(element, label))")
        case .labelled(let name, let inner): emitMatch(inner, success: success, label: name)
        case .cut:
            emit("commit()")
            emit("let \(success) = true")
        case .sequence(let parts): emitSequence(parts, success, label)
        case .choice(let parts): emitChoice(parts, success, label)
        case .optional(let inner):
            let saved = fresh("saved")
            let inside = fresh("ok")
            emit("let \(saved) = save()")
            emitMatch(inner, success: inside, label: label)
            emit("if !\(inside) { restore(\(saved)) }")
            emit("let \(success) = \(inside) || !hasFailedFinally")
        case .zeroOrMore(let inner): emitLoop(inner, success, label, atLeastOne: false)
        case .oneOrMore(let inner): emitLoop(inner, success, label, atLeastOne: true)
        case .list(let inner): emitList(inner, success, label)
        case .lookahead(let inner, let negated):
            let saved = fresh("saved")
            let inside = fresh("ok")
            emit("let \(saved) = saveForLookahead()")
            emitMatch(inner, success: inside)
            emit("restoreAfterLookahead(\(saved))")
            emit("let \(success) = \(negated ? "!" : "")\(inside)")
        }
    }

    private func call(_ element: Element, _ label: String) -> String {
        let label = label == "none" ? "" : "label: .\(Self.escaped(label))"
        switch element {
        case .literal(let text):
            let target =
                text.first?.isLetter == true
                ? ".\(Self.caseName(text.lowercased()))" : "symbol: \"\(text)\""
            return "take(\(target)\(label.isEmpty ? "" : ", \(label)"))"
        case .reference(let name):
            if RuleChecker.terminals.contains(name) { return "take\(name)(\(label))" }
            return label.isEmpty
                ? "parse\(name)()" : "attach(\(label), parse\(name)())"
        case .expression(let level):
            let call = "parseExpression(minimumLevel: \(level))"
            return label.isEmpty ? call : "attach(\(label), \(call))"
        default: return "false"
        }
    }

    private mutating func emitSequence(_ parts: [Element], _ success: String, _ label: String) {
        emit("var \(success) = true")
        for part in parts {
            if case .cut = part {
                emit("if \(success) { commit() }")
                continue
            }
            let inside = fresh("ok")
            emit("if \(success) {")
            indent += 1
            emitMatch(part, success: inside, label: label)
            emit("\(success) = \(inside)")
            indent -= 1
            emit("}")
        }
    }

    private mutating func emitChoice(_ parts: [Element], _ success: String, _ label: String) {
        emit("var \(success) = false")
        let saved = fresh("saved")
        emit("let \(saved) = save()")
        for part in parts {
            let inside = fresh("ok")
            emit("if !\(success), !hasFailedFinally {")
            indent += 1
            emitMatch(part, success: inside, label: label)
            emit("if \(inside) { \(success) = true } else { restore(\(saved)) }")
            indent -= 1
            emit("}")
        }
        emit("endChoice(\(saved))")
    }

    private mutating func emitLoop(
        _ inner: Element, _ success: String, _ label: String, atLeastOne: Bool
    ) {
        let count = fresh("count")
        let saved = fresh("saved")
        let inside = fresh("ok")
        emit("var \(count) = 0")
        emit("while true {")
        indent += 1
        emit("let \(saved) = save()")
        emitMatch(inner, success: inside, label: label)
        emit("if !\(inside) || !hasAdvanced(since: \(saved)) {")
        emit("    restore(\(saved))")
        emit("    break")
        emit("}")
        emit("\(count) += 1")
        indent -= 1
        emit("}")
        emit("let \(success) = \(count) >= \(atLeastOne ? 1 : 0) && !hasFailedFinally")
    }

    private mutating func emitList(_ inner: Element, _ success: String, _ label: String) {
        let saved = fresh("saved")
        let inside = fresh("ok")
        emit("var \(success) = false")
        emit("while true {")
        indent += 1
        emit("let \(saved) = save()")
        emit("if \(success), !take(symbol: \",\") { break }")
        emitMatch(inner, success: inside, label: label)
        emit("if !\(inside) {")
        emit("    restore(\(saved))")
        emit("    break")
        emit("}")
        emit("\(success) = true")
        indent -= 1
        emit("}")
        emit("\(success) = \(success) && !hasFailedFinally")
    }

    // MARK: Names

    private mutating func collectLabels(_ element: Element) {
        switch element {
        case .labelled(let name, let inner):
            labels.insert(name)
            collectLabels(inner)
        case .sequence(let parts), .choice(let parts): for part in parts { collectLabels(part) }
        case .optional(let inner), .zeroOrMore(let inner), .oneOrMore(let inner), .list(let inner),
            .lookahead(let inner, _):
            collectLabels(inner)
        default: break
        }
    }

    private static let swiftWords: Set<String> = [
        "as", "break", "case", "catch", "continue", "default", "defer", "do", "else", "false",
        "for",
        "func", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil", "operator",
        "private", "public", "repeat", "return", "self", "static", "struct", "switch", "throw",
        "true", "try", "var", "where", "while", "extension", "class", "enum", "protocol", "any",
        "some", "Type", "Self", "set", "get", "left", "right", "none",
    ]

    static func caseName(_ word: String) -> String { escaped(word) }

    static func escaped(_ word: String) -> String {
        swiftWords.contains(word) ? "`\(word)`" : word
    }

    static func lowerFirst(_ name: String) -> String {
        name.prefix(1).lowercased() + name.dropFirst()
    }
}
