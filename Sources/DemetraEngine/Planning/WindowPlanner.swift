import DemetraPlanner
import DemetraTypes

/// Plans windows: calls with equal PARTITION BY and ORDER BY share one sort.
enum WindowPlanner {
    static func plan(_ window: WindowPlan) throws(DemetraError) -> any PhysicalOperator {
        let input = try PhysicalPlanner.plan(window.input)
        var order: [String] = []
        var byKey: [String: [Int]] = [:]
        for (index, call) in window.calls.enumerated() {
            let key =
                call.partitionBy.map { "\($0.node)" }.joined(separator: ",") + "|"
                + call.orderBy.map { "\($0.expression.node) \($0.descending) \($0.nullsFirst)" }
                .joined(separator: ",")
            if byKey[key] == nil { order.append(key) }
            byKey[key, default: []].append(index)
        }
        var groups: [WindowGroup] = []
        for key in order {
            guard let indices = byKey[key], let first = indices.first else { continue }
            let model = window.calls[first]
            var calls: [CompiledWindowCall] = []
            for index in indices { calls.append(try compile(window.calls[index], input.layout)) }
            groups.append(
                WindowGroup(
                    partitionProgram: try ExpressionCompiler.compile(
                        model.partitionBy, layout: input.layout),
                    orderKeys: try SortKeys(model.orderBy, layout: input.layout),
                    sortKeys: try SortKeys(
                        model.partitionBy.map {
                            PlanSortKey(expression: $0, descending: false, nullsFirst: false)
                        } + model.orderBy, layout: input.layout), calls: calls,
                    outputs: indices))
        }
        return WindowOperator(
            input: input, groups: groups,
            layout: ColumnLayout(input.layout.columns + window.calls.map(\.column)))
    }

    private static func compile(
        _ call: WindowCall, _ layout: ColumnLayout
    ) throws(DemetraError) -> CompiledWindowCall {
        let expressions = call.arguments + (call.filter.map { [$0] } ?? [])
        return CompiledWindowCall(
            function: call.function, type: call.column.type,
            program: try ExpressionCompiler.compile(expressions, layout: layout),
            argumentCount: call.arguments.count, hasFilter: call.filter != nil,
            frame: CompiledFrame(
                unit: call.frame.unit, start: try bound(call.frame.start),
                end: try bound(call.frame.end), exclusion: call.frame.exclusion),
            orderCount: call.orderBy.count)
    }

    private static func bound(
        _ bound: PlanFrameBound
    ) throws(DemetraError) -> CompiledFrame.Bound {
        switch bound {
        case .unboundedPreceding: .unboundedPreceding
        case .currentRow: .currentRow
        case .unboundedFollowing: .unboundedFollowing
        case .preceding(let offset):
            .preceding(try ExpressionCompiler.compile([offset], layout: ColumnLayout([])))
        case .following(let offset):
            .following(try ExpressionCompiler.compile([offset], layout: ColumnLayout([])))
        }
    }
}
