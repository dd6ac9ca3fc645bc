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

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let sink = AggregateSink(plan: self, context: context)
        try context.run(try input.open(context), into: sink)
        return BatchStream(source: try sink.result())
    }
}

/// Joins the groups of all workers.
final class AggregateSink: PipelineSink {
    let plan: AggregateOperator
    let context: ExecutionContext
    private let finished = Mutex<MaterializedRows?>(nil)

    init(plan: AggregateOperator, context: ExecutionContext) {
        self.plan = plan
        self.context = context
    }

    func makeLocal() -> any SinkLocal { AggregateLocal(plan, context) }

    func combine(_ locals: [any SinkLocal]) throws(DemetraError) {
        let parts = locals.compactMap { $0 as? AggregateLocal }
        guard let first = parts.first else { return }
        for part in parts.dropFirst() { try first.merge(part) }
        let rows = try first.finish()
        finished.withLock { $0 = rows }
    }

    func result() throws(DemetraError) -> MaterializedRows {
        finished.withLock { $0 } ?? MaterializedRows(batches: [])
    }
}

/// The groups one worker has seen.
// Owned by one worker.
final class AggregateLocal: SinkLocal {
    private let plan: AggregateOperator
    private let context: ExecutionContext
    private let evaluator: ExpressionEvaluator
    private let groups: GroupTable?
    private var states: [any AggregateState]
    private let budget: MemoryBudget
    private var reservedBytes = 0

    init(_ plan: AggregateOperator, _ context: ExecutionContext) {
        self.plan = plan
        self.context = context
        budget = context.budget.child("aggregate")
        evaluator = ExpressionEvaluator(plan.program, context)
        groups = plan.keyTypes.isEmpty ? nil : GroupTable(keyTypes: plan.keyTypes)
        states = plan.aggregates.map { makeAggregateState($0) }
        if groups == nil { for state in states { state.resize(groupCount: 1) } }
    }

    private var groupCount: Int { groups?.groupCount ?? 1 }

    func consume(_ batch: Batch) throws(DemetraError) {
        let values = try evaluator.evaluate(batch)
        var indices = GroupIndices.one(0)
        if let groups {
            let before = groups.groupCount
            let keys = Array(values[..<plan.keyTypes.count])
            indices = .of(try groups.assign(keys, count: batch.count))
            if groups.groupCount > before {
                for state in states { state.resize(groupCount: groups.groupCount) }
                try account()
            }
        }
        for state in states { try state.update(values, indices, count: batch.count) }
    }

    private func account() throws(DemetraError) {
        let bytes = (groups?.byteCount ?? 0) + states.reduce(0) { $0 + $1.byteCount }
        if bytes > reservedBytes + 1 << 20 {
            try budget.reserve(bytes - reservedBytes)
            reservedBytes = bytes
        }
    }

    func merge(_ other: AggregateLocal) throws(DemetraError) {
        var map = Buffer<Int32>(repeating: 0, count: 1)
        if let groups, let theirs = other.groups {
            map = try groups.merge(theirs)
            for state in states { state.resize(groupCount: groups.groupCount) }
        }
        for (index, state) in states.enumerated() { try state.merge(other.states[index], map) }
    }

    func finish() throws(DemetraError) -> MaterializedRows {
        let count = groupCount
        var columns: [Vector] = []
        for (index, keys) in (groups?.keyVectors() ?? []).enumerated() {
            columns.append(
                try CastKernel.cast(
                    keys, to: plan.layout.types[index], isExplicit: false, context.castContext))
        }
        for state in states { columns.append(try state.finish(groupCount: count)) }
        return MaterializedRows(columns: columns, count: count)
    }
}
