import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// One window call, compiled over the input's columns.
struct CompiledWindowCall: Sendable {
    let function: WindowCallFunction
    let type: LogicalType
    /// Arguments, then the FILTER condition if there is one.
    let program: ExpressionProgram
    let argumentCount: Int
    let hasFilter: Bool
    let frame: CompiledFrame
    let orderCount: Int
}

/// A frame with its offsets compiled; they are constants of the statement.
struct CompiledFrame: Sendable {
    enum Bound: Sendable {
        case unboundedPreceding
        case preceding(ExpressionProgram)
        case currentRow
        case following(ExpressionProgram)
        case unboundedFollowing
    }
    let unit: PlanFrame.Unit
    let start: Bound
    let end: Bound
    let exclusion: PlanFrame.Exclusion
}

/// Calls that share PARTITION BY and ORDER BY, so that one sort serves them.
struct WindowGroup: Sendable {
    let partitionProgram: ExpressionProgram
    let orderKeys: SortKeys
    /// Both, to sort by.
    let sortKeys: SortKeys
    let calls: [CompiledWindowCall]
    /// Where the results go among the added columns.
    let outputs: [Int]
}

/// Adds window columns. All rows are collected; each group of calls sorts them once, computes over the
/// sorted rows, and puts the results back in the input's order. Where the rows do not fit into memory, see
/// `WindowedRows`.
struct WindowOperator: PhysicalOperator {
    let input: any PhysicalOperator
    let groups: [WindowGroup]
    let layout: ColumnLayout

    /// The columns that are added.
    var addedCount: Int { layout.columns.count - input.layout.columns.count }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let sort = makeSort(groups[0], input.layout.types, context)
        try context.run(try input.open(context), into: sort)
        guard let rows = sort.unsortedRows else {
            return BatchStream(source: WindowedRows(window: self, sort: sort, context: context))
        }
        let count = rows.rowCount
        guard count > 0 else { return BatchStream(source: MaterializedRows(batches: [])) }
        let columns = try rows.columns(types: input.layout.types)
        let batch = Batch(columns, count: count)
        var added = [Vector?](repeating: nil, count: addedCount)
        for group in groups {
            let results = try compute(group, batch, context)
            for (index, output) in group.outputs.enumerated() { added[output] = results[index] }
        }
        let all = columns + added.compactMap { $0 }
        return BatchStream(source: MaterializedRows(columns: all, count: count))
    }

    /// A sort of rows for a group of calls.
    func makeSort(
        _ group: WindowGroup, _ types: [LogicalType], _ context: ExecutionContext
    ) -> ExternalSort {
        ExternalSort(
            keys: group.sortKeys, types: types, for: "window function",
            rowBytes: OpenPartitions.rowBytes, context)
    }

    /// The columns of a group of calls, for all rows of some partitions.
    func compute(
        _ group: WindowGroup, _ batch: Batch, _ context: ExecutionContext
    ) throws(DemetraError) -> [Vector] {
        let partitions = try ExpressionEvaluator(group.partitionProgram, context).evaluate(batch)
        let order = try group.orderKeys.keys(batch.vectors, count: batch.count, context)
        let keys =
            partitions.map { SortKey($0, descending: false, nullsFirst: false) } + order
        let permutation = SortKernel.permutation(keys, count: batch.count)
        let sorted = SortedWindow(
            count: batch.count,
            partitionStarts: BoundaryKernel.boundaries(
                partitions, permutation: permutation, count: batch.count),
            peerStarts: BoundaryKernel.boundaries(
                keys.map(\.vector), permutation: permutation, count: batch.count),
            orderKeys: order.map { key in
                SortKey(
                    key.vector.taking(rows: permutation), descending: key.descending,
                    nullsFirst: key.nullsFirst)
            })
        let inverse = WindowKernel.inverse(permutation)
        var results: [Vector] = []
        for call in group.calls {
            try context.cancellation.check()
            let inputs = try ExpressionEvaluator(call.program, context).evaluate(batch)
                .map { $0.taking(rows: permutation) }
            let computation = WindowComputation(
                call: call, window: sorted, inputs: inputs, context: context)
            results.append(try computation.result().taking(rows: inverse))
        }
        return results
    }
}

/// Rows sorted by partition and order, with the borders of partitions and peer groups.
struct SortedWindow {
    let count: Int
    /// Position where the partition of a row begins, and behind its end.
    let partitionStart: [Int32]
    let partitionEnd: [Int32]
    /// Position where the peers of a row begin, and behind their end.
    let peerStart: [Int32]
    let peerEnd: [Int32]
    /// The order keys in sorted order: RANGE offsets need their values.
    let orderKeys: [SortKey]

    init(
        count: Int, partitionStarts: Buffer<UInt8>, peerStarts: Buffer<UInt8>,
        orderKeys: [SortKey]
    ) {
        self.count = count
        self.orderKeys = orderKeys
        (partitionStart, partitionEnd) = Self.ranges(count, partitionStarts)
        (peerStart, peerEnd) = Self.ranges(count, peerStarts)
    }

    private static func ranges(_ count: Int, _ starts: Buffer<UInt8>) -> ([Int32], [Int32]) {
        var first = [Int32](repeating: 0, count: count)
        var behind = [Int32](repeating: Int32(count), count: count)
        var start: Int32 = 0
        for index in 0..<count {
            if starts[index] != 0 { start = Int32(index) }
            first[index] = start
        }
        var end = Int32(count)
        for index in stride(from: count - 1, through: 0, by: -1) {
            behind[index] = end
            if starts[index] != 0 { end = Int32(index) }
        }
        return (first, behind)
    }
}

/// Small loops of the window operator.
enum WindowKernel {
    /// The permutation that undoes `permutation`.
    static func inverse(_ permutation: Buffer<Int32>) -> Buffer<Int32> {
        var result = [Int32](repeating: 0, count: permutation.count)
        for index in 0..<permutation.count { result[Int(permutation[index])] = Int32(index) }
        return Buffer(result)
    }
}
