import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// Sorts any number of rows: in memory while they fit, else as runs in files that are merged as they are read.
///
///     worker 1   batches ... full: sort, write run 1    ... full: run 3   \
///     worker 2   batches ... full: sort, write run 2    ...     : run 4   /  merge ---> rows in order
///
/// Equal rows keep the order of the input, whichever worker had them.
///
/// - Source: Knuth, The Art of Computer Programming 3, 5.4: external sorting.
final class ExternalSort: PipelineSink {
    /// Runs that are merged at a time.
    private static let mergedRuns = 48

    private enum Output: Sendable {
        case rows(MaterializedRows)
        case runs([SortedRun])
    }

    let keys: SortKeys
    let types: [LogicalType]
    let context: ExecutionContext
    let budget: MemoryBudget
    private let output = Mutex<Output>(.rows(MaterializedRows(batches: [])))

    /// What a row takes besides its columns.
    let rowBytes: Int

    /// - Parameters:
    ///   - name: what errors call the operator.
    ///   - rowBytes: what a row takes besides its columns while all are in memory: keys, order, place.
    init(
        keys: SortKeys, types: [LogicalType], for name: String, rowBytes: Int = 40,
        _ context: ExecutionContext
    ) {
        self.keys = keys
        self.types = types
        self.rowBytes = rowBytes
        self.context = context
        budget = context.spill.budget(name, of: context.budget)
    }

    func makeLocal() -> any SinkLocal { RunWriter(self) }

    func combine(_ locals: [any SinkLocal]) throws(DemetraError) {
        let writers = locals.compactMap { $0 as? RunWriter }
        if writers.allSatisfy(\.runs.isEmpty) {
            let held = writers.flatMap { $0.taken() }.enumerated().sorted {
                ($0.element.morsel, $0.offset) < ($1.element.morsel, $1.offset)
            }
            let rows = MaterializedRows(batches: held.map(\.element.batch))
            return output.withLock { $0 = .rows(rows) }
        }
        var runs: [SortedRun] = []
        for writer in writers { runs += try writer.finish() }
        while runs.count > Self.mergedRuns {
            let merged = try merge(Array(runs.prefix(Self.mergedRuns)))
            runs.removeFirst(Self.mergedRuns)
            runs.append(merged)
        }
        output.withLock { $0 = .runs(runs) }
    }

    private func merge(_ runs: [SortedRun]) throws(DemetraError) -> SortedRun {
        let merger = try RunMerger(
            runs, types: types, givesKeys: true, cancellation: context.cancellation)
        var merged = SortedRun(try context.spill.makeFile())
        while let rows = try merger.next() {
            try merged.append(
                rows.columns, keys: try rows.keys(), places: try rows.places(), context.spill)
        }
        return merged
    }

    /// The rows as they came, once all have been taken in; nil when they did not fit into memory.
    var unsortedRows: MaterializedRows? {
        output.withLock { if case .rows(let rows) = $0 { rows } else { nil } }
    }

    /// Gives the rows in order, when they did not fit into memory.
    ///
    /// - Parameter givesKeys: whether keys and places come with the rows.
    func makeMerger(givesKeys: Bool = false) throws(DemetraError) -> RunMerger {
        guard case .runs(let runs) = output.withLock({ $0 }) else {
            throw DemetraError(.internalError, "rows of a sort are still in memory")
        }
        return try RunMerger(
            runs, types: types, givesKeys: givesKeys, cancellation: context.cancellation)
    }

    /// The rows in order, once all have been taken in.
    func stream() throws(DemetraError) -> BatchStream {
        switch output.withLock({ $0 }) {
        case .runs(let runs):
            return BatchStream(
                source: MergedRuns(runs: runs, types: types, cancellation: context.cancellation))
        case .rows(let rows):
            return BatchStream(source: rows.rowCount > 1 ? try sorted(rows) : rows)
        }
    }

    /// Gives the rows in order, whether they fit into memory or not, to one reader.
    func makeReader() throws(DemetraError) -> SortedBatches {
        guard let rows = unsortedRows else { return SortedBatches(merging: try makeMerger()) }
        guard rows.rowCount > 1 else {
            let columns = try rows.columns(types: types)
            return SortedBatches(
                SortedRows(
                    columns: columns,
                    permutation: TakeKernel.range(from: 0, count: rows.rowCount)))
        }
        return SortedBatches(try sorted(rows))
    }

    private func sorted(_ rows: MaterializedRows) throws(DemetraError) -> SortedRows {
        let count = rows.rowCount
        let columns = try rows.columns(types: types)
        let sortKeys = try keys.keys(columns, count: count, context)
        let permutation = SortKernel.permutation(sortKeys, count: count)
        return SortedRows(columns: columns, permutation: permutation)
    }
}

/// Rows that are merged as they are read, by one thread.
struct MergedRuns: BatchSource {
    let runs: [SortedRun]
    let types: [LogicalType]
    let cancellation: CancellationFlag

    var morselCount: Int { 1 }

    func makeCursor() throws(DemetraError) -> any BatchCursor { Cursor(self) }

    private final class Cursor: BatchCursor {
        private let rows: MergedRuns
        init(_ rows: MergedRuns) { self.rows = rows }

        func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            let merger = try RunMerger(
                rows.runs, types: rows.types, cancellation: rows.cancellation)
            while consumer.wantsMore, let next = try merger.next() {
                for (start, count) in BatchRanges(next.count) where consumer.wantsMore {
                    let vectors = next.columns.map { $0.slice(from: start, count: count) }
                    try consumer.consume(Batch(vectors, count: count))
                }
            }
        }
    }
}

/// Sorted rows one batch after the other.
// Owned by one thread.
final class SortedBatches {
    private let merger: RunMerger?
    private let rows: SortedRows?
    private var start = 0

    init(merging merger: RunMerger) {
        self.merger = merger
        rows = nil
    }

    init(_ rows: SortedRows) {
        self.rows = rows
        merger = nil
    }

    /// The next rows; nil behind the last.
    func next() throws(DemetraError) -> Batch? {
        if let merger {
            return try merger.next().map { Batch($0.columns, count: $0.count) }
        }
        guard let rows, start < rows.permutation.count else { return nil }
        let count = min(Batch.capacity, rows.permutation.count - start)
        let order = TakeKernel.slice(rows.permutation, from: start, count: count)
        start += count
        return Batch(rows.columns.map { $0.taking(rows: order) }, count: count)
    }
}
