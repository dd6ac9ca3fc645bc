import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors
import Synchronization

/// One aggregate, compiled: where its inputs lie among the registers of the aggregation's program.
struct CompiledAggregate: Sendable {
    let function: AggregateFunction
    /// Positions among the program's outputs; those that only tell rows apart come last.
    let arguments: [Int]
    /// How many of them the function sees.
    let visibleCount: Int
    let argumentTypes: [LogicalType]
    let resultType: LogicalType
    let isDistinct: Bool
    /// Position of the FILTER condition among the program's outputs.
    let filter: Int?
    /// Positions of the ORDER BY keys among the program's outputs.
    let order: [(position: Int, descending: Bool, nullsFirst: Bool)]
}

/// GROUP BY: each worker keeps its own groups; they are joined at the end.
struct AggregateOperator: PhysicalOperator {
    let input: any PhysicalOperator
    let layout: ColumnLayout
    /// Group keys first, then everything the aggregates need.
    let program: ExpressionProgram
    /// Types the keys are grouped by; where the layout has another, the groups' keys are cast to it.
    let keyTypes: [LogicalType]
    let aggregates: [CompiledAggregate]
    /// Rows come in an order that some aggregate keeps: `array_agg` over a sorted subquery.
    let keepsOrder: Bool

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let sink = AggregateSink(plan: self, context: context)
        try context.run(try input.open(context), into: sink, inOrder: keepsOrder)
        return BatchStream(source: sink.result)
    }
}

/// Joins the groups of all workers.
final class AggregateSink: PipelineSink {
    let plan: AggregateOperator
    let context: ExecutionContext
    private let budget: MemoryBudget
    private let finished = Mutex<any BatchSource>(MaterializedRows(batches: []))

    init(plan: AggregateOperator, context: ExecutionContext) {
        self.plan = plan
        self.context = context
        budget = context.spill.budget("aggregate", of: context.budget)
    }

    func makeLocal() -> any SinkLocal { GroupBuilder(plan, context, budget, level: 0) }

    func combine(_ locals: [any SinkLocal]) throws(DemetraError) {
        let parts = locals.compactMap { $0 as? GroupBuilder }
        guard let first = parts.first else { return }
        var overflow: [[SpilledRows]] = []
        for part in parts {
            if let partitions = try part.overflow() { overflow.append(partitions) }
        }
        for part in parts.dropFirst() { try first.merge(part) }
        guard !overflow.isEmpty else {
            let rows = try first.finish()
            return finished.withLock { $0 = rows }
        }
        let rows = try OverflowedGroups(plan, context, budget).rows(first, overflow)
        finished.withLock { $0 = rows }
    }

    /// The groups, once all rows have been taken in.
    var result: any BatchSource { finished.withLock { $0 } }
}
