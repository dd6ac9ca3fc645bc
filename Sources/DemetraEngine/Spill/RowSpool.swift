import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Keeps rows in their order to be read later: in memory while they fit, from then on in a file.
// Owned by one thread.
final class RowSpool {
    private let context: ExecutionContext
    private let budget: MemoryBudget
    private var held: [Batch] = []
    private var kept = KeptMemory()
    private var pending = PendingRows()
    private var written: SpilledRows?

    /// - Parameters:
    ///   - name: what errors call the operator.
    ///   - budget: what the rows may take, when that is shared with others.
    init(for name: String, _ context: ExecutionContext, budget: MemoryBudget? = nil) {
        self.context = context
        self.budget = budget ?? context.spill.budget(name, of: context.budget)
    }

    /// - Throws: 53200 when the rows do not fit and there is no file, 53100 or 58030 when the disk refuses them.
    func append(_ batch: Batch) throws(DemetraError) {
        guard batch.count > 0 else { return }
        let batch = batch.compacted()
        if written == nil {
            let byteCount = kept.bytes(of: batch)
            guard context.spill.isAvailable else {
                try budget.reserve(byteCount)
                return held.append(batch)
            }
            if budget.reserveIfPossible(byteCount) { return held.append(batch) }
            written = SpilledRows(try context.spill.makeFile())
        }
        pending.append(batch)
        if pending.isBlock { try write() }
    }

    private func write() throws(DemetraError) {
        guard pending.rowCount > 0 else { return }
        try context.cancellation.check()
        try written?.append(&pending, context.spill)
    }

    /// The rows; nothing can be added any more.
    func finish() throws(DemetraError) -> any BatchSource {
        try write()
        let rows = MaterializedRows(batches: held)
        guard let written else { return rows }
        return ConcatenatedRows([rows, written])
    }
}

/// The rows of several sources, one after the other.
struct ConcatenatedRows: BatchSource {
    private let sources: [any BatchSource]
    /// The first morsel of each source, and the end of the last.
    private let starts: [Int]

    init(_ sources: [any BatchSource]) {
        self.sources = sources
        starts = sources.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.morselCount) }
    }

    var morselCount: Int { starts[starts.count - 1] }

    func makeCursor() throws(DemetraError) -> any BatchCursor {
        var cursors: [any BatchCursor] = []
        for source in sources { cursors.append(try source.makeCursor()) }
        return Cursor(cursors, starts)
    }

    private final class Cursor: BatchCursor {
        private let cursors: [any BatchCursor]
        private let starts: [Int]

        init(_ cursors: [any BatchCursor], _ starts: [Int]) {
            self.cursors = cursors
            self.starts = starts
        }

        func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            let source = (starts.firstIndex { $0 > morsel } ?? starts.count) - 1
            try cursors[source].read(morsel: morsel - starts[source], into: consumer)
        }
    }
}
