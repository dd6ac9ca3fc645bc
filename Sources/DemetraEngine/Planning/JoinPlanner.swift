import DemetraPlanner
import DemetraTypes

/// Plans joins and applies.
enum JoinPlanner {
    static func plan(_ join: JoinPlan) throws(DemetraError) -> any PhysicalOperator {
        if case .right = join.kind { return try swapped(join) }
        let left = try PhysicalPlanner.plan(join.left)
        let right = try PhysicalPlanner.plan(join.right)
        let layout = ColumnLayout(LogicalPlan.join(join).columns)
        let leftKeys = try ExpressionCompiler.compile(join.keys.map(\.left), layout: left.layout)
        let rightKeys = try ExpressionCompiler.compile(
            join.keys.map(\.right), layout: right.layout)
        switch join.kind {
        case .asof, .asofLeft:
            return AsofJoinOperator(
                left: left, right: right, leftKeys: leftKeys, rightKeys: rightKeys,
                comparison: join.keys.last?.comparison ?? .greaterOrEqual,
                keepsUnmatched: join.kind == .asofLeft, layout: layout)
        default: break
        }
        var condition: ExpressionProgram?
        if let expression = join.condition {
            let both = ColumnLayout(left.layout.columns + right.layout.columns)
            condition = try ExpressionCompiler.compile([expression], layout: both)
        }
        return HashJoinOperator(
            kind: join.kind, left: left, right: right, leftKeys: leftKeys, rightKeys: rightKeys,
            nullsMatch: join.keys.map(\.nullsMatch), condition: condition, layout: layout)
    }

    /// A RIGHT join is a LEFT join with its sides swapped, and its columns put back in their order: joins
    /// above read the columns of their sides by position.
    private static func swapped(_ join: JoinPlan) throws(DemetraError) -> any PhysicalOperator {
        let keys = join.keys.map { key in
            JoinKey(
                left: key.right, right: key.left, comparison: key.comparison.swapped,
                nullsMatch: key.nullsMatch)
        }
        let input = try plan(
            JoinPlan(
                kind: .left, left: join.right, right: join.left, keys: keys,
                condition: join.condition))
        let columns = LogicalPlan.join(join).columns
        return ProjectOperator(
            input: input,
            program: try ExpressionCompiler.compile(
                columns.map { BoundExpression(.column($0.id), type: $0.type) }, layout: input.layout
            ),
            layout: ColumnLayout(columns))
    }

    static func plan(_ apply: ApplyPlan) throws(DemetraError) -> any PhysicalOperator {
        let left = try PhysicalPlanner.plan(apply.left)
        let right = try PhysicalPlanner.plan(apply.right)
        var correlated: [(position: Int, column: PlanColumn)] = []
        for column in apply.correlated {
            // A column of a row further out is passed on by the context.
            if let position = left.layout.position(of: column.id) {
                correlated.append((position, column))
            }
        }
        return ApplyOperator(
            kind: apply.kind, left: left, right: right, correlated: correlated,
            leftKeys: try ExpressionCompiler.compile(
                apply.keys.map(\.left), layout: left.layout),
            rightKeys: try ExpressionCompiler.compile(
                apply.keys.map(\.right), layout: right.layout),
            layout: ColumnLayout(LogicalPlan.apply(apply).columns))
    }
}
