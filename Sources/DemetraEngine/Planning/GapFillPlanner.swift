import DemetraPlanner
import DemetraTypes

/// Plans the filling of gaps.
enum GapFillPlanner {
    static func plan(_ plan: GapFillPlan) throws(DemetraError) -> any PhysicalOperator {
        let input = try PhysicalPlanner.plan(plan.input)
        func constant(_ expression: BoundExpression) throws(DemetraError) -> ExpressionProgram {
            try ExpressionCompiler.compile([expression], layout: ColumnLayout([]))
        }
        func position(_ column: PlanColumn) throws(DemetraError) -> Int {
            guard let index = input.layout.columns.firstIndex(where: { $0.id == column.id }) else {
                throw DemetraError(.internalError, "a key of the gaps is missing")
            }
            return index
        }
        func bound(
            _ bound: GapFillPlan.Bound?
        ) throws(DemetraError) -> GapFillOperator.Bound? {
            guard let bound else { return nil }
            return GapFillOperator.Bound(
                value: try constant(bound.value), isInclusive: bound.isInclusive)
        }
        var series: [Int] = []
        for column in plan.series { series.append(try position(column)) }
        var fills: [GapFillOperator.Fill] = []
        for fill in plan.fills {
            var argument: ExpressionProgram?
            if let given = fill.argument { argument = try constant(given) }
            fills.append(
                GapFillOperator.Fill(
                    kind: fill.kind, type: fill.column.type,
                    value: try ExpressionCompiler.compile([fill.value], layout: input.layout),
                    argument: argument))
        }
        var zone: ExpressionProgram?
        if let given = plan.zone { zone = try constant(given) }
        return GapFillOperator(
            input: input, bucket: try position(plan.bucket), series: series,
            width: try constant(plan.width), zone: zone, start: try bound(plan.start),
            finish: try bound(plan.finish), fills: fills,
            layout: ColumnLayout(input.layout.columns + plan.fills.map(\.column)))
    }
}
