import DemetraTypes
import DemetraVectors
import Synchronization

/// Hands rows to the client while the query still runs, in the order of the source.
///
/// A large source is run in waves of morsels: the workers share a wave, its rows are delivered in
/// order, then the next wave begins. So memory stays bounded however slow the client is.
final class ResultSink {
    /// Morsels of a wave: enough for all workers, few enough to wait in memory.
    private static let morselsPerWave = 16
    /// A wave may take an eighth of the memory allowed, when a morsel of a wide table takes so many bytes.
    private static let morselBytes = 8 << 20

    private let output: any StatementOutput
    private(set) var rowCount = 0

    init(output: any StatementOutput) { self.output = output }

    func run(_ stream: BatchStream, _ context: ExecutionContext) throws(DemetraError) {
        let count = stream.source.morselCount
        if count <= 1 || context.pool.slotCount == 1 { return try runInline(stream, context) }
        let affordable = context.budget.lowestLimitBytes / 8 / Self.morselBytes
        let waveCount = max(context.pool.slotCount, min(Self.morselsPerWave, affordable))
        var start = 0
        while start < count {
            let wave = MorselRange(
                source: stream.source, start: start, count: min(waveCount, count - start))
            let rows = try context.collect(BatchStream(source: wave, stages: stream.stages))
            for batch in rows.batches { try deliver(batch) }
            context.budget.release(rows.batches.reduce(0) { $0 + $1.byteCount })
            start += waveCount
        }
    }

    private func deliver(_ batch: Batch) throws(DemetraError) {
        guard batch.count > 0 else { return }
        rowCount += batch.count
        try output.rows(batch)
    }

    /// Small answers: this thread reads and delivers.
    private func runInline(
        _ stream: BatchStream, _ context: ExecutionContext
    ) throws(DemetraError) {
        let consumer = Consumer(self)
        var first: any BatchConsumer = consumer
        for stage in stream.stages.reversed() { first = stage.makeConsumer(first) }
        let cursor = try stream.source.makeCursor()
        for morsel in 0..<stream.source.morselCount {
            try context.cancellation.check()
            try cursor.read(morsel: morsel, into: first)
        }
    }

    private final class Consumer: BatchConsumer {
        private let sink: ResultSink
        init(_ sink: ResultSink) { self.sink = sink }
        var wantsMore: Bool { true }
        func consume(_ batch: Batch) throws(DemetraError) { try sink.deliver(batch) }
    }
}

/// Some morsels of a source.
private struct MorselRange: BatchSource {
    let source: any BatchSource
    let start: Int
    let count: Int

    var morselCount: Int { count }

    func makeCursor() throws(DemetraError) -> any BatchCursor {
        Cursor(try source.makeCursor(), start)
    }

    private final class Cursor: BatchCursor {
        private let cursor: any BatchCursor
        private let start: Int

        init(_ cursor: any BatchCursor, _ start: Int) {
            self.cursor = cursor
            self.start = start
        }

        func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            try cursor.read(morsel: start + morsel, into: consumer)
        }
    }
}
