import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Distinct rows, or for DISTINCT ON the first row of each distinct key, in the order of the input.
struct DistinctOperator: PhysicalOperator {
    let input: any PhysicalOperator
    /// The keys of DISTINCT ON; nil when all columns are the key.
    let keys: ExpressionProgram?
    let keyTypes: [LogicalType]
    /// The keys as those of a sort, for rows that do not fit into memory.
    let sortKeys: SortKeys
    var layout: ColumnLayout { input.layout }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        // One table for all rows: the first row of a key must be the first of the input.
        let stream = try input.open(context)
        guard !keyTypes.isEmpty else { return try first(stream, context) }
        let sort = ExternalSort(keys: sortKeys, types: layout.types, for: "distinct", context)
        let stage = LocalStage(
            distinct: self, tables: MemoryShare(sort.budget), context: context)
        try context.run(stream.adding(stage), into: sort)
        stage.tables.giveBack()
        guard let rows = sort.unsortedRows else { return BatchStream(source: try firsts(sort)) }
        let table = DistinctTable(keyTypes: keyTypes)
        let evaluator = keys.map { ExpressionEvaluator($0, context) }
        var batches: [Batch] = []
        for batch in rows.batches {
            if let kept = try firstRows(batch, table, evaluator) { batches.append(kept) }
        }
        return BatchStream(source: MaterializedRows(batches: batches))
    }

    /// Rows without columns are all alike.
    private func first(
        _ stream: BatchStream, _ context: ExecutionContext
    ) throws(DemetraError) -> BatchStream {
        let rows = try context.collect(stream, for: "distinct")
        return BatchStream(source: rows.slice(from: 0, to: min(rows.rowCount, 1)))
    }

    /// Of rows that were sorted by their keys the first of each, in the order of the input.
    private func firsts(_ sort: ExternalSort) throws(DemetraError) -> any BatchSource {
        let places = PlaceSort(types: layout.types, for: "distinct", sort.context)
        let merger = try sort.makeMerger(givesKeys: true)
        var last: TextBuffer?
        while let rows = try merger.next() {
            let keys = try rows.keys()
            var kept: [Int32] = []
            for row in 0..<rows.count {
                let isSame =
                    row > 0
                    ? OrderedBytes.compare(keys, row, keys, row - 1) == 0
                    : last.map { OrderedBytes.compare($0, $0.references.count - 1, keys, 0) == 0 }
                        ?? false
                if !isSame { kept.append(Int32(row)) }
            }
            last = keys
            let chosen = Buffer(kept)
            let own = try rows.places()
            try places.append(
                rows.columns.map { $0.taking(rows: chosen) },
                places: kept.map { own[Int($0)] })
        }
        return try places.finish()
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
        /// What the tables of all workers take.
        let tables: MemoryShare
        let context: ExecutionContext

        func makeConsumer(_ next: any BatchConsumer) -> any BatchConsumer {
            Consumer(self, next)
        }
    }

    private final class Consumer: BatchConsumer {
        private let distinct: DistinctOperator
        private let evaluator: ExpressionEvaluator?
        private let share: MemoryShare
        /// Nil once it takes too much: then all rows pass.
        private var table: DistinctTable?
        private var reservedBytes = 0
        private let next: any BatchConsumer

        init(_ stage: LocalStage, _ next: any BatchConsumer) {
            distinct = stage.distinct
            share = stage.tables
            self.next = next
            evaluator = stage.distinct.keys.map { ExpressionEvaluator($0, stage.context) }
            table = DistinctTable(keyTypes: stage.distinct.keyTypes)
        }

        var wantsMore: Bool { next.wantsMore }

        func consume(_ batch: Batch) throws(DemetraError) {
            guard let table else { return try next.consume(batch) }
            if let kept = try distinct.firstRows(batch, table, evaluator) {
                try next.consume(kept)
            }
            let wanted = table.byteCount * 2 - reservedBytes
            guard wanted > 1 << 20 else { return }
            if share.reserve(wanted) {
                reservedBytes += wanted
            } else {
                self.table = nil
                share.release(reservedBytes)
            }
        }
    }
}
