/// Queries: WITH, set operations, ORDER BY and LIMIT.
enum QueryPrinter {
    static func text(_ query: Query) -> String {
        var result = ""
        if !query.with.isEmpty {
            let tables = query.with.map { commonTable($0) }.joined(separator: ", ")
            result = "WITH " + (query.isRecursive ? "RECURSIVE " : "") + tables + " "
        }
        result += body(query.body)
        if !query.orderBy.isEmpty { result += " " + orderBy(query.orderBy) }
        if query.withTies {
            result += ExpressionPrinter.clause("OFFSET", query.offset)
            let count = query.limit.map { ExpressionPrinter.text($0) } ?? "1"
            return result + " FETCH FIRST (\(count)) ROWS WITH TIES"
        }
        return result + ExpressionPrinter.clause("LIMIT", query.limit)
            + ExpressionPrinter.clause("OFFSET", query.offset)
    }

    static func orderBy(_ items: [OrderItem]) -> String {
        let list = items.map { item in
            let nulls = item.nullsFirst.map { $0 ? " NULLS FIRST" : " NULLS LAST" } ?? ""
            return ExpressionPrinter.text(item.expression) + (item.descending ? " DESC" : "")
                + nulls
        }
        return "ORDER BY " + list.joined(separator: ", ")
    }

    private static func commonTable(_ table: CommonTableExpression) -> String {
        let materialized = table.materialized.map { $0 ? "MATERIALIZED " : "NOT MATERIALIZED " }
        return NamePrinter.text(table.name) + NamePrinter.columns(table.columns) + " AS "
            + (materialized ?? "") + "(\(text(table.query)))"
    }

    private static func body(_ body: QueryBody) -> String {
        switch body {
        case .select(let core): return SelectPrinter.text(core)
        case .values(let rows, _):
            let list = rows.map { "(\(ExpressionPrinter.list($0)))" }
            return "VALUES " + list.joined(separator: ", ")
        case .table(let name): return "TABLE " + NamePrinter.text(name)
        case .setOperation(let operation, let all, let left, let right):
            let level = operation.level
            return operand(left, atLeast: level) + " \(operation.word)" + (all ? " ALL " : " ")
                + operand(right, atLeast: level + 1)
        }
    }

    /// An operand of a set operation: INTERSECT binds stronger, and each goes from left to right.
    private static func operand(_ query: Query, atLeast level: Int) -> String {
        let isBare =
            query.with.isEmpty && query.orderBy.isEmpty && query.limit == nil
            && query.offset == nil && !query.withTies
        guard isBare else { return "(\(text(query)))" }
        guard case .setOperation(let operation, _, _, _) = query.body, operation.level < level
        else { return body(query.body) }
        return "(\(text(query)))"
    }
}

extension SetOperator {
    fileprivate var level: Int { self == .intersect ? 1 : 0 }

    fileprivate var word: String {
        switch self {
        case .union: "UNION"
        case .intersect: "INTERSECT"
        case .except: "EXCEPT"
        }
    }
}
