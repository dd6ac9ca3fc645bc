package import DemetraTypes
package import DemetraVectors
import Synchronization

/// Rows kept in memory, and a source of them.
package struct MaterializedRows: BatchSource {
    /// The rows, in order.
    package let batches: [Batch]
    /// Batches a worker takes at a time: as many rows as a row group.
    private static let batchesPerMorsel = 32

    /// Wraps batches.
    package init(batches: [Batch]) { self.batches = batches }

    /// One run of equally long columns, cut into batches.
    package init(columns: [Vector], count: Int) {
        var batches: [Batch] = []
        var start = 0
        while start < count {
            let rows = min(Batch.capacity, count - start)
            let slices = columns.map { $0.slice(from: start, count: rows) }
            batches.append(Batch(slices, count: rows))
            start += rows
        }
        self.batches = batches
    }

    /// The number of rows.
    package var rowCount: Int { batches.reduce(0) { $0 + $1.count } }

    package var morselCount: Int {
        (batches.count + Self.batchesPerMorsel - 1) / Self.batchesPerMorsel
    }

    package func makeCursor() -> any BatchCursor { Cursor(batches) }

    /// Each column as one long vector.
    package func columns(types: [LogicalType]) throws(DemetraError) -> [Vector] {
        var columns: [Vector] = []
        for index in types.indices {
            if batches.count == 1 {
                columns.append(batches[0].vectors[index].withoutConstant())
            } else {
                let parts = batches.map { $0.vectors[index] }
                columns.append(try Vector.concatenating(parts, type: types[index]))
            }
        }
        return columns
    }

    private final class Cursor: BatchCursor {
        private let batches: [Batch]
        init(_ batches: [Batch]) { self.batches = batches }

        func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            let start = morsel * MaterializedRows.batchesPerMorsel
            let end = min(start + MaterializedRows.batchesPerMorsel, batches.count)
            for index in start..<end {
                guard consumer.wantsMore else { return }
                try consumer.consume(batches[index])
            }
        }
    }
}

/// Keeps all rows, in the order of the source whatever worker saw them.
final class CollectSink: PipelineSink {
    private let budget: MemoryBudget
    private let result = Mutex<[Batch]>([])

    init(budget: MemoryBudget) { self.budget = budget }

    var rows: MaterializedRows { MaterializedRows(batches: result.withLock { $0 }) }

    func makeLocal() -> any SinkLocal { Local(budget) }

    func combine(_ locals: [any SinkLocal]) throws(DemetraError) {
        let batches = MorselBatches.inOrder(locals.compactMap { ($0 as? Local)?.held })
        result.withLock { $0 = batches }
    }

    private final class Local: SinkLocal {
        private let budget: MemoryBudget
        private(set) var held = MorselBatches()

        init(_ budget: MemoryBudget) { self.budget = budget }

        func consume(_ batch: Batch) throws(DemetraError) {
            guard batch.count > 0 else { return }
            try budget.reserve(batch.byteCount)
            held.append(batch)
        }

        func finishMorsel(_ index: Int) { held.finishMorsel(index) }
    }
}

extension Batch {
    /// Bytes the rows of a batch need, roughly; shared heaps and dictionaries count by their rows.
    var byteCount: Int {
        vectors.reduce(64) { total, vector in
            switch vector.storage {
            case .constant: total + 64
            case .boolean: total + count
            case .int32, .dictionary: total + count * 4
            case .int64, .float64, .text: total + count * 8
            case .int128, .interval: total + count * 16
            case .decimal: total + count * MemoryLayout<Decimal>.stride
            }
        }
    }
}
