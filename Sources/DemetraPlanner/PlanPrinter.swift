import DemetraCatalog
import DemetraFunctions
import DemetraTypes

/// Plans as text, for EXPLAIN and for tests.
package enum PlanPrinter {
    /// A line for each node, inputs indented below it.
    package static func text(_ plan: LogicalPlan) -> [String] {
        lines(plan, depth: 0, names(plan))
    }

    /// What a node does, in a line, without its inputs.
    package static func title(_ plan: LogicalPlan) -> String { title(plan, names(plan)) }

    /// What columns are called, for expressions.
    private static func names(_ plan: LogicalPlan) -> [ColumnIdentifier: String] {
        var result: [ColumnIdentifier: String] = [:]
        func visit(_ plan: LogicalPlan) {
            for input in plan.inputs { visit(input) }
            for column in plan.columns where !column.name.isEmpty {
                result[column.id] = column.name
            }
        }
        visit(plan)
        return result
    }

    private static func lines(
        _ plan: LogicalPlan, depth: Int, _ names: [ColumnIdentifier: String]
    ) -> [String] {
        let indent = String(repeating: "  ", count: depth)
        return [indent + title(plan, names)]
            + plan.inputs.flatMap { lines($0, depth: depth + 1, names) }
    }

    private static func title(
        _ plan: LogicalPlan, _ names: [ColumnIdentifier: String]
    ) -> String {
        func shown(_ expression: BoundExpression) -> String {
            ExpressionText(names: names).text(expression)
        }
        func list(_ expressions: [BoundExpression]) -> String {
            expressions.map { shown($0) }.joined(separator: ", ")
        }
        func keys(_ keys: [PlanSortKey]) -> String {
            keys.map { shown($0.expression) + ($0.descending ? " DESC" : "") }.joined(
                separator: ", ")
        }
        switch plan {
        case .oneRow: return "One row"
        case .empty: return "No rows"
        case .scan(let scan):
            let columns = scan.columns.map(\.column.name).joined(separator: ", ")
            let filter = scan.predicates.isEmpty ? "" : " WHERE \(list(scan.predicates))"
            let time =
                scan.asOf.map { " AS OF \(TimestampText.text($0, zone: .utc))" } ?? ""
            return "Scan \(scan.table.name)\(time) (\(columns))\(filter)"
        case .changes(let scan):
            let columns = scan.columns.map(\.column.name).joined(separator: ", ")
            return "Changes \(scan.table.name) (\(columns))"
        case .values(_, let rows): return "Values (\(rows.count) rows)"
        case .project(_, let columns): return "Project \(list(columns.map(\.expression)))"
        case .filter(_, let predicate): return "Filter \(shown(predicate))"
        case .aggregate(let aggregation):
            let calls = aggregation.calls.map { call in
                let distinct = call.isDistinct && call.rowKeys.isEmpty ? "DISTINCT " : ""
                let once = call.rowKeys.isEmpty ? "" : " of distinct rows"
                return "\(call.function.name)(\(distinct)\(list(call.arguments)))\(once)"
            }
            let groups =
                aggregation.groups.isEmpty
                ? "" : " BY \(list(aggregation.groups.map(\.expression)))"
            return "Aggregate \(calls.joined(separator: ", "))\(groups)"
        case .gapFill(let plan):
            let filled = plan.fills.map { "\($0.kind) \(shown($0.value))" }
            return "Fill gaps of \(shown(plan.width))"
                + (filled.isEmpty ? "" : ": " + filled.joined(separator: ", "))
        case .window(let window): return "Window (\(window.calls.count) calls)"
        case .join(let join):
            let pairs = join.keys.map {
                "\(shown($0.left)) \($0.comparison.rawValue) \(shown($0.right))"
            }
            let on = pairs + (join.condition.map { [shown($0)] } ?? [])
            return "\(name(join.kind)) join"
                + (on.isEmpty ? "" : " ON \(on.joined(separator: " AND "))")
        case .apply(let apply): return "\(name(apply.kind)) apply"
        case .sort(_, let sortKeys): return "Sort \(keys(sortKeys))"
        case .limit(let limit):
            return "Limit" + (limit.limit.map { " \(shown($0))" } ?? "")
                + (limit.offset.map { " offset \(shown($0))" } ?? "")
        case .distinct(_, let on): return "Distinct" + (on.map { " on \(list($0))" } ?? "")
        case .setOperation(let operation):
            return "\(operation.kind)".prefix(1).uppercased() + "\(operation.kind)".dropFirst()
                + (operation.all ? " all" : "")
        case .tableFunction(let function): return "Table function \(function.name)"
        case .expand(let expand):
            let calls = expand.calls.map { "\($0.function.name)(\(list($0.arguments)))" }
            return "Expand \(calls.joined(separator: ", "))" + (expand.keepsEmpty ? " or NULL" : "")
        case .with(let id, _, _): return "With #\(id)"
        case .commonTable(let id, _): return "Common table #\(id)"
        case .recursive(let id, _, _, _, _): return "Recursive #\(id)"
        }
    }

    private static func name(_ kind: PlanJoinKind) -> String {
        switch kind {
        case .inner: "Inner"
        case .left: "Left"
        case .right: "Right"
        case .full: "Full"
        case .semi: "Semi"
        case .anti: "Anti"
        case .nullAwareAnti: "Null-aware anti"
        case .mark: "Mark"
        case .single: "Single"
        case .asof: "Asof"
        case .asofLeft: "Asof left"
        }
    }
}

