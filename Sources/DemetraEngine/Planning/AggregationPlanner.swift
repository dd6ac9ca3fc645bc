import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Plans GROUP BY: plain hash aggregation, one per grouping set, or an answer from zone maps.
enum AggregationPlanner {
    static func plan(_ aggregation: Aggregation) throws(DemetraError) -> any PhysicalOperator {
        if let answer = MetadataAggregateOperator.plan(aggregation) { return answer }
        let input = try PhysicalPlanner.plan(aggregation.input)
        guard let sets = aggregation.sets else {
            return try single(aggregation, input, groups: Array(aggregation.groups.indices))
        }
        var parts: [any PhysicalOperator] = []
        for set in sets { parts.append(try single(aggregation, input, groups: set)) }
        let columns = LogicalPlan.aggregate(aggregation).columns
        return GroupingSetsOperator(
            input: input, parts: parts, sets: sets, groupCount: aggregation.groups.count,
            hasGroupingColumn: aggregation.groupingColumn != nil, layout: ColumnLayout(columns))
    }

    /// Groups by the keys at the given positions.
    private static func single(
        _ aggregation: Aggregation, _ input: any PhysicalOperator, groups: [Int]
    ) throws(DemetraError) -> AggregateOperator {
        let keys = groups.map { aggregation.groups[$0] }
        // A bigint groups faster than the numeric it is given out as.
        var expressions = keys.map { $0.expression.widenedInteger ?? $0.expression }
        let keyTypes = expressions.map(\.type)
        var calls: [CompiledAggregate] = []
        for call in aggregation.calls {
            let all = call.arguments + call.rowKeys
            let arguments = all.map { argument in
                expressions.append(guarded(argument, by: call.filter))
                return expressions.count - 1
            }
            var filter: Int?
            if let condition = call.filter {
                expressions.append(condition)
                filter = expressions.count - 1
            }
            var order: [(position: Int, descending: Bool, nullsFirst: Bool)] = []
            for key in call.orderBy {
                // A key that is an argument is that argument: DISTINCT needs to find it again.
                var position: Int?
                for (index, argument) in all.enumerated()
                where argument.fingerprint == key.expression.fingerprint {
                    position = arguments[index]
                }
                if position == nil {
                    expressions.append(key.expression)
                    position = expressions.count - 1
                }
                order.append((position ?? 0, key.descending, key.nullsFirst))
            }
            calls.append(
                CompiledAggregate(
                    function: call.function, arguments: arguments,
                    visibleCount: call.arguments.count, argumentTypes: all.map(\.type),
                    resultType: call.column.type,
                    isDistinct: call.isDistinct, filter: filter, order: order))
        }
        return AggregateOperator(
            input: input,
            layout: ColumnLayout(keys.map(\.column) + aggregation.calls.map(\.column)),
            program: try ExpressionCompiler.compile(expressions, layout: input.layout),
            keyTypes: keyTypes, aggregates: calls,
            keepsOrder: aggregation.input.isSorted
                && calls.contains { $0.function.isOrderSensitive && $0.order.isEmpty })
    }
}

extension LogicalPlan {
    /// Rows come in the order of a sort.
    fileprivate var isSorted: Bool {
        switch self {
        case .sort: true
        case .project(let input, _), .filter(let input, _): input.isSorted
        case .limit(let limit): limit.input.isSorted
        default: false
        }
    }
}

/// The argument of an aggregate with FILTER: computed only for the rows that pass, as `sum(a / b) FILTER
/// (WHERE b > 0)` must not fail where b is 0.
private func guarded(
    _ argument: BoundExpression, by filter: BoundExpression?
) -> BoundExpression {
    guard let filter else { return argument }
    switch argument.node {
    case .column, .literal, .parameter, .outerColumn: return argument
    default:
        let branch = BoundBranch(condition: filter, result: argument)
        return BoundExpression(
            .caseWhen([branch], otherwise: nil), type: argument.type, range: argument.range)
    }
}

/// GROUPING SETS: the input is computed once and aggregated for each set.
struct GroupingSetsOperator: PhysicalOperator {
    let input: any PhysicalOperator
    let parts: [any PhysicalOperator]
    let sets: [[Int]]
    let groupCount: Int
    let hasGroupingColumn: Bool
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let collected = SpoolSink(for: "grouping sets", context)
        let keepsOrder = parts.contains { ($0 as? AggregateOperator)?.keepsOrder == true }
        try context.run(try input.open(context), into: collected, inOrder: keepsOrder)
        let rows = collected.rows
        let spool = RowSpool(for: "grouping sets", context)
        for (part, set) in zip(parts, sets) {
            guard let aggregate = part as? AggregateOperator else { continue }
            let sink = AggregateSink(plan: aggregate, context: context)
            // Without rows only the empty set, the grand total, gives a row.
            if rows.morselCount == 0, !set.isEmpty { continue }
            try context.run(
                BatchStream(source: rows), into: sink, inOrder: aggregate.keepsOrder)
            try sink.result.forEachBatch { (batch) throws(DemetraError) in
                try spool.append(padded(batch, set))
            }
        }
        return BatchStream(source: try spool.finish())
    }

    private func padded(_ batch: Batch, _ set: [Int]) -> Batch {
        var vectors: [Vector] = []
        var grouping: Int64 = 0
        for key in 0..<groupCount {
            if let index = set.firstIndex(of: key) {
                vectors.append(batch.vectors[index])
            } else {
                vectors.append(.nulls(layout.types[key], count: batch.count))
                grouping |= 1 << Int64(groupCount - 1 - key)
            }
        }
        vectors += batch.vectors[set.count...]
        if hasGroupingColumn {
            vectors.append(.constant(.integer(grouping), type: .integer, count: batch.count))
        }
        return Batch(vectors, count: batch.count)
    }
}
