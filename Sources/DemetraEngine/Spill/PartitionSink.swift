import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// Puts all rows aside by the hash of their keys.
final class PartitionSink: PipelineSink {
    private let keys: ExpressionProgram
    private let context: ExecutionContext
    private let output = Mutex<[[SpilledRows]]>([])

    init(keys: ExpressionProgram, _ context: ExecutionContext) {
        self.keys = keys
        self.context = context
    }

    /// For each partition the rows of all workers.
    var partitions: [[SpilledRows]] { output.withLock { $0 } }

    func makeLocal() throws(DemetraError) -> any SinkLocal { try Local(keys, context) }

    func combine(_ locals: [any SinkLocal]) throws(DemetraError) {
        var parts: [[SpilledRows]] = []
        for case let local as Local in locals { parts.append(try local.writer.finish()) }
        let partitions = PartitionWriter.transposed(parts)
        output.withLock { $0 = partitions }
    }

    private final class Local: SinkLocal {
        private let keys: ExpressionEvaluator
        let writer: PartitionWriter

        init(_ keys: ExpressionProgram, _ context: ExecutionContext) throws(DemetraError) {
            self.keys = ExpressionEvaluator(keys, context)
            writer = try PartitionWriter(context.spill, level: 0, context.cancellation)
        }

        func consume(_ batch: Batch) throws(DemetraError) {
            try writer.append(batch, keys: try keys.evaluate(batch))
        }
    }
}

extension PartitionWriter {
    /// For each partition the rows of all writers.
    static func transposed(_ writers: [[SpilledRows]]) -> [[SpilledRows]] {
        (0..<partitionCount).map { partition in
            writers.map { $0[partition] }.filter { $0.morselCount > 0 }
        }
    }
}

/// What is known of a build side as a whole when its rows are in partitions.
struct BuildTotals: Sendable {
    var rowCount = 0
    var hasNullKey = false
}

/// Keeps the build side of a join in memory; when it does not fit, puts all of it aside by its keys.
final class BuildCollector: PipelineSink {
    /// Beside the rows there are the joined columns, while they are joined.
    private static let copies = 2
    /// What the hash table takes for a row.
    private static let rowBytes = 48

    /// The rows of a build side that was put aside.
    struct Aside: Sendable {
        let partitions: [[SpilledRows]]
        let totals: BuildTotals
    }

    private let join: HashJoinOperator
    private let context: ExecutionContext
    private let budget: MemoryBudget
    private let output = Mutex<(rows: [Batch], surplus: Int, aside: Aside?)>(([], 0, nil))

    init(join: HashJoinOperator, _ context: ExecutionContext) {
        self.join = join
        self.context = context
        budget = context.spill.budget("join", of: context.budget)
    }

    /// The rows, when they fit; they are not kept here any longer.
    func takeRows() -> MaterializedRows {
        MaterializedRows(
            batches: output.withLock { output in
                defer { output.rows = [] }
                return output.rows
            })
    }

    /// Gives back what a second copy of the rows takes, once their columns are joined.
    func settle() {
        let surplus = output.withLock { output in
            defer { output.surplus = 0 }
            return output.surplus
        }
        budget.release(surplus)
    }

    /// The rows, when they did not.
    var aside: Aside? { output.withLock { $0.aside } }

    /// Without keys there are no partitions, and `(a, b) NOT IN` asks about every row of the other side.
    private var canPartition: Bool {
        guard context.spill.isAvailable, !join.rightKeys.outputs.isEmpty else { return false }
        switch join.kind {
        case .nullAwareAnti, .mark(_, isNullAware: true): return join.rightKeys.outputs.count == 1
        default: return true
        }
    }

    static func cost(_ batch: Batch) -> Int {
        batch.memoryBytes * copies + batch.count * rowBytes
    }

    func makeLocal() -> any SinkLocal { Local(self) }

    func combine(_ locals: [any SinkLocal]) throws(DemetraError) {
        let parts = locals.compactMap { $0 as? Local }
        guard parts.contains(where: { $0.writer != nil }) else {
            let rows = MorselBatches.inOrder(parts.map(\.held))
            let surplus = rows.reduce(0) { $0 + $1.memoryBytes * (Self.copies - 1) }
            return output.withLock { ($0.rows, $0.surplus) = (rows, surplus) }
        }
        var written: [[SpilledRows]] = []
        var totals = BuildTotals()
        for part in parts {
            written.append(try part.putAside().finish())
            totals.rowCount += part.totals.rowCount
            totals.hasNullKey = totals.hasNullKey || part.totals.hasNullKey
        }
        let aside = Aside(partitions: PartitionWriter.transposed(written), totals: totals)
        output.withLock { $0.aside = aside }
    }

    private final class Local: SinkLocal {
        private let collector: BuildCollector
        private(set) var held = MorselBatches()
        private var reservedBytes = 0
        private(set) var writer: PartitionWriter?
        private(set) var totals = BuildTotals()
        private let keys: ExpressionEvaluator

        init(_ collector: BuildCollector) {
            self.collector = collector
            keys = ExpressionEvaluator(collector.join.rightKeys, collector.context)
        }

        func consume(_ batch: Batch) throws(DemetraError) {
            guard batch.count > 0 else { return }
            if writer != nil { return try write(batch) }
            let cost = BuildCollector.cost(batch)
            guard collector.canPartition else {
                try collector.budget.reserve(cost)
                return held.append(batch)
            }
            guard collector.budget.reserveIfPossible(cost) else {
                _ = try putAside()
                return try write(batch)
            }
            reservedBytes += cost
            held.append(batch)
        }

        func finishMorsel(_ index: Int) { held.finishMorsel(index) }

        /// Writes what is in memory.
        func putAside() throws(DemetraError) -> PartitionWriter {
            if let writer { return writer }
            let writer = try PartitionWriter(
                collector.context.spill, level: 0, collector.context.cancellation)
            self.writer = writer
            for batch in held.taken() { try write(batch) }
            collector.budget.release(reservedBytes)
            reservedBytes = 0
            return writer
        }

        private func write(_ batch: Batch) throws(DemetraError) {
            let keyVectors = try keys.evaluate(batch)
            totals.rowCount += batch.count
            if keyVectors.contains(where: \.hasNulls) { totals.hasNullKey = true }
            try writer?.append(batch, keys: keyVectors)
        }
    }
}
