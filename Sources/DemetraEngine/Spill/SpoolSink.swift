import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// Keeps all rows of a pipeline: in the order of the source while they fit into memory, else in files, where each worker
/// has its own.
final class SpoolSink: PipelineSink {
    private let context: ExecutionContext
    private let name: String
    private let budget: MemoryBudget
    private let output = Mutex<any BatchSource>(MaterializedRows(batches: []))

    /// - Parameters:
    ///   - name: what errors call the operator.
    ///   - budget: what the rows may take, when that is shared with others.
    init(for name: String, _ context: ExecutionContext, budget: MemoryBudget? = nil) {
        self.context = context
        self.name = name
        self.budget = budget ?? context.spill.budget(name, of: context.budget)
    }

    /// The rows, once all have been taken in.
    var rows: any BatchSource { output.withLock { $0 } }

    func makeLocal() -> any SinkLocal { Local(self) }

    func combine(_ locals: [any SinkLocal]) throws(DemetraError) {
        let parts = locals.compactMap { $0 as? Local }
        var written: [any BatchSource] = []
        for part in parts {
            if let spool = part.spool { written.append(try spool.finish()) }
        }
        let rows = MaterializedRows(batches: MorselBatches.inOrder(parts.map(\.held)))
        let all: any BatchSource = written.isEmpty ? rows : ConcatenatedRows([rows] + written)
        output.withLock { $0 = all }
    }

    private final class Local: SinkLocal {
        private let sink: SpoolSink
        private(set) var held = MorselBatches()
        private var kept = KeptMemory()
        /// Takes the rows once memory is full.
        private(set) var spool: RowSpool?

        init(_ sink: SpoolSink) { self.sink = sink }

        func consume(_ batch: Batch) throws(DemetraError) {
            guard batch.count > 0 else { return }
            if let spool { return try spool.append(batch) }
            let byteCount = kept.bytes(of: batch)
            guard sink.context.spill.isAvailable else {
                try sink.budget.reserve(byteCount)
                return held.append(batch)
            }
            if sink.budget.reserveIfPossible(byteCount) { return held.append(batch) }
            let spool = RowSpool(for: sink.name, sink.context, budget: sink.budget)
            self.spool = spool
            try spool.append(batch)
        }

        func finishMorsel(_ index: Int) { held.finishMorsel(index) }
    }
}
