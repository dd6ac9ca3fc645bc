import DemetraFormats
import DemetraTypes
import Synchronization

/// Parses chunks of a file on all workers, some at a time, and gives them back in order.
final class ChunkParsing {
    private let pool: WorkerPool
    private let parse: @Sendable (CSVChunk) throws(DemetraError) -> ParsedChunk
    private var waiting: [CSVChunk] = []

    init(
        pool: WorkerPool,
        parse: @escaping @Sendable (CSVChunk) throws(DemetraError) -> ParsedChunk
    ) {
        self.pool = pool
        self.parse = parse
    }

    /// Takes a chunk; gives parsed ones when enough wait to keep all workers busy.
    func add(_ chunk: CSVChunk) throws(DemetraError) -> [ParsedChunk] {
        waiting.append(chunk)
        return waiting.count >= pool.slotCount * 2 ? try finish() : []
    }

    /// Parses what waits.
    ///
    /// - Throws: the error of the first chunk in the file that has one.
    func finish() throws(DemetraError) -> [ParsedChunk] {
        let job = Job(waiting, parse)
        waiting = []
        pool.run(job, parallel: job.count > 1)
        return try job.results()
    }

    private final class Job: ParallelJob {
        private let chunks: [CSVChunk]
        private let parse: @Sendable (CSVChunk) throws(DemetraError) -> ParsedChunk
        private let next = Atomic<Int>(0)
        private let outcomes: Mutex<[Result<ParsedChunk, DemetraError>?]>
        var count: Int { chunks.count }

        init(
            _ chunks: [CSVChunk],
            _ parse: @escaping @Sendable (CSVChunk) throws(DemetraError) -> ParsedChunk
        ) {
            self.chunks = chunks
            self.parse = parse
            outcomes = Mutex(Array(repeating: nil, count: chunks.count))
        }

        func step(slot: Int) -> Bool {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < chunks.count else { return false }
            let outcome: Result<ParsedChunk, DemetraError>
            do {
                outcome = .success(try parse(chunks[index]))
            } catch {
                outcome = .failure(error)
            }
            outcomes.withLock { $0[index] = outcome }
            return true
        }

        func results() throws(DemetraError) -> [ParsedChunk] {
            var parsed: [ParsedChunk] = []
            for outcome in outcomes.withLock({ $0 }) {
                if let outcome { parsed.append(try outcome.get()) }
            }
            return parsed
        }
    }
}
