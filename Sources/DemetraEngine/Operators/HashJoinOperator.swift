import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Joins by a hash table over the right side; the left side streams past it.
///
/// The right side is collected and built first. For each batch of the left side the table gives pairs
/// of rows; `condition` then keeps the pairs that match, and the kind decides what becomes of rows with
/// and without a pair. Without keys every pair is looked at.
struct HashJoinOperator: PhysicalOperator {
    let kind: PlanJoinKind
    let left: any PhysicalOperator
    let right: any PhysicalOperator
    let leftKeys: ExpressionProgram
    let rightKeys: ExpressionProgram
    let nullsMatch: [Bool]
    /// Over the left columns, then the right ones.
    let condition: ExpressionProgram?
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let build = try BuildSide(
            try right.open(context), types: right.layout.types, keys: rightKeys,
            nullsMatch: nullsMatch, context)
        let stream = try left.open(context)
        guard case .full = kind else {
            let stage = ProbeStage(join: self, build: build, tracker: nil, context: context)
            return stream.adding(stage)
        }
        // Which build rows found no partner is known only after the last left row.
        let tracker = MatchTracker(count: build.count)
        let stage = ProbeStage(join: self, build: build, tracker: tracker, context: context)
        let matched = try context.collect(stream.adding(stage), for: "join")
        let rest = tracker.unmatched()
        let leftNulls = left.layout.types
        var batches = matched.batches
        for (start, count) in BatchRanges(rest.count) {
            let rows = TakeKernel.slice(rest, from: start, count: count)
            let vectors =
                leftNulls.map { Vector.nulls($0, count: count) }
                + build.columns.map { $0.taking(rows: rows) }
            batches.append(Batch(vectors, count: count))
        }
        return BatchStream(source: MaterializedRows(batches: batches))
    }
}

/// The collected right side and its hash table.
// Immutable after init.
struct BuildSide: Sendable {
    /// Long columns of all rows.
    let columns: [Vector]
    /// The number of rows.
    let count: Int
    /// The table over the keys, or nil without keys.
    let table: JoinTable?
    /// Some row has a NULL among its keys: what IN and NOT IN ask.
    let hasNullKey: Bool

    init(
        _ stream: BatchStream, types: [LogicalType], keys: ExpressionProgram, nullsMatch: [Bool],
        _ context: ExecutionContext
    ) throws(DemetraError) {
        let rows = try context.collect(stream, for: "join")
        count = rows.rowCount
        columns = count == 0 ? types.map { Vector([], type: $0) } : try rows.columns(types: types)
        guard !keys.outputs.isEmpty else {
            table = nil
            hasNullKey = false
            return
        }
        let keyVectors = try ExpressionEvaluator(keys, context)
            .evaluate(Batch(columns, count: count))
        hasNullKey = keyVectors.contains { $0.hasNulls }
        table = try JoinTable(keys: keyVectors, rowCount: count, nullsMatch: nullsMatch)
    }
}
