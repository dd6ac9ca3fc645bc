import DemetraTypes

/// An operator between two operands.
struct InfixOperator {
    enum Kind { case left, none, chain }
    let level: Int
    let kind: Kind
}

/// The hand-written part of the parser: tokens, nodes, errors and the expression loop. The methods of the
/// rules are generated from `Grammar/`.
///
/// A rule leaves its node on `stack` and returns true, or leaves everything as it was and returns false.
/// The furthest token at which something failed, and what was expected there, make the message.
struct SyntaxParser {
    /// Rules inside rules inside rules: beyond this a statement is too complex.
    static let deepestNesting = 1_200
    /// Operators in a row that make a left-deep tree.
    static let longestChain = 1_000

    let tokens: [Token]
    let text: TokenText
    private(set) var position = 0
    private(set) var hasFailedFinally = false
    private var nodes: [SyntaxTree.Node] = []
    private var children: [SyntaxTree.Child] = []
    private var stack: [SyntaxTree.Child] = []
    private var depth = 0
    private var isTooComplex = false
    private var commitCount = 0
    private var lookaheadDepth = 0
    private var furthest = 0
    private var expected: [String] = []
    /// The token at which a completion is asked for; -1 for none.
    private var cursor = -1
    /// What the grammar allows at the cursor.
    private(set) var offers = CompletionOffers()

    /// A parser of tokens that ends at a place where a completion is asked for.
    init(completing tokens: [Token], bytes: [UInt8]) {
        let end = Token(kind: .end, keyword: nil, start: bytes.count, end: bytes.count)
        self.tokens = tokens + [end]
        text = TokenText(bytes: bytes)
        cursor = tokens.count
    }

    init(bytes: [UInt8]) throws(DemetraError) {
        tokens = try Tokenizer.tokenize(bytes)
        text = TokenText(bytes: bytes)
    }

    /// The tree; the nodes left on the stack are its roots.
    func finish() -> (tree: SyntaxTree, roots: [Int]) {
        let tree = SyntaxTree(tokens: tokens, text: text, nodes: nodes, children: children)
        return (tree, stack.map { Int($0.node) })
    }

    // MARK: Rules

    struct Mark {
        let position: Int
        let stackCount: Int
        let commitCount: Int
        let furthest: Int
        let expectedCount: Int
        let description: String?
    }

    mutating func enter(_ rule: SyntaxRule) -> Bool {
        guard depth < Self.deepestNesting else {
            isTooComplex = true
            hasFailedFinally = true
            return false
        }
        depth += 1
        if cursor >= 0 { offers.enter(rule) }
        return true
    }

    mutating func leave() {
        depth -= 1
        if cursor >= 0 { offers.leave() }
    }

    func begin(described description: String?) -> Mark {
        Mark(
            position: position, stackCount: stack.count, commitCount: commitCount,
            furthest: furthest, expectedCount: expected.count, description: description)
    }

    mutating func end(_ rule: SyntaxRule, _ mark: Mark, matched: Bool) -> Bool {
        let isMatch = matched && !hasFailedFinally
        if isMatch {
            wrap(rule, mark)
            commitCount = mark.commitCount
        } else {
            if commitCount > mark.commitCount, lookaheadDepth == 0 { hasFailedFinally = true }
            position = mark.position
            stack.removeSubrange(mark.stackCount...)
            if let description = mark.description, furthest == mark.position {
                // Nothing of the rule was there: it is what was expected, not its first tokens.
                if mark.furthest < furthest {
                    expected = [description]
                } else {
                    expected.removeSubrange(min(mark.expectedCount, expected.count)...)
                    expected.append(description)
                }
            }
        }
        return isMatch
    }

    /// Makes a node of everything the stack got since the mark.
    private mutating func wrap(_ rule: SyntaxRule, _ mark: Mark) {
        let count = stack.count - mark.stackCount
        nodes.append(
            SyntaxTree.Node(
                rule: rule, firstToken: Int32(mark.position), endToken: Int32(position),
                firstChild: Int32(children.count), childCount: Int32(count)))
        // One by one: a slice that still lives when they are taken off makes a copy of the whole stack.
        for index in mark.stackCount..<stack.count { children.append(stack[index]) }
        stack.removeLast(count)
        stack.append(SyntaxTree.Child(label: .none, node: Int32(nodes.count - 1)))
    }

    /// Names the node that the last rule left.
    mutating func attach(label: SyntaxLabel, _ matched: Bool) -> Bool {
        if matched, !stack.isEmpty { stack[stack.count - 1].label = label }
        return matched
    }

    // MARK: Backtracking

    struct Saved {
        let position: Int
        let stackCount: Int
        let commitCount: Int
        let furthest: Int
        let expected: [String]
    }

    func save() -> Saved {
        Saved(
            position: position, stackCount: stack.count, commitCount: commitCount, furthest: 0,
            expected: [])
    }

    mutating func restore(_ saved: Saved) {
        if commitCount > saved.commitCount, lookaheadDepth == 0 { hasFailedFinally = true }
        position = saved.position
        if stack.count > saved.stackCount { stack.removeSubrange(saved.stackCount...) }
    }

