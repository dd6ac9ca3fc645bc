import DemetraPlanner
import DemetraTypes

/// Plans LIMIT: a limit over a sort keeps only the top rows.
enum LimitPlanner {
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
        if let count, limit.ties == nil, let top = try top(limit.input, count, offset) {
            return top
        }
        let input = try PhysicalPlanner.plan(limit.input)
        var ties: SortKeys?
        if let keys = limit.ties { ties = try SortKeys(keys, layout: input.layout) }
        return LimitOperator(input: input, limit: count, offset: offset, ties: ties)
    }

    /// A sort below, perhaps under a projection, which then sees only the rows that are left.
    private static func top(
        _ plan: LogicalPlan, _ count: ExpressionProgram, _ offset: ExpressionProgram?
    ) throws(DemetraError) -> (any PhysicalOperator)? {
        switch plan {
        case .sort(let input, let keys):
            if let late = try LateTopPlanner.plan(input, keys, count, offset) { return late }
            let input = try PhysicalPlanner.plan(input)
            return TopOperator(
                input: input, keys: try SortKeys(keys, layout: input.layout), limit: count,
                offset: offset)
        case .project(let inner, let columns):
            guard let input = try top(inner, count, offset) else { return nil }
            return ProjectOperator(
                input: input,
                program: try ExpressionCompiler.compile(
                    columns.map(\.expression), layout: input.layout),
                layout: ColumnLayout(columns.map(\.column)))
        default: return nil
        }
    }
}
