import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// The first sort key behind which no row can be among the first any more, known to all workers.
///
/// Rows on the border stay: later keys decide between them.
final class SharedBorder: Sendable {
    /// The first key, compiled alone.
    private let program: ExpressionProgram
    private let descending: Bool
    private let nullsFirst: Bool
    private let image = Atomic<UInt64>(.max)

    /// Nil when values of the first key cannot be compared across batches: texts.
    init?(_ keys: SortKeys) {
        guard let first = keys.program.outputs.first,
            TopBorder.exists(for: keys.program.instructions[first].type)
        else { return nil }
        program = ExpressionProgram(
            instructions: keys.program.instructions, outputs: [first])
        descending = keys.descending[0]
        nullsFirst = keys.nullsFirst[0]
    }

    /// The position among the input's columns of the column that is the first key, if it is one.
    var column: Int? { program.columnInput }

    private func key(
        _ batch: Batch, _ context: ExecutionContext
    ) throws(DemetraError) -> SortKey {
        let vector = try ExpressionEvaluator(program, context).evaluateOne(batch)
        return SortKey(vector, descending: descending, nullsFirst: nullsFirst)
    }

    /// The rows of a batch that are not behind the border.
    func filter(_ batch: Batch, _ context: ExecutionContext) throws(DemetraError) -> Batch {
        let border = image.load(ordering: .relaxed)
        guard border != .max else { return batch }
        let rows = TopBorder.rows(
            try key(batch, context), count: batch.count, within: border)
        return rows.map { batch.taking($0) } ?? batch
    }

    /// The rows of `selection` (all without) whose first key, given here for all rows, is not behind the border.
    func rows(_ key: Vector, within selection: SelectionVector?) -> SelectionVector? {
        let border = image.load(ordering: .relaxed)
        guard border != .max else { return selection }
        let part = selection.map { key.taking($0) } ?? key
        let sortKey = SortKey(part, descending: descending, nullsFirst: nullsFirst)
        guard let rows = TopBorder.rows(sortKey, count: part.count, within: border) else {
            return selection
        }
        return selection?.composed(with: rows) ?? rows
    }

    /// Says that these are as many rows as are wanted.
    func tighten(_ batches: [Batch], _ context: ExecutionContext) throws(DemetraError) {
        var worst: UInt64 = 0
        for batch in batches {
            let key = try key(batch, context)
            worst = max(worst, TopBorder.greatest(key, count: batch.count))
        }
        var known = image.load(ordering: .relaxed)
        // Atomic<UInt64>.min of Swift 6.3 compares as signed numbers: above 2^63 it keeps the greater.
        while worst < known {
            let (isDone, found) = image.compareExchange(
                expected: known, desired: worst, ordering: .relaxed)
            if isDone { return }
            known = found
        }
    }

    /// The least image that a row of the chunk can have.
    func least(_ map: ZoneMap, type: LogicalType) -> UInt64 {
        guard let minimum = map.minimum, let maximum = map.maximum else { return 0 }
        return TopBorder.least(
            minimum: minimum, maximum: maximum, hasNulls: map.nullCount > 0,
            descending: descending, nullsFirst: nullsFirst, type: type) ?? 0
    }

    /// False when a chunk of rows with no image below `least` lies behind the border.
    func admits(_ least: UInt64) -> Bool { least <= image.load(ordering: .relaxed) }
}
