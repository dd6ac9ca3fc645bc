import DemetraTypes
import Synchronization

/// Pure work on several threads: results in order, whichever thread made them.
enum ParallelWork {
    /// `body(i)` for every i below `count`.
    static func map<Result: Sendable>(
        count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Result
    ) -> [Result] {
        let helpers = min(threads, count) - 1
        guard helpers > 0 else { return (0..<count).map(body) }
        let job = Job(count: count, body: body)
        for _ in 0..<helpers { SystemThread.start { job.work() } }
        job.work()
        return job.wait()
    }

    private final class Job<Result: Sendable>: Sendable {
        private let count: Int
        private let body: @Sendable (Int) -> Result
        private let next = Atomic<Int>(0)
        private let results: Monitor<[Int: Result]>

        init(count: Int, body: @escaping @Sendable (Int) -> Result) {
            self.count = count
            self.body = body
            results = Monitor([:])
        }

        /// Takes pieces until none is left.
        func work() {
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                let result = body(index)
                results.withLock(notify: true) { $0[index] = result }
            }
        }

        func wait() -> [Result] {
            let all = results.wait { [count] in $0.count == count ? $0 : nil }
            return (0..<count).compactMap { all[$0] }
        }
    }
}
