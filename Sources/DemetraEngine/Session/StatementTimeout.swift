import DemetraTypes

/// Cancels a statement that runs longer than `statement_timeout`.
final class StatementTimeout: Sendable {
    private let milliseconds: Int
    private let state = Monitor((isOver: false, hasFired: false))

    /// Nil for no limit.
    init?(milliseconds: Int, _ flag: CancellationFlag) {
        guard milliseconds > 0 else { return nil }
        self.milliseconds = milliseconds
        let state = state
        SystemThread.start {
            let isOver = state.wait(milliseconds: milliseconds) { $0.isOver ? true : nil } ?? false
            guard !isOver else { return }
            state.withLock { $0.hasFired = true }
            flag.cancel()
        }
    }

    func end() { state.withLock(notify: true) { $0.isOver = true } }

    /// Says that it was the timeout that cancelled.
    func explained(_ error: DemetraError) -> DemetraError {
        guard error.sqlState == .queryCanceled, state.withLock({ $0.hasFired }) else {
            return error
        }
        return DemetraError(
            .queryCanceled, "canceling statement due to statement timeout",
            hint: "statement_timeout is \(milliseconds) ms.")
    }
}
