/// Tables of FROM.
enum TablePrinter {
    /// Tables with commas between them.
    static func list(_ tables: [TableReference]) -> String {
        tables.map { text($0) }.joined(separator: ", ")
    }

    static func text(_ table: TableReference) -> String {
        switch table {
        case .table(let name, let alias): return NamePrinter.text(name) + text(alias)
        case .pastTable(let name, let time, let alias):
            return NamePrinter.text(name) + " AS OF " + ExpressionPrinter.text(time) + text(alias)
        case .sample(let table, let sample):
            let seed = sample.seed.map { " REPEATABLE (\(ExpressionPrinter.text($0)))" } ?? ""
            return text(table) + " TABLESAMPLE " + NamePrinter.text(sample.method)
                + " (\(ExpressionPrinter.text(sample.percent)))" + seed
        case .query(let query, let lateral, let alias, _):
            return (lateral ? "LATERAL " : "") + "(\(QueryPrinter.text(query)))" + text(alias)
        case .function(let call, let lateral, let withOrdinality, let alias, _):
            return (lateral ? "LATERAL " : "") + CallPrinter.text(call)
                + (withOrdinality ? " WITH ORDINALITY" : "") + text(alias)
        case .join: return joins(table)
        }
    }

    /// The table where a join needs parentheses.
    static func item(_ table: TableReference) -> String {
        if case .join = table { "(\(text(table)))" } else { text(table) }
    }

    private static func text(_ alias: TableAlias?) -> String {
        guard let alias else { return "" }
        return " AS " + NamePrinter.text(alias.name) + NamePrinter.columns(alias.columns)
    }

    /// Joins from the right: thousands of them make a tree as deep, that has no need of a stack.
    private static func joins(_ table: TableReference) -> String {
        var parts: [String] = []
        var rest = table
        while case .join(let kind, let left, let right, let condition, _) = rest {
            parts.append(join(kind, right, condition))
            rest = left
        }
        parts.append(text(rest))
        return parts.reversed().joined()
    }

    private static func join(
        _ kind: JoinKind, _ right: TableReference, _ condition: JoinCondition
    ) -> String {
        let words =
            switch kind {
            case .inner: "JOIN"
            case .left: "LEFT JOIN"
            case .right: "RIGHT JOIN"
            case .full: "FULL JOIN"
            case .cross: "CROSS JOIN"
            case .asof: "ASOF JOIN"
            case .asofLeft: "ASOF LEFT JOIN"
            }
        switch condition {
        case .none: return " \(words) \(item(right))"
        case .natural: return " NATURAL \(words) \(item(right))"
        case .on(let expression):
            return " \(words) \(item(right))" + ExpressionPrinter.clause("ON", expression)
        case .using(let columns):
            return " \(words) \(item(right)) USING (\(NamePrinter.list(columns)))"
        }
    }
}
