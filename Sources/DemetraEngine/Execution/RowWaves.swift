import DemetraTypes
import DemetraVectors

/// The rows of a stream in its order, for a client that takes them while the query still runs.
///
/// All workers share a wave of morsels, whose rows are kept; then the next wave begins, with more or fewer morsels by
/// what the rows of the last one took. So memory is bounded however slow the client is, and for all clients together. A
/// wave that finds no room is given up: its rows are made again by one thread, which keeps none.
// Owned by one thread.
final class RowWaves {
    /// What the stream has next.
    enum Wave {
        case rows([Batch])
        /// The rows from here on do not fit: `runInline` gives them one batch at a time.
        case tooMany
        case end
    }

    /// Morsels of a wave, for each worker, at most.
    private static let mostMorsels = 8
    /// What a wave may take for each worker; and parts of the memory allowed that it may take.
    private static let workerBytes = 8 << 20
    private static let memoryParts = 8

    private let stream: BatchStream
    private let context: ExecutionContext
    private var morselCount: Int
    /// What the workers of a wave may keep together.
    private lazy var room = context.results.child("result", limitBytes: byteLimit)
    private let byteLimit: Int
    private var nextMorsel = 0

    init(_ stream: BatchStream, _ context: ExecutionContext) {
        self.stream = stream
        self.context = context
        morselCount = context.pool.slotCount
        byteLimit = min(
            context.budget.lowestLimitBytes / Self.memoryParts,
            context.pool.slotCount * Self.workerBytes)
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
        adjust(count, room.usedBytes)
        return .rows(sink.rows.batches)
    }

    /// Waves are to take half of their room, as far as the last one tells.
    private func adjust(_ count: Int, _ byteCount: Int) {
        let fitting = byteLimit / 2 * count / max(1, byteCount)
        morselCount = max(
            context.pool.slotCount, min(fitting, Self.mostMorsels * context.pool.slotCount))
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
