import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Repeats rows for the rows that set-returning functions make of them, batch by batch: however long a series
/// is, one batch of it exists at a time.
struct ExpandOperator: PhysicalOperator {
    /// A function, its arguments among the program's outputs, and the types of its columns.
    struct Call: Sendable {
        let function: SetFunction
        let arguments: Range<Int>
        let types: [LogicalType]
    }

    let input: any PhysicalOperator
    let program: ExpressionProgram
    let calls: [Call]
    let hasOrdinality: Bool
    let keepsEmpty: Bool
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        try input.open(context).adding(Stage(expand: self, context: context))
    }

    private struct Stage: StreamStage {
        let expand: ExpandOperator
        let context: ExecutionContext

        func makeConsumer(_ next: any BatchConsumer) -> any BatchConsumer {
            Consumer(expand, context, next)
        }
    }

    private final class Consumer: BatchConsumer {
        private let expand: ExpandOperator
        private let context: ExecutionContext
        private let next: any BatchConsumer
        private let evaluator: ExpressionEvaluator
        /// A builder for each column of each call.
        private let builders: [[ColumnCollector]]
        /// The input's row for each row collected, and its number among those of its row.
        private var rows: [Int32] = []
        private var numbers: [Int64] = []

        init(
            _ expand: ExpandOperator, _ context: ExecutionContext, _ next: any BatchConsumer
        ) {
            self.expand = expand
            self.context = context
            self.next = next
            evaluator = ExpressionEvaluator(expand.program, context)
            builders = expand.calls.map { $0.types.map { ColumnCollector($0) } }
        }

        var wantsMore: Bool { next.wantsMore }

        func consume(_ batch: Batch) throws(DemetraError) {
            let values = try evaluator.evaluate(batch)
            var sets: [any SetRows] = []
            var arguments: [[Vector]] = []
            for call in expand.calls {
                let own = Array(values[call.arguments])
                sets.append(try call.function.makeRows(own, batch.count, context.evaluation))
                arguments.append(own)
            }
            for row in 0..<batch.count {
                guard next.wantsMore else { break }
                try expandRow(row, sets, arguments, batch)
            }
            try flush(batch)
        }

        private func expandRow(
            _ row: Int, _ sets: [any SetRows], _ arguments: [[Vector]], _ batch: Batch
        ) throws(DemetraError) {
            var counts: [Int] = []
            for (index, set) in sets.enumerated() {
                let isEmpty =
                    expand.calls[index].function.isStrict
                    && arguments[index].contains { !$0.isValid(row) }
                counts.append(isEmpty ? 0 : try set.count(of: row))
            }
            var total = counts.max() ?? 0
            let isPadded = total == 0 && expand.keepsEmpty
            if isPadded { total = 1 }
            var done = 0
            while done < total, next.wantsMore {
                let count = min(total - done, Batch.capacity - rows.count)
                rows.append(contentsOf: repeatElement(Int32(row), count: count))
                // Of a row that only stays there is no number.
                for number in 0..<count { numbers.append(isPadded ? 0 : Int64(done + number + 1)) }
                for (index, set) in sets.enumerated() {
                    let given = max(0, min(counts[index] - done, count))
                    for (column, collector) in builders[index].enumerated() {
                        if given > 0 {
                            try set.append(
                                row: row, from: done, count: given, column: column,
                                to: &collector.builder)
                        }
                        for _ in given..<count { collector.builder.appendNull() }
                    }
                }
                done += count
                if rows.count == Batch.capacity { try flush(batch) }
            }
        }

        private func flush(_ batch: Batch) throws(DemetraError) {
            guard !rows.isEmpty else { return }
            try context.cancellation.check()
            let taken = Buffer(rows)
            var vectors = batch.vectors.map { $0.taking(rows: taken) }
            for collector in builders.joined() { vectors.append(collector.finish()) }
            if expand.hasOrdinality {
                let column = numbers.map { $0 == 0 ? Value.null : .integer($0) }
                vectors.append(Vector(column, type: .bigint))
            }
            let count = rows.count
            rows.removeAll(keepingCapacity: true)
            numbers.removeAll(keepingCapacity: true)
            try next.consume(Batch(vectors, count: count))
        }
    }
}

/// A builder that starts anew once its rows are taken.
// Owned by one worker.
private final class ColumnCollector {
    var builder: VectorBuilder
    private let type: LogicalType

    init(_ type: LogicalType) {
        self.type = type
        builder = VectorBuilder(type: type, capacity: Batch.capacity)
    }

    /// The rows so far.
    func finish() -> Vector {
        var full = VectorBuilder(type: type, capacity: Batch.capacity)
        swap(&full, &builder)
        return full.finish()
    }
}
