import DemetraFunctions
import Synchronization

/// The pool's threads as functions see them.
struct PoolWorkers: Workers {
    let pool: WorkerPool

    func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        pool.run(IndexJob(count: count, body: body), parallel: count > 1)
    }
}

/// A job whose steps are the numbers below a count.
private final class IndexJob: ParallelJob {
    private let count: Int
    private let body: @Sendable (Int) -> Void
    private let next = Atomic<Int>(0)

    init(count: Int, body: @escaping @Sendable (Int) -> Void) {
        self.count = count
        self.body = body
    }

    func step(slot: Int) -> Bool {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < count else { return false }
        body(index)
        return true
    }
}
