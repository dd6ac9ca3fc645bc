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
        let collector = BuildCollector(join: self, context)
        try context.run(try right.open(context), into: collector)
        if let aside = collector.aside {
            let probe = PartitionSink(keys: leftKeys, context)
            try context.run(try left.open(context), into: probe)
            return BatchStream(
                source: PartitionedJoin(
                    join: self, build: aside, probe: probe.partitions, context: context))
        }
        let build = try BuildSide(
            collector.takeRows(), types: right.layout.types, keys: rightKeys,
            nullsMatch: nullsMatch, context)
        collector.settle()
        let stream = try left.open(context)
        guard case .full = kind else {
            let stage = ProbeStage(join: self, build: build, tracker: nil, context: context)
            return stream.adding(stage)
        }
        // Which build rows found no partner is known only after the last left row.
        let tracker = MatchTracker(count: build.count)
        let stage = ProbeStage(join: self, build: build, tracker: tracker, context: context)
        let spool = SpoolSink(for: "join", context)
        try context.run(stream.adding(stage), into: spool)
        let rest = RowSpool(for: "join", context)
        try unmatched(build, tracker) { (batch) throws(DemetraError) in try rest.append(batch) }
        return BatchStream(source: ConcatenatedRows([spool.rows, try rest.finish()]))
    }

    /// The build rows without a partner, padded on the left.
    func unmatched(
        _ build: BuildSide, _ tracker: MatchTracker,
        _ body: (Batch) throws(DemetraError) -> Void
    ) throws(DemetraError) {
        let rest = tracker.unmatched()
        for (start, count) in BatchRanges(rest.count) {
            let rows = TakeKernel.slice(rest, from: start, count: count)
            let vectors =
                left.layout.types.map { Vector.nulls($0, count: count) }
                + build.columns.map { $0.taking(rows: rows) }
            try body(Batch(vectors, count: count))
        }
    }

    /// The same join of another kind.
    func with(_ kind: PlanJoinKind) -> HashJoinOperator {
        HashJoinOperator(
            kind: kind, left: left, right: right, leftKeys: leftKeys, rightKeys: rightKeys,
            nullsMatch: nullsMatch, condition: condition, layout: layout)
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
    /// The whole side has no row; this may be a part of it.
    let isWholeEmpty: Bool

    /// - Parameter whole: what is known of the whole side when the rows are a part of it.
    init(
        _ rows: MaterializedRows, types: [LogicalType], keys: ExpressionProgram,
        nullsMatch: [Bool], whole: BuildTotals? = nil, _ context: ExecutionContext
    ) throws(DemetraError) {
        count = rows.rowCount
        isWholeEmpty = whole.map { $0.rowCount == 0 } ?? (count == 0)
        columns = count == 0 ? types.map { Vector([], type: $0) } : try rows.columns(types: types)
        guard !keys.outputs.isEmpty else {
            table = nil
            hasNullKey = false
            return
        }
        let keyVectors = try ExpressionEvaluator(keys, context)
            .evaluate(Batch(columns, count: count))
        hasNullKey = whole?.hasNullKey ?? keyVectors.contains { $0.hasNulls }
        table = try JoinTable(keys: keyVectors, rowCount: count, nullsMatch: nullsMatch)
    }
}
