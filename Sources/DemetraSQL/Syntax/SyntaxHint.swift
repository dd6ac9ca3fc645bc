import DemetraTypes

/// What an error of syntax says of the way out.
struct SyntaxHint {
    /// How far in front of the place of an error a foreign form may have begun: it is often read as a name.
    private static let reach = 4
    /// Clauses of a query in their order.
    private static let clauses = [
        "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "ORDER", "LIMIT",
    ]

    let tokens: [Token]
    let text: TokenText
    /// The token at which the parser could not go on.
    let failed: Int
    /// What it could have gone on with.
    let expected: [String]
    /// The words that statements begin with.
    let statementWords: [String]

    /// The hint; nil without one.
    var hint: String? { foreignForm ?? clauseOrder ?? array ?? misspelling }

    private func word(_ index: Int) -> String {
        tokens[index].kind == .quotedName || tokens[index].kind == .string
            ? "" : text.source(tokens[index]).uppercased()
    }

    /// The first token of the statement.
    private var start: Int {
        let last = tokens[..<failed].lastIndex { text.source($0) == ";" && $0.kind == .symbol }
        return last.map { $0 + 1 } ?? 0
    }

    private var foreignForm: String? {
        let start = start
        for form in ForeignForm.all {
            let begins =
                form.isStatement ? start...start : max(start, failed - Self.reach)...failed
            for begin in begins where matches(form.tokens, at: begin) {
                // Behind the last word the parser may have gone a little further.
                let end = begin + form.tokens.count
                if failed <= end + (form.isStatement ? 0 : form.slack) { return form.hint }
            }
        }
        return nil
    }

    private func matches(_ form: [String], at begin: Int) -> Bool {
        guard begin + form.count <= tokens.count else { return false }
        return form.indices.allSatisfy { form[$0] == "_" || form[$0] == word(begin + $0) }
    }

    /// `HAVING ... WHERE`: the clause stands behind one that it should precede.
    private var clauseOrder: String? {
        guard let own = Self.clauses.firstIndex(of: word(failed)) else { return nil }
        var depth = 0
        for index in (start..<failed).reversed() {
            let symbol = text.source(tokens[index])
            if symbol == ")" { depth += 1 }
            if symbol == "(" { depth -= 1 }
            if depth < 0 { return nil }
            guard depth == 0, let other = Self.clauses.firstIndex(of: word(index)), other > own
            else { continue }
            return "\(Self.clauses[own]) stands before \(Self.clauses[other])."
        }
        return nil
    }

    /// `[1, 2]` where a value may stand.
    private var array: String? {
        guard text.source(tokens[failed]) == "[", expected.contains("an expression") else {
            return nil
        }
        return "An array is written ARRAY[1, 2, 3]."
    }

    /// The keyword that this word, or the one before it that was taken for a name, nearly is.
    private var misspelling: String? {
        let words = expected.filter { $0 == $0.uppercased() && $0.first?.isLetter == true }
        if tokens[failed].kind == .word {
            let candidates = expected.contains("a statement") ? words + statementWords : words
            if let nearest = NearestName.find(text.source(tokens[failed]), among: candidates) {
                return "Perhaps you meant \(nearest)."
            }
        }
        guard failed > start, tokens[failed - 1].kind == .word, tokens[failed - 1].keyword == nil,
            let nearest = NearestName.find(
                text.source(tokens[failed - 1]), among: words.filter { $0.utf8.count > 3 })
        else { return nil }
        return "Perhaps you meant \(nearest) instead of \"\(text.source(tokens[failed - 1]))\"."
    }
}

/// What could have stood at the place of an error, in words for people.
enum ExpectedWords {
    /// So many are shown.
    private static let shown = 8
    /// What an expression may go on with.
    private static let continuations: Set<String> = [
        "COLLATE", "AT", "OPERATOR", "NOT", "BETWEEN", "IN", "LIKE", "ILIKE", "SIMILAR", "IS",
        "ISNULL", "NOTNULL", "FILTER", "OVER", "WITHIN", "IGNORE", "RESPECT",
    ]

    /// `"<="`, but neither a comma nor a parenthesis.
    private static func isOperator(_ name: String) -> Bool {
        name.hasPrefix("\"") && !["\",\"", "\")\"", "\"]\"", "\";\""].contains(name)
    }

    /// A sentence; nil when nothing is known.
    static func sentence(_ expected: [String]) -> String? {
        var names: [String] = []
        for name in expected where !names.contains(name) { names.append(name) }
        if names.contains("\"::\"") {
            names.removeAll { continuations.contains($0) || isOperator($0) }
            names.append("an operator")
        }
        if names.contains("a statement") { names.removeAll { $0 == "\";\"" } }
        if names.count > shown { names = names.prefix(shown) + ["..."] }
        return names.isEmpty ? nil : "Expected \(names.joined(separator: ", "))."
    }
}
