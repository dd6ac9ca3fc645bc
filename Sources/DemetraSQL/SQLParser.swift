package import DemetraTypes

/// Text to syntax trees.
package enum SQLParser {
    /// The statements of a text, separated by semicolons.
    ///
    /// - Throws: 42601 with position, what was expected and the nearest keyword; 54001 for statements
    ///   that nest too deep; 22021 for a zero byte.
    package static func parse(_ text: String) throws(DemetraError) -> [ParsedStatement] {
        var parser = try SyntaxParser(bytes: Array(text.utf8))
        var statements = 0
        while true {
            while parser.take(symbol: ";") {}
            if parser.isAtEnd { break }
            guard parser.parseStatement(), parser.takeEndOfStatement() else {
                throw parser.failure()
            }
            statements += 1
        }
        let (tree, roots) = parser.finish()
        var result: [ParsedStatement] = []
        for root in roots {
            let node = SyntaxNode(tree: tree, index: root)
            result.append(ParsedStatement(try StatementBuilder.build(node), range: node.range))
        }
        return result
    }

    /// An expression by itself: the text of a stored metric, default or check.
    package static func parseExpression(_ text: String) throws(DemetraError) -> Expression {
        var parser = try SyntaxParser(bytes: Array(text.utf8))
        guard parser.parseExpression(minimumLevel: 0), parser.isAtEnd else {
            throw parser.failure()
        }
        return try ExpressionBuilder.build(root(parser))
    }

    /// A query by itself: the text of a stored view.
    package static func parseQuery(_ text: String) throws(DemetraError) -> Query {
        var parser = try SyntaxParser(bytes: Array(text.utf8))
        guard parser.parseQuery() else { throw parser.failure() }
        _ = parser.take(symbol: ";")
        guard parser.isAtEnd else { throw parser.failure() }
        return try QueryBuilder.build(root(parser))
    }

    /// The highest number n of the parameters `$n` in a range of a text; 0 without any.
    package static func highestParameter(in text: String, _ range: SourceRange) -> Int {
        let bytes = Array(text.utf8)
        guard let tokens = try? Tokenizer.tokenize(bytes) else { return 0 }
        var highest = 0
        for token in tokens
        where token.kind == .parameter && token.start >= range.lower && token.end <= range.upper {
            let digits = String(decoding: bytes[(token.start + 1)..<token.end], as: UTF8.self)
            highest = max(highest, Int(digits) ?? 0)
        }
        return highest
    }

    private static func root(_ parser: SyntaxParser) throws(DemetraError) -> SyntaxNode {
        let (tree, roots) = parser.finish()
        guard let index = roots.first else { throw DemetraError(.syntaxError, "nothing to parse") }
        return SyntaxNode(tree: tree, index: index)
    }

    /// Whether a text ends behind a semicolon that closes a statement, so that it can be run.
    package static func isComplete(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let tokens = try? Tokenizer.tokenize(bytes) else {
            // An open quote or comment goes on in the next line; anything else is an error to be shown.
            return false
        }
        guard tokens.count > 1 else { return false }
        let last = tokens[tokens.count - 2]
        return last.kind == .symbol && bytes[last.start] == UInt8(ascii: ";")
    }
}

extension SyntaxParser {
    /// True behind the last token.
    var isAtEnd: Bool { tokens[position].kind == .end }
}
