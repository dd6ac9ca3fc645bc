import DemetraTypes
import DemetraVectors

/// The rows of a stream in its order, for a client that takes them while the query still runs.
///
/// All workers share a wave of morsels, whose rows are kept; then the next wave begins. So memory is bounded however
/// slow the client is. A wave whose morsels give far more rows than they have, as a join may, is given up: its rows
/// are made again by one thread, which keeps none.
// Owned by one thread.
final class RowWaves {
    /// What the stream has next.
    enum Wave {
        case rows([Batch])
        /// The rows from here on do not fit: `runInline` gives them one batch at a time.
        case tooMany
        case end
    }

    /// Morsels of a wave: enough for all workers, few enough to wait in memory.
    private static let morselsPerWave = 16
    /// What a morsel of a wide table takes.
    private static let morselBytes = 8 << 20
    /// Parts of the memory allowed that a wave may take.
    private static let memoryParts = 8

    private let stream: BatchStream
    private let context: ExecutionContext
    private let morselCount: Int
    /// What the workers of a wave may keep together.
    private lazy var room = context.budget.child("result", limitBytes: byteLimit)
    private let byteLimit: Int
    private var nextMorsel = 0

    init(_ stream: BatchStream, _ context: ExecutionContext) {
        self.stream = stream
        self.context = context
        byteLimit = context.budget.lowestLimitBytes / Self.memoryParts
        morselCount = max(
            context.pool.slotCount, min(Self.morselsPerWave, byteLimit / Self.morselBytes))
    }

    /// True when the next wave has one worker only: its rows need not be kept.
    var isSerial: Bool {
        context.pool.slotCount == 1 || stream.source.morselCount - nextMorsel <= 1
    }

    /// The rows of the next wave; they are counted in the budget until `release` is called.
    func next() throws(DemetraError) -> Wave {
        let count = min(morselCount, stream.source.morselCount - nextMorsel)
        guard count > 0 else { return .end }
        try context.cancellation.check()
        let wave = MorselRange(source: stream.source, start: nextMorsel, count: count)
        let sink = CollectSink(budget: room)
        do throws(DemetraError) {
            try context.run(BatchStream(source: wave, stages: stream.stages), into: sink)
        } catch {
            release()
            // Where the memory was short for another reason, the one thread meets it again.
            guard error.sqlState == .outOfMemory else { throw error }
            return .tooMany
        }
        nextMorsel += count
        return .rows(sink.rows.batches)
    }

    /// The rows that `next` gave are not kept any more.
    func release() { room.release(room.usedBytes) }

    /// Gives all rows from here on, on this thread.
    func runInline(
        _ deliver: @escaping (Batch) throws(DemetraError) -> Void
    ) throws(DemetraError) {
        let consumer = Consumer(context.cancellation, deliver)
        var first: any BatchConsumer = consumer
        for stage in stream.stages.reversed() { first = stage.makeConsumer(first) }
        let cursor = try stream.source.makeCursor()
        while nextMorsel < stream.source.morselCount {
            try context.cancellation.check()
            try cursor.read(morsel: nextMorsel, into: first)
            nextMorsel += 1
        }
    }

    private final class Consumer: BatchConsumer {
        private let cancellation: CancellationFlag
        private let deliver: (Batch) throws(DemetraError) -> Void

        init(
            _ cancellation: CancellationFlag,
            _ deliver: @escaping (Batch) throws(DemetraError) -> Void
        ) {
            self.cancellation = cancellation
            self.deliver = deliver
        }

        var wantsMore: Bool { true }

        func consume(_ batch: Batch) throws(DemetraError) {
            try cancellation.check()
            try deliver(batch)
        }
    }
}
