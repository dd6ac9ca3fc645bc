import DemetraPlanner
import DemetraTypes
import DemetraVectors
import Synchronization

/// ORDER BY with LIMIT: each worker keeps only the rows that can still be among the first.
///
/// Once a worker holds as many rows as are wanted, the worst of their first keys is a border for all workers:
/// rows behind it are dropped as they come, and a scan below reads the most promising row groups first and
/// passes over those whose zone maps lie behind the border.
struct TopOperator: PhysicalOperator {
    /// More rows than this are sorted as a whole.
    static let largestCount = 100_000
    /// What each worker holds at most, in rows that are wanted: those of the open morsel and those of the others, each
    /// up to twice as many before all but the first are dropped.
    private static let heldCounts = 4

    let input: any PhysicalOperator
    let keys: SortKeys
    let limit: ExpressionProgram
    let offset: ExpressionProgram?
    var layout: ColumnLayout { input.layout }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let bounds = try LimitBounds(limit: limit, offset: offset, context)
        let end = bounds.end ?? Int.max
        guard end <= Self.largestCount, fits(end, context) else {
            let sorted = SortOperator(input: input, keys: keys)
            return try LimitOperator(input: sorted, limit: limit, offset: offset, ties: nil)
                .open(context)
        }
        let border = SharedBorder(keys)
        let sink = TopSink(
            keys: keys, types: layout.types, count: end, border: border, context: context)
        let stream =
            if let border { try input.open(context, border: border) } else {
                try input.open(context)
            }
        try context.run(stream, into: sink)
        return BatchStream(source: sink.rows.slice(from: bounds.offset, to: end))
    }

    /// Whether workers may hold what they have to; a sort can put rows aside.
    private func fits(_ count: Int, _ context: ExecutionContext) -> Bool {
        guard context.spill.isAvailable else { return true }
        let rowBytes = layout.types.reduce(24) { $0 + ($1.physicalType == .text ? 48 : 16) }
        let limit = context.spill.budget("top", of: context.budget).limitBytes
        return count * rowBytes * Self.heldCounts * context.pool.slotCount <= limit
    }
}

/// The first rows of what all workers read.
private final class TopSink: PipelineSink {
    private let keys: SortKeys
    private let types: [LogicalType]
    private let count: Int
    private let border: SharedBorder?
    private let context: ExecutionContext
    private let budget: MemoryBudget
    private let result = Mutex<[Batch]>([])

    init(
        keys: SortKeys, types: [LogicalType], count: Int, border: SharedBorder?,
        context: ExecutionContext
    ) {
        self.keys = keys
        self.types = types
        self.count = count
        self.border = border
        self.context = context
        budget = context.budget.child("top")
    }

    var rows: MaterializedRows { MaterializedRows(batches: result.withLock { $0 }) }

    func makeLocal() -> any SinkLocal { Local(self) }

    /// The first `count` of the rows, sorted; ties keep their order.
    ///
    /// - Parameter placed: whether the rows carry their places, which then are their order.
    private func top(_ batches: [Batch], placed: Bool) throws(DemetraError) -> MaterializedRows {
        let rows = MaterializedRows(batches: batches)
        let total = rows.rowCount
        guard total > 0, count > 0 else { return MaterializedRows(batches: []) }
        let columns = try rows.columns(types: placed ? types + [.bigint] : types)
        var sortKeys = try keys.keys(columns, count: total, context)
        if placed, let places = columns.last { sortKeys.append(SortKey(places)) }
        let order = SortKernel.top(min(count, total), sortKeys, count: total)
        return MaterializedRows(
            columns: columns.map { $0.taking(rows: order) }, count: order.count)
    }

    func combine(_ locals: [any SinkLocal]) throws(DemetraError) {
        let kept = locals.compactMap { $0 as? Local }.flatMap(\.kept)
        let rows = try top(kept, placed: true)
        let batches = rows.batches.map { Batch(Array($0.vectors.dropLast()), count: $0.count) }
        result.withLock { $0 = batches }
    }

    // Owned by one worker.
    private final class Local: SinkLocal {
        private let sink: TopSink
        /// Rows of the open morsel.
        private var current: [Batch] = []
        private var currentCount = 0
        /// Rows of the others, each with its place: the number of its morsel and its own in there. Ties come out in the
        /// order of the source, whoever read them.
        private(set) var kept: [Batch] = []
        private var keptCount = 0
        private var heldBytes = 0
        private var reservedBytes = 0

        init(_ sink: TopSink) { self.sink = sink }

        deinit { sink.budget.release(reservedBytes) }

        private var mostRows: Int { sink.count * 2 + Batch.capacity }

        func consume(_ batch: Batch) throws(DemetraError) {
            let batch = try sink.border?.filter(batch, sink.context) ?? batch
            guard batch.count > 0 else { return }
            current.append(batch)
            currentCount += batch.count
            try hold(batch.memoryBytes)
            if currentCount > mostRows { try cutCurrent() }
        }

        func finishMorsel(_ index: Int) throws(DemetraError) {
            if currentCount > sink.count { try cutCurrent() }
            var place = Int64(index) << SortedRun.rowBits
            for batch in current {
                let places = Buffer((0..<Int64(batch.count)).map { place + $0 })
                let column = Vector(type: .bigint, count: batch.count, storage: .int64(places))
                kept.append(Batch(batch.vectors + [column], count: batch.count))
                place += Int64(batch.count)
            }
            keptCount += currentCount
            current = []
            currentCount = 0
            if keptCount > mostRows { try cutKept() }
        }

        private func cutCurrent() throws(DemetraError) {
            let rows = try sink.top(current, placed: false)
            current = rows.batches
            currentCount = rows.rowCount
            try cut(current, currentCount)
        }

        private func cutKept() throws(DemetraError) {
            let rows = try sink.top(kept, placed: true)
            kept = rows.batches
            keptCount = rows.rowCount
            try cut(kept, keptCount)
        }

        private func cut(_ batches: [Batch], _ count: Int) throws(DemetraError) {
            heldBytes = (current + kept).reduce(0) { $0 + $1.memoryBytes }
            guard let border = sink.border, count >= sink.count else { return }
            try border.tighten(batches, sink.context)
        }

        private func hold(_ byteCount: Int) throws(DemetraError) {
            heldBytes += byteCount
            // The joined columns stand beside the rows while they are cut.
            let wanted = heldBytes * 2 - reservedBytes
            guard wanted > 0 else { return }
            try sink.budget.reserve(wanted)
            reservedBytes += wanted
        }
    }
}
