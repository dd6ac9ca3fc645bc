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

    let input: any PhysicalOperator
    let keys: SortKeys
    let limit: ExpressionProgram
    let offset: ExpressionProgram?
    var layout: ColumnLayout { input.layout }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let bounds = try LimitBounds(limit: limit, offset: offset, context)
        let end = bounds.end ?? Int.max
        guard end <= Self.largestCount else {
            let sorted = SortOperator(input: input, keys: keys)
            return try LimitOperator(input: sorted, limit: limit, offset: offset, ties: nil)
                .open(context)
        }
        let border = SharedBorder(keys)
        let sink = Sink(
            keys: keys, types: layout.types, count: end, border: border, context: context)
        let stream =
            if let border { try input.open(context, border: border) } else {
                try input.open(context)
            }
        try context.run(stream, into: sink)
        return BatchStream(source: sink.rows.slice(from: bounds.offset, to: end))
    }

    private final class Sink: PipelineSink {
        let keys: SortKeys
        let types: [LogicalType]
        let count: Int
        let border: SharedBorder?
        let context: ExecutionContext
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
        }

        var rows: MaterializedRows { MaterializedRows(batches: result.withLock { $0 }) }

        func makeLocal() -> any SinkLocal { Local(self) }

        /// The first `count` of the rows, sorted; ties keep their order.
        func top(_ batches: [Batch]) throws(DemetraError) -> MaterializedRows {
            let rows = MaterializedRows(batches: batches)
            let total = rows.rowCount
            guard total > 0, count > 0 else { return MaterializedRows(batches: []) }
            let columns = try rows.columns(types: types)
            let sortKeys = try keys.keys(columns, count: total, context)
            let order = SortKernel.top(min(count, total), sortKeys, count: total)
            return MaterializedRows(
                columns: columns.map { $0.taking(rows: order) }, count: order.count)
        }

        func combine(_ locals: [any SinkLocal]) throws(DemetraError) {
            // By morsel, so that ties come out in the order of the source whoever read them.
            var parts: [(morsel: Int, batches: [Batch])] = []
            for case let local as Local in locals { parts += local.morsels }
            parts.sort { $0.morsel < $1.morsel }
            let rows = try top(parts.flatMap(\.batches))
            result.withLock { $0 = rows.batches }
        }

        private final class Local: SinkLocal {
            private let sink: Sink
            private var current: [Batch] = []
            private var currentCount = 0
            private(set) var morsels: [(morsel: Int, batches: [Batch])] = []

            init(_ sink: Sink) { self.sink = sink }

            func consume(_ batch: Batch) throws(DemetraError) {
                let batch = try sink.border?.filter(batch, sink.context) ?? batch
                guard batch.count > 0 else { return }
                current.append(batch)
                currentCount += batch.count
                if currentCount > sink.count * 2 + Batch.capacity { try cut() }
            }

            func finishMorsel(_ index: Int) throws(DemetraError) {
                if currentCount > sink.count { try cut() }
                if !current.isEmpty { morsels.append((index, current)) }
                current = []
                currentCount = 0
            }

            private func cut() throws(DemetraError) {
                let rows = try sink.top(current)
                current = rows.batches
                currentCount = rows.rowCount
                guard let border = sink.border, currentCount >= sink.count else { return }
                try border.tighten(current, sink.context)
            }
        }
    }
}
