import Synchronization

/// Set once to stop a query; looked at once per batch and in every long loop.
public final class CancellationFlag: Sendable {
    // Guarded by itself: one atomic.
    private let flag = Atomic<Bool>(false)

    /// Makes a flag that is not set.
    public init() {}

    /// Asks the work to stop.
    public func cancel() { flag.store(true, ordering: .relaxed) }

    /// True once `cancel()` was called.
    public var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// - Throws: 57014 once the flag is set.
    package func check() throws(DemetraError) {
        if isCancelled {
            throw DemetraError(.queryCanceled, "canceling statement due to user request")
        }
    }
}
