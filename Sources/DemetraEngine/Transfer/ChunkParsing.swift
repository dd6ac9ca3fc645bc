import DemetraTypes
import Synchronization

/// Parses chunks of a file on all workers, some at a time, and gives them back in order.
final class ChunkParsing<Chunk: Sendable, Parsed: Sendable> {
    private let pool: WorkerPool
    private let parse: @Sendable (Chunk) throws(DemetraError) -> Parsed
    private var waiting: [Chunk] = []

    init(
        pool: WorkerPool,
        parse: @escaping @Sendable (Chunk) throws(DemetraError) -> Parsed
    ) {
        self.pool = pool
        self.parse = parse
    }

    /// Takes a chunk; gives parsed ones when enough wait to keep all workers busy.
    func add(_ chunk: Chunk) throws(DemetraError) -> [Parsed] {
        waiting.append(chunk)
        return waiting.count >= pool.slotCount * 2 ? try finish() : []
    }

    /// Parses what waits.
    ///
    /// - Throws: the error of the first chunk in the file that has one.
    func finish() throws(DemetraError) -> [Parsed] {
        let job = Job(waiting, parse)
        waiting = []
        pool.run(job, parallel: job.count > 1)
        return try job.results()
    }

    private final class Job: ParallelJob {
        private let chunks: [Chunk]
        private let parse: @Sendable (Chunk) throws(DemetraError) -> Parsed
        private let next = Atomic<Int>(0)
        private let outcomes: Mutex<[Result<Parsed, DemetraError>?]>
        var count: Int { chunks.count }

        init(
            _ chunks: [Chunk],
            _ parse: @escaping @Sendable (Chunk) throws(DemetraError) -> Parsed
        ) {
            self.chunks = chunks
            self.parse = parse
            outcomes = Mutex(Array(repeating: nil, count: chunks.count))
        }

        func step(slot: Int) -> Bool {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < chunks.count else { return false }
            let outcome: Result<Parsed, DemetraError>
            do {
                outcome = .success(try parse(chunks[index]))
            } catch {
                outcome = .failure(error)
            }
            outcomes.withLock { $0[index] = outcome }
            return true
        }

        func results() throws(DemetraError) -> [Parsed] {
            var parsed: [Parsed] = []
            for outcome in outcomes.withLock({ $0 }) {
                if let outcome { parsed.append(try outcome.get()) }
            }
            return parsed
        }
    }
}
