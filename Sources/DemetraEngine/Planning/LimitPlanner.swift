import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Plans LIMIT: a limit over a sort keeps only the top rows.
struct LimitPlanner {
    static func plan(_ limit: LimitPlan) throws(DemetraError) -> any PhysicalOperator {
        let none = ColumnLayout([])
        var count: ExpressionProgram?
        if let expression = limit.limit {
            count = try ExpressionCompiler.compile([expression], layout: none)
        }
        var offset: ExpressionProgram?
        if let expression = limit.offset {
            offset = try ExpressionCompiler.compile([expression], layout: none)
        }
        if let count, limit.ties == nil {
            let planner = Self(count: count, offset: offset, end: knownEnd(limit))
            if let top = try planner.top(limit.input) { return top }
        }
        let input = try PhysicalPlanner.plan(limit.input)
        var ties: SortKeys?
        if let keys = limit.ties { ties = try SortKeys(keys, layout: input.layout) }
        return LimitOperator(input: input, limit: count, offset: offset, ties: ties)
    }

    let count: ExpressionProgram
    let offset: ExpressionProgram?
    /// The position behind the last row; nil when only the execution knows it.
    let end: Int?

    private static func knownEnd(_ limit: LimitPlan) -> Int? {
        guard let count = number(limit.limit), let offset = number(limit.offset) else { return nil }
        return min(count, 1 << 40) + min(offset, 1 << 40)
    }

    private static func number(_ expression: BoundExpression?) -> Int? {
        guard let expression else { return 0 }
        guard case .literal(.integer(let value)) = expression.node else { return nil }
        return Int(value)
    }

    /// A sort below, perhaps under a projection, which then sees only the rows that are left.
    private func top(_ plan: LogicalPlan) throws(DemetraError) -> (any PhysicalOperator)? {
        switch plan {
        case .sort(let input, let keys):
            guard (end ?? 0) <= Batch.capacity,
                let few = try LateTopPlanner.plan(input, keys, count, offset)
            else { return try top(of: input, keys) }
            guard end == nil else { return few }
            let many = try PlanProfile.withoutProfile { () throws(DemetraError) in
                try top(of: input, keys)
            }
            return LateTopOperator(few: few, many: many)
        case .project(let inner, let columns):
            guard let input = try top(inner) else { return nil }
            return ProjectOperator(
                input: input,
                program: try ExpressionCompiler.compile(
                    columns.map(\.expression), layout: input.layout),
                layout: ColumnLayout(columns.map(\.column)))
        default: return nil
        }
    }

    private func top(
        of input: LogicalPlan, _ keys: [PlanSortKey]
    ) throws(DemetraError) -> TopOperator {
        let input = try PhysicalPlanner.plan(input)
        return TopOperator(
            input: input, keys: try SortKeys(keys, layout: input.layout), limit: count,
            offset: offset)
    }
}
