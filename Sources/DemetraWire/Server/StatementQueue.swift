import Demetra

/// One thread that runs the statements of one session, in order.
///
/// Event loops must never wait for a query, so each session has a plain thread of its own. It is started with a
/// statement and stays a moment for the next one, which most clients send at once; idle sessions have none.
final class StatementQueue: Sendable {
    /// How long the thread waits for the next statement.
    private static let patienceMilliseconds = 1_000

    private struct State: Sendable {
        var tasks: [@Sendable () -> Void] = []
        var isRunning = false
        var isClosed = false
    }

    private let state = Monitor(State())

    /// Runs `task` behind those already given.
    func add(_ task: @escaping @Sendable () -> Void) {
        let mustStart = state.withLock(notify: true) { state in
            state.tasks.append(task)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard mustStart else { return }
        let isStarted = SystemThread.start { [self] in
            drain(patienceMilliseconds: Self.patienceMilliseconds)
        }
        // Without a thread the caller has to do it: slow, but nothing is lost.
        if !isStarted { drain(patienceMilliseconds: 0) }
    }

    /// No more statements will come: the thread ends with the last one it has.
    func close() { state.withLock(notify: true) { $0.isClosed = true } }

    private func drain(patienceMilliseconds: Int) {
        while true {
            if let task = next() {
                task()
                continue
            }
            _ = state.wait(milliseconds: patienceMilliseconds) { state -> Bool? in
                state.tasks.isEmpty && !state.isClosed ? nil : true
            }
            let isOver = state.withLock { state in
                state.isRunning = !state.tasks.isEmpty
                return !state.isRunning
            }
            if isOver { return }
        }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { $0.tasks.isEmpty ? nil : $0.tasks.removeFirst() }
    }
}
