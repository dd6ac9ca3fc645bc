/// Queries: WITH, set operations, ORDER BY and LIMIT.
enum QueryPrinter {
    static func text(_ query: Query) -> String {
        var result = query.with.isEmpty ? "" : with(query.with, query.isRecursive) + " "
        result += body(query.body)
        if !query.orderBy.isEmpty { result += " " + orderBy(query.orderBy) }
        if let all = query.orderAll {
            result += " ORDER BY ALL" + direction(all.descending, all.nullsFirst)
        }
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
            ExpressionPrinter.text(item.expression) + direction(item.descending, item.nullsFirst)
        }
        return "ORDER BY " + list.joined(separator: ", ")
    }

    private static func direction(_ descending: Bool, _ nullsFirst: Bool?) -> String {
        (descending ? " DESC" : "")
            + (nullsFirst.map { $0 ? " NULLS FIRST" : " NULLS LAST" } ?? "")
    }

    /// WITH and its tables.
    static func with(_ tables: [CommonTableExpression], _ isRecursive: Bool) -> String {
        "WITH " + (isRecursive ? "RECURSIVE " : "")
            + tables.map { commonTable($0) }.joined(separator: ", ")
    }

    private static func commonTable(_ table: CommonTableExpression) -> String {
        let materialized = table.materialized.map { $0 ? "MATERIALIZED " : "NOT MATERIALIZED " }
        return NamePrinter.text(table.name) + NamePrinter.columns(table.columns) + " AS "
            + (materialized ?? "") + "(\(text(table.content)))"
    }

    private static func text(_ content: CommonTableExpression.Content) -> String {
        switch content {
        case .query(let query): text(query)
        case .change(let statement): StatementPrinter.text(statement)
        }
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
        with.isEmpty && !isOrdered && limit == nil && offset == nil && !withTies
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
