import Demetra
import Synchronization

/// One thread that runs the statements of one session, in order.
///
/// Event loops must never wait for a query, so each session has a plain thread of its own, started with
/// its first statement.
final class StatementQueue: Sendable {
    private struct State: Sendable {
        var tasks: [@Sendable () -> Void] = []
        var isRunning = false
    }

    private let state = Mutex(State())

    /// Runs `task` behind those already given.
    func add(_ task: @escaping @Sendable () -> Void) {
        let mustStart = state.withLock { state in
            state.tasks.append(task)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard mustStart else { return }
        let isStarted = SystemThread.start { [self] in drain() }
        // Without a thread the caller has to do it: slow, but nothing is lost.
        if !isStarted { drain() }
    }

    private func drain() {
        while true {
            let task = state.withLock { state -> (@Sendable () -> Void)? in
                guard !state.tasks.isEmpty else {
                    state.isRunning = false
                    return nil
                }
                return state.tasks.removeFirst()
            }
            guard let task else { return }
            task()
        }
    }
}
