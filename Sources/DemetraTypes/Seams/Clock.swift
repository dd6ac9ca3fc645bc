import Synchronization

/// What time it is: the only way the core learns it.
package protocol Clock: Sendable {
    /// Microseconds since 1970 UTC.
    func now() -> Timestamp

    /// Nanoseconds from an arbitrary start that never run backwards, for durations.
    func monotonicNanoseconds() -> Int64
}

/// A clock that moves only when it is told to.
package final class ManualClock: Clock {
    // Guarded by itself: one atomic.
    private let microseconds: Atomic<Int64>

    /// Starts at `start`.
    package init(start: Timestamp) { microseconds = Atomic(start.microseconds) }

    /// The set time.
    package func now() -> Timestamp {
        Timestamp(microseconds: microseconds.load(ordering: .relaxed))
    }

    /// The set time in nanoseconds.
    package func monotonicNanoseconds() -> Int64 { microseconds.load(ordering: .relaxed) &* 1_000 }

    /// Moves the time forward.
    package func advance(microseconds delta: Int64) {
        microseconds.add(delta, ordering: .relaxed)
    }
}
