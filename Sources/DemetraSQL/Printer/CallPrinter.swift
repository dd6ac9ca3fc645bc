/// Calls of functions, and windows.
enum CallPrinter {
    /// A call inside an expression, where some functions have a syntax of their own.
    static func expression(_ call: FunctionCall) -> String { special(call) ?? text(call) }

    /// A call as it may stand everywhere, also in FROM.
    static func text(_ call: FunctionCall) -> String {
        var inside: [String] = []
        if call.isStar { inside.append("*") }
        if !call.arguments.isEmpty {
            let list = call.arguments.map { argument($0) }.joined(separator: ", ")
            inside.append((call.isDistinct ? "DISTINCT " : "") + list)
        }
        if !call.orderBy.isEmpty { inside.append(QueryPrinter.orderBy(call.orderBy)) }
        var result = NamePrinter.function(call.name) + "(\(inside.joined(separator: " ")))"
        if !call.withinGroup.isEmpty {
            result += " WITHIN GROUP (\(QueryPrinter.orderBy(call.withinGroup)))"
        }
        if let filter = call.filter {
            result += " FILTER (WHERE \(ExpressionPrinter.text(filter)))"
        }
        switch call.over {
        case .none: return result
        case .named(let name): return result + " OVER " + NamePrinter.text(name)
        case .inline(let window): return result + " OVER " + text(window)
        }
    }

    private static func argument(_ argument: FunctionArgument) -> String {
        let name = argument.name.map { NamePrinter.text($0) + " => " } ?? ""
        switch argument.value {
        case .expression(let expression): return name + ExpressionPrinter.text(expression)
        case .table(let table): return name + "TABLE " + NamePrinter.text(table)
        case .star(let table, _):
            return name + (table.map { NamePrinter.text($0) + "." } ?? "") + "*"
        }
    }

    // MARK: Calls with a syntax of their own

    /// The call by its own syntax; nil where it has none.
    private static func special(_ call: FunctionCall) -> String? {
        guard let values = plainValues(call) else { return nil }
        let name = call.name.text
        let list = ExpressionPrinter.list(values)
        switch (name, values.count) {
        case ("current_date", 0), ("localtimestamp", 0), ("current_user", 0), ("session_user", 0):
            return name.uppercased()
        case ("coalesce", 1...), ("nullif", 1...), ("greatest", 1...), ("least", 1...),
            ("grouping", 1...), ("substring", 2...):
            return "\(name.uppercased())(\(list))"
        case ("extract", 2):
            guard case .string(let field) = values[0].node else { return nil }
            let isWord =
                NamePrinter.isPlainWord(field)
                && KeywordTable.shared.find(Array(field.utf8)[...])?.keywordClass != .reserved
            let written = isWord ? field : NamePrinter.literal(field)
            return "EXTRACT(\(written) FROM \(ExpressionPrinter.text(values[1])))"
        default: return nil
        }
    }

    /// The values of a call of an unqualified name that has nothing but values.
    private static func plainValues(_ call: FunctionCall) -> [Expression]? {
        guard call.name.parts.count == 1, !call.isStar, !call.isDistinct, call.orderBy.isEmpty,
            call.withinGroup.isEmpty, call.filter == nil, call.over == nil
        else { return nil }
        var values: [Expression] = []
        for argument in call.arguments {
            guard argument.name == nil, case .expression(let value) = argument.value else {
                return nil
            }
            values.append(value)
        }
        return values
    }

    // MARK: Windows

    static func text(_ window: WindowSpecification) -> String {
        var parts: [String] = []
        if let base = window.base { parts.append(NamePrinter.text(base)) }
        if !window.partitionBy.isEmpty {
            parts.append("PARTITION BY " + ExpressionPrinter.list(window.partitionBy))
        }
        if !window.orderBy.isEmpty { parts.append(QueryPrinter.orderBy(window.orderBy)) }
        if let frame = window.frame { parts.append(text(frame)) }
        return "(\(parts.joined(separator: " ")))"
    }

    private static func text(_ frame: WindowFrame) -> String {
        let unit =
            switch frame.unit {
            case .rows: "ROWS"
            case .range: "RANGE"
            case .groups: "GROUPS"
            }
        let exclusion =
            switch frame.exclusion {
            case .none: ""
            case .currentRow: " EXCLUDE CURRENT ROW"
            case .group: " EXCLUDE GROUP"
            case .ties: " EXCLUDE TIES"
            }
        return "\(unit) BETWEEN \(text(frame.start)) AND \(text(frame.end))" + exclusion
    }

    private static func text(_ bound: WindowFrame.Bound) -> String {
        switch bound {
        case .unboundedPreceding: "UNBOUNDED PRECEDING"
        case .preceding(let offset): offsetText(offset) + " PRECEDING"
        case .currentRow: "CURRENT ROW"
        case .following(let offset): offsetText(offset) + " FOLLOWING"
        case .unboundedFollowing: "UNBOUNDED FOLLOWING"
        }
    }

    /// In parentheses where an AND would be taken for the end of the bound.
    private static func offsetText(_ offset: Expression) -> String {
        ExpressionPrinter.text(offset, atLeast: ExpressionPrinter.Level.not)
    }
}