    mutating func endChoice(_ saved: Saved) {}

    func hasAdvanced(since saved: Saved) -> Bool { position > saved.position }

    mutating func saveForLookahead() -> Saved {
        lookaheadDepth += 1
        return Saved(
            position: position, stackCount: stack.count, commitCount: commitCount,
            furthest: furthest, expected: expected)
    }

    mutating func restoreAfterLookahead(_ saved: Saved) {
        lookaheadDepth -= 1
        position = saved.position
        stack.removeSubrange(saved.stackCount...)
        commitCount = saved.commitCount
        furthest = saved.furthest
        expected = saved.expected
    }

    mutating func commit() { if lookaheadDepth == 0 { commitCount += 1 } }

    // MARK: Tokens

    private var next: Token { tokens[position] }

    func isNext(_ keyword: Keyword) -> Bool { tokens[position].keyword == keyword }

    func isNext(symbol: String) -> Bool {
        let token = tokens[position]
        guard token.kind == .symbol, token.end - token.start == symbol.utf8.count else {
            return false
        }
        return text.bytes[token.start..<token.end].elementsEqual(symbol.utf8)
    }

    /// True where what is missed is what a completion may be.
    private var isAtCursor: Bool {
        position == cursor && lookaheadDepth == 0 && !hasFailedFinally
    }

    private mutating func offerName() {
        if isAtCursor { offers.addName(behind: position > 0 ? tokens[position - 1].keyword : nil) }
    }

    private mutating func miss(_ description: @autoclosure () -> String) -> Bool {
        if position > furthest {
            furthest = position
            expected = [description()]
        } else if position == furthest, expected.count < 64 {
            expected.append(description())
        }
        return false
    }

    private mutating func accept(_ label: SyntaxLabel?) -> Bool {
        if let label {
            nodes.append(
                SyntaxTree.Node(
                    rule: .leaf, firstToken: Int32(position), endToken: Int32(position + 1),
                    firstChild: 0, childCount: 0))
            stack.append(SyntaxTree.Child(label: label, node: Int32(nodes.count - 1)))
        }
        position += 1
        return true
    }

    mutating func take(_ keyword: Keyword, label: SyntaxLabel? = nil) -> Bool {
        guard !hasFailedFinally, isNext(keyword) else {
            if isAtCursor { offers.add(keyword) }
            return miss(keyword.text.uppercased())
        }
        return accept(label)
    }

    mutating func take(symbol: String, label: SyntaxLabel? = nil) -> Bool {
        guard !hasFailedFinally, isNext(symbol: symbol) else { return miss("\"\(symbol)\"") }
        return accept(label)
    }

    private mutating func takeName(
        _ label: SyntaxLabel?, _ description: String, _ allows: (KeywordClass) -> Bool
    ) -> Bool {
        guard !hasFailedFinally else { return false }
        let token = next
        switch token.kind {
        case .quotedName: return accept(label ?? SyntaxLabel.none)
        case .word:
            if let keyword = token.keyword, !allows(keyword.keywordClass) {
                return miss(description)
            }
            return accept(label ?? SyntaxLabel.none)
        default:
            offerName()
            return miss(description)
        }
    }

    /// A name of a table, column or alias.
    mutating func takeColumnName(label: SyntaxLabel? = nil) -> Bool {
        takeName(label, "a name") { $0 == .unreserved || $0 == .columnName }
    }

    /// A name of a function.
    mutating func takeFunctionName(label: SyntaxLabel? = nil) -> Bool {
        takeName(label, "a function") { $0 == .unreserved || $0 == .typeFunction }
    }

    /// Any word, as behind AS or a point.
    mutating func takeAnyName(label: SyntaxLabel? = nil) -> Bool {
        takeName(label, "a name") { _ in true }
    }

    /// A column label without AS: no word that could go on with the expression.
    mutating func takeBareLabel(label: SyntaxLabel? = nil) -> Bool {
        if let keyword = next.keyword, Self.notBareLabels.contains(keyword) { return miss("AS") }
        return takeName(label, "an alias") { $0 == .unreserved || $0 == .columnName }
    }

    private static let notBareLabels: Set<Keyword> = [
        .over, .filter, .within, .day, .hour, .minute, .month, .second, .year, .to,
    ]

    mutating func takeString(label: SyntaxLabel? = nil) -> Bool {
        guard !hasFailedFinally, next.kind == .string else {
            if isAtCursor { offers.addString() }
            return miss("a string")
        }
        return accept(label ?? SyntaxLabel.none)
    }

    mutating func takeNumber(label: SyntaxLabel? = nil) -> Bool {
        guard !hasFailedFinally, next.kind == .number else { return miss("a number") }
        return accept(label ?? SyntaxLabel.none)
    }

    mutating func takeParameter(label: SyntaxLabel? = nil) -> Bool {
        guard !hasFailedFinally, next.kind == .parameter else { return miss("a parameter") }
        return accept(label ?? SyntaxLabel.none)
    }

