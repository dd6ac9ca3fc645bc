import DemetraPlanner
import DemetraTypes
import DemetraVectors
import Synchronization

/// LIMIT and OFFSET over rows in the order of their source.
struct LimitOperator: PhysicalOperator {
    let input: any PhysicalOperator
    let limit: ExpressionProgram?
    let offset: ExpressionProgram?
    /// WITH TIES: the sort keys whose equality makes a tie.
    let ties: SortKeys?
    var layout: ColumnLayout { input.layout }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let bounds = try LimitBounds(limit: limit, offset: offset, context)
        let stream = try input.open(context)
        let sink = Sink(
            prefix: ties == nil ? bounds.end : nil, budget: context.budget.child("limit"))
        try context.run(stream, into: sink)
        var rows = sink.rows
        var end = bounds.end ?? rows.rowCount
        if let ties, end < rows.rowCount, end > bounds.offset {
            let columns = try rows.columns(types: layout.types)
            end = try ties.endOfTies(columns, count: rows.rowCount, last: end - 1, context)
        }
        rows = rows.slice(from: bounds.offset, to: end)
        return BatchStream(source: rows)
    }

    /// Keeps at most the first rows of the source: workers may run ahead, so the cut comes at the end.
    private final class Sink: PipelineSink {
        private let prefix: Int?
        private let budget: MemoryBudget
        private let state = Mutex<(rows: [Batch], done: [Int: Int], complete: Bool)>(
            ([], [:], false))

        init(prefix: Int?, budget: MemoryBudget) {
            self.prefix = prefix
            self.budget = budget
        }

        var rows: MaterializedRows { MaterializedRows(batches: state.withLock { $0.rows }) }

        func makeLocal() -> any SinkLocal { Local(self) }

        /// True once the morsels from the first on hold enough rows.
        var isComplete: Bool { state.withLock { $0.complete } }

        func finished(morsel: Int, rowCount: Int) {
            guard let prefix else { return }
            state.withLock { state in
                state.done[morsel] = rowCount
                var total = 0
                var next = 0
                while let count = state.done[next] {
                    total += count
                    next += 1
                }
                if total >= prefix { state.complete = true }
            }
        }

        func combine(_ locals: [any SinkLocal]) {
            var parts: [(morsel: Int, batches: [Batch])] = []
            for case let local as Local in locals { parts += local.morsels }
            parts.sort { $0.morsel < $1.morsel }
            let batches = parts.flatMap(\.batches)
            state.withLock { $0.rows = batches }
        }

        private final class Local: SinkLocal {
            private let sink: Sink
            private var current: [Batch] = []
            private var count = 0
            private(set) var morsels: [(morsel: Int, batches: [Batch])] = []

            init(_ sink: Sink) { self.sink = sink }

            var wantsMore: Bool {
                guard let prefix = sink.prefix else { return true }
                return count < prefix && !sink.isComplete
            }

            func consume(_ batch: Batch) throws(DemetraError) {
                try sink.budget.reserve(batch.byteCount)
                current.append(batch)
                count += batch.count
            }

            func finishMorsel(_ index: Int) {
                sink.finished(morsel: index, rowCount: count)
                if !current.isEmpty { morsels.append((index, current)) }
                current = []
                count = 0
            }
        }
    }
}

/// LIMIT and OFFSET as numbers.
struct LimitBounds {
    /// Rows left out first.
    let offset: Int
    /// Position behind the last row, or nil without a limit.
    let end: Int?

    init(
        limit: ExpressionProgram?, offset: ExpressionProgram?, _ context: ExecutionContext
    ) throws(DemetraError) {
        let skipped = try Self.number(offset, context) ?? 0
        guard skipped >= 0 else {
            throw DemetraError(.invalidRowCountInOffset, "OFFSET must not be negative")
        }
        let count = try Self.number(limit, context)
        if let count, count < 0 {
            throw DemetraError(.invalidRowCountInLimit, "LIMIT must not be negative")
        }
        self.offset = skipped
        end = count.map { $0 > Int.max - skipped ? Int.max : skipped + $0 }
    }

    private static func number(
        _ program: ExpressionProgram?, _ context: ExecutionContext
    ) throws(DemetraError) -> Int? {
        guard let program else { return nil }
        let evaluator = ExpressionEvaluator(program, context)
        let value = try evaluator.evaluateOne(Batch([], count: 1)).value(at: 0)
        if case .integer(let number) = value { return Int(number) }
        return nil
    }
}

extension MaterializedRows {
    /// Rows start..<end; bounds beyond the rows are cut.
    func slice(from start: Int, to end: Int) -> MaterializedRows {
        var result: [Batch] = []
        var position = 0
        for batch in batches {
            let lower = max(start - position, 0)
            let upper = min(end - position, batch.count)
            if lower == 0, upper == batch.count {
                result.append(batch)
            } else if lower < upper {
                let vectors = batch.vectors.map { $0.slice(from: lower, count: upper - lower) }
                result.append(Batch(vectors, count: upper - lower))
            }
            position += batch.count
            if position >= end { break }
        }
        return MaterializedRows(batches: result)
    }
}
