import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Distinct rows, or for DISTINCT ON the first row of each distinct key, in the order of the input.
struct DistinctOperator: PhysicalOperator {
    let input: any PhysicalOperator
    /// The keys of DISTINCT ON; nil when all columns are the key.
    let keys: ExpressionProgram?
    let keyTypes: [LogicalType]
    var layout: ColumnLayout { input.layout }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        // One table for all rows: the first row of a key must be the first of the input.
        let stream = try input.open(context)
        let local = stream.adding(LocalStage(distinct: self, context: context))
        let rows = try context.collect(local, for: "distinct")
        let table = DistinctTable(keyTypes: keyTypes)
        let evaluator = keys.map { ExpressionEvaluator($0, context) }
        var batches: [Batch] = []
        for batch in rows.batches {
            if let kept = try firstRows(batch, table, evaluator) { batches.append(kept) }
        }
        return BatchStream(source: MaterializedRows(batches: batches))
    }

    private func firstRows(
        _ batch: Batch, _ table: DistinctTable, _ evaluator: ExpressionEvaluator?
    ) throws(DemetraError) -> Batch? {
        let keyVectors = try evaluator?.evaluate(batch) ?? batch.vectors
        let selection = try table.insert(keyVectors, count: batch.count)
        if selection.count == 0 { return nil }
        return selection.count == batch.count ? batch : batch.taking(selection)
    }

    /// Drops within each worker what it has seen: the workers see morsels in ascending order, so the
    /// first row of a key is never dropped.
    private struct LocalStage: StreamStage {
        let distinct: DistinctOperator
        let context: ExecutionContext

        func makeConsumer(_ next: any BatchConsumer) -> any BatchConsumer {
            Consumer(distinct, context, next)
        }
    }

    private final class Consumer: BatchConsumer {
        private let distinct: DistinctOperator
        private let evaluator: ExpressionEvaluator?
        private let table: DistinctTable
        private let next: any BatchConsumer

        init(
            _ distinct: DistinctOperator, _ context: ExecutionContext,
            _ next: any BatchConsumer
        ) {
            self.distinct = distinct
            self.next = next
            evaluator = distinct.keys.map { ExpressionEvaluator($0, context) }
            table = DistinctTable(keyTypes: distinct.keyTypes)
        }

        var wantsMore: Bool { next.wantsMore }

        func consume(_ batch: Batch) throws(DemetraError) {
            if let kept = try distinct.firstRows(batch, table, evaluator) {
                try next.consume(kept)
            }
        }
    }
}