    /// Any operator symbol, as inside OPERATOR(...).
    mutating func takeOperator(label: SyntaxLabel? = nil) -> Bool {
        guard !hasFailedFinally, next.kind == .symbol else { return miss("an operator") }
        return accept(label ?? SyntaxLabel.none)
    }

    /// True where a query begins, perhaps behind opening parentheses; takes nothing.
    mutating func takeQueryAhead(label: SyntaxLabel? = nil) -> Bool {
        var ahead = position
        while tokens[ahead].kind == .symbol, text.bytes[tokens[ahead].start] == 0x28 { ahead += 1 }
        switch tokens[ahead].keyword {
        case .select, .with, .values, .table, .from: return true
        default:
            if ahead == cursor, lookaheadDepth == 0 {
                for word in [Keyword.select, .with, .values, .table] { offers.add(word) }
            }
            return miss("a query")
        }
    }

    /// True where a type's name is followed by a string, as in `DATE '2026-01-01'`; takes nothing.
    mutating func takeTypedLiteralAhead(label: SyntaxLabel? = nil) -> Bool {
        let token = next
        guard token.kind == .word, position + 1 < tokens.count else { return false }
        // `CASE WHEN 'a' = b`: no type is called WHEN.
        if let keyword = token.keyword, keyword.keywordClass == .reserved { return false }
        return tokens[position + 1].kind == .string
    }

    /// True behind the last token or before a semicolon; takes nothing.
    mutating func takeEndOfStatement(label: SyntaxLabel? = nil) -> Bool {
        if next.kind == .end || isNext(symbol: ";") { return true }
        return miss("end of statement")
    }

    // MARK: Expressions

    mutating func parseExpression(minimumLevel: Int) -> Bool {
        guard enter(.leaf) else { return false }
        defer { leave() }
        let mark = begin(described: "an expression")
        guard parseOperand() else {
            return end(.leaf, mark, matched: false)
        }
        var chain = 0
        var lastNonAssociative: Int?
        while !hasFailedFinally {
            let before = position
            if isAtCursor {
                for (word, level) in Self.infixWords where level >= minimumLevel {
                    offers.add(word)
                }
            }
            if parseSuffix(minimumLevel: minimumLevel) {
                wrap(.suffixOperation, mark)
            } else if let infix = infixOperator(), infix.level >= minimumLevel,
                infix.kind != .none || lastNonAssociative != infix.level
            {
                guard parseInfix(infix, mark) else { break }
                lastNonAssociative = infix.kind == .none ? infix.level : nil
            }
            if position == before { break }
            chain += 1
            if chain > Self.longestChain {
                isTooComplex = true
                hasFailedFinally = true
            }
        }
        return !hasFailedFinally
    }

    private mutating func parseOperand() -> Bool {
        if isAtCursor { for (word, _) in Self.prefixWords { offers.add(word) } }
        guard let level = prefixLevel() else { return parsePrimary() }
        let mark = begin(described: nil)
        guard accept(SyntaxLabel.none), parseExpression(minimumLevel: level) else {
            return end(.leaf, mark, matched: false)
        }
        return end(.prefixOperation, mark, matched: true)
    }

    private mutating func parseInfix(_ infix: InfixOperator, _ mark: Mark) -> Bool {
        let saved = save()
        let keyword = next.keyword
        guard accept(SyntaxLabel.none), parseExpression(minimumLevel: infix.level + 1) else {
            restore(saved)
            return false
        }
        guard infix.kind == .chain, let keyword else {
            wrap(.binaryOperation, mark)
            return true
        }
        while isNext(keyword), !hasFailedFinally {
            position += 1
            guard parseExpression(minimumLevel: infix.level + 1) else { return false }
        }
        wrap(.chainOperation, mark)
        return true
    }

    // MARK: Errors

    /// The words that statements begin with, in the order of the alphabet.
    private static let statementWords = offers(behind: [], bytes: []).keywords
        .map { $0.text.uppercased() }.sorted()

    /// The error of a parse that failed.
    func failure() -> DemetraError {
        let token = tokens[min(furthest, tokens.count - 1)]
        if isTooComplex {
            return DemetraError(
                .statementTooComplex, "statement too complex",
                detail: "It nests deeper than the parser allows.",
                hint: "Split it, or use IN and AND lists instead of nested expressions.",
                position: tokens[min(position, tokens.count - 1)].start)
        }
        let message =
            token.kind == .end
            ? "syntax error at end of input"
            : "syntax error at or near \"\(text.source(token))\""
        let hint = SyntaxHint(
            tokens: tokens, text: text, failed: min(furthest, tokens.count - 1), expected: expected,
            statementWords: Self.statementWords)
        return DemetraError(
            .syntaxError, message, detail: ExpectedWords.sentence(expected), hint: hint.hint,
            position: token.start)
    }
}

extension SyntaxParser {
    /// What a statement may go on with behind these tokens.
    static func offers(behind tokens: [Token], bytes: [UInt8]) -> CompletionOffers {
        var parser = SyntaxParser(completing: tokens, bytes: bytes)
        _ = parser.parseStatement() && parser.takeEndOfStatement()
        return parser.offers
    }
}