/// Bound expressions as readable text.
struct ExpressionText {
    let names: [ColumnIdentifier: String]

    func text(_ expression: BoundExpression) -> String {
        switch expression.node {
        case .literal(let value): return literal(value, expression.type)
        case .column(let id): return names[id] ?? "#\(id.number)"
        case .outerColumn(let id): return "outer." + (names[id] ?? "#\(id.number)")
        case .parameter(let number): return "$\(number)"
        case .comparison(let comparison, let left, let right):
            return "\(text(left)) \(comparison.rawValue) \(text(right))"
        case .isDistinct(let left, let right):
            return "\(text(left)) IS DISTINCT FROM \(text(right))"
        case .arithmetic(let operation, let left, let right):
            return "(\(text(left)) \(operation.rawValue) \(text(right)))"
        case .negate(let operand): return "-\(text(operand))"
        case .and(let operands): return operands.map { text($0) }.joined(separator: " AND ")
        case .or(let operands):
            return "(" + operands.map { text($0) }.joined(separator: " OR ") + ")"
        case .not(let operand): return "NOT (\(text(operand)))"
        case .isNull(let operand): return "\(text(operand)) IS NULL"
        case .isBoolean(let operand, let value):
            return "\(text(operand)) IS \(value.map { $0 ? "TRUE" : "FALSE" } ?? "UNKNOWN")"
        case .inList(let operand, let values, _):
            return
                "\(text(operand)) IN (\(values.map { literal($0, operand.type) }.joined(separator: ", ")))"
        case .caseWhen(let branches, let otherwise):
            let parts = branches.map { "WHEN \(text($0.condition)) THEN \(text($0.result))" }
            return "CASE " + parts.joined(separator: " ")
                + (otherwise.map { " ELSE \(text($0))" } ?? "") + " END"
        case .coalesce(let operands):
            return "coalesce(\(operands.map { text($0) }.joined(separator: ", ")))"
        case .cast(let operand, _): return "\(text(operand))::\(expression.type)"
        case .call(let function, let arguments):
            return "\(function.name)(\(arguments.map { text($0) }.joined(separator: ", ")))"
        }
    }

    private func literal(_ value: Value, _ type: LogicalType) -> String {
        guard let shown = ValueText.text(value, type: type) else { return "NULL" }
        if type.isNumber || type == .boolean { return shown }
        return "'\(shown)'"
    }
}
