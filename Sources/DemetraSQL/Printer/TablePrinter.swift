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
        case .join(let kind, let left, let right, let condition, _):
            return join(kind, left, right, condition)
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

    private static func join(
        _ kind: JoinKind, _ left: TableReference, _ right: TableReference,
        _ condition: JoinCondition
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
        let head = "\(text(left)) " + (condition == .natural ? "NATURAL " : "")
        let tables = head + "\(words) \(item(right))"
        switch condition {
        case .none, .natural: return tables
        case .on(let expression): return tables + ExpressionPrinter.clause("ON", expression)
        case .using(let columns): return tables + " USING (\(NamePrinter.list(columns)))"
        }
    }
}
