package import DemetraTypes
import Synchronization

/// How long a function learnt and how long it answered from what it learnt, for EXPLAIN ANALYZE.
package final class TrainingTime: Sendable {
    private let clock: any Clock
    private let training = Atomic<Int64>(0)
    private let total = Atomic<Int64>(0)

    /// Nothing measured so far.
    package init(clock: any Clock) { self.clock = clock }

    /// Nanoseconds; nil when nothing was learnt.
    package var measured: (training: Int64, inference: Int64)? {
        let learning = training.load(ordering: .relaxed)
        guard learning > 0 else { return nil }
        return (learning, max(0, total.load(ordering: .relaxed) - learning))
    }

    /// Runs the whole function.
    package func whole<Result>(
        _ body: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        try measuring(total, body)
    }

    fileprivate func learning<Result>(
        _ body: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        try measuring(training, body)
    }

    private func measuring<Result>(
        _ sum: borrowing Atomic<Int64>, _ body: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        let start = clock.monotonicNanoseconds()
        defer { sum.add(clock.monotonicNanoseconds() - start, ordering: .relaxed) }
        return try body()
    }
}

extension EvaluationContext {
    /// Runs the part of a function that learns; its time is measured where somebody asks for it.
    package func training<Result>(
        _ body: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        guard let trainingTime else { return try body() }
        return try trainingTime.learning(body)
    }
}
