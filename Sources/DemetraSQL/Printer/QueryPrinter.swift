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
        case .setOperation: return setOperations(body)
        }
    }

    /// A chain of set operations, from the right: thousands of them make a tree as deep, that has no need of a stack.
    private static func setOperations(_ body: QueryBody) -> String {
        var parts: [String] = []
        var rest = body
        while case .setOperation(let operation, let all, let left, let right) = rest {
            let level = operation.level
            parts.append(
                " \(operation.word)" + (all ? " ALL " : " ") + operand(right, atLeast: level + 1))
            if left.isBare, case .setOperation(let inner, _, _, _) = left.body, inner.level >= level
            {
                rest = left.body
                continue
            }
            parts.append(operand(left, atLeast: level))
            break
        }
        return parts.reversed().joined()
    }

    /// An operand of a set operation: INTERSECT binds stronger, and each goes from left to right.
    private static func operand(_ query: Query, atLeast level: Int) -> String {
        guard query.isBare else { return "(\(text(query)))" }
        guard case .setOperation(let operation, _, _, _) = query.body, operation.level < level
        else { return body(query.body) }
        return "(\(text(query)))"
    }
}

extension Query {
    /// A body and nothing else.
    fileprivate var isBare: Bool {
        with.isEmpty && orderBy.isEmpty && limit == nil && offset == nil && !withTies
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
