import DemetraTypes
import DemetraVectors

/// The rows of a query that are asked for in portions: it runs a wave of morsels when there are none left.
// Owned by whoever has its portal.
final class QueryCursor {
    private let context: ExecutionContext
    /// With the thread, once there is one.
    private let waves: Monitor<RowWaves>
    /// Rows of the wave that have not been asked for yet, first ones first.
    private var held = HeldRows()
    /// Makes the rows once a wave does not fit.
    private var thread: RowThread?

    /// - Parameter context: its budget is the cursor's own, and is given back with it.
    init(_ statement: RunningStatement, _ stream: BatchStream, _ context: ExecutionContext) {
        self.statement = statement
        self.context = context
        waves = Monitor(RowWaves(stream, context))
    }

    deinit {
        // What the thread still uses it gives back itself.
        if let thread { thread.stop() } else { context.releaseMemory() }
    }

    /// The query as others see it.
    let statement: RunningStatement

    /// The next rows, `limit` at most; nil when there are none.
    ///
    /// - Throws: whatever the query meets, 57014 when it was cancelled.
    func next(limit: Int) throws(DemetraError) -> Batch? {
        while true {
            if let rows = held.next(limit: limit) {
                statement.progress.addReturned(rows.count)
                return rows
            }
            guard let batches = try refill() else { return nil }
            held.batches = batches[...]
        }
    }

    private func refill() throws(DemetraError) -> [Batch]? {
        if let thread { return try thread.next(context.cancellation) }
        let current = waves.withLock { $0 }
        current.release()
        switch try current.next() {
        case .rows(let batches): return batches
        case .end: return nil
        case .tooMany:
            let thread = RowThread(waves, context)
            self.thread = thread
            return try thread.next(context.cancellation)
        }
    }
}

/// A thread that makes rows one batch ahead of whoever takes them.
///
/// It is there for rows that cannot be kept, of a query whose client may take a long time before it wants more.
private final class RowThread: Sendable {
    private enum Item {
        case batch(Batch)
        case end
        case failure(DemetraError)
    }

    private struct State {
        var item: Item?
        var isStopped = false
    }

    /// How long it is waited for rows before a cancellation is looked for.
    private static let waitMilliseconds = 50

    private let monitor = Monitor(State())

    /// - Parameter waves: only the thread has them from here on.
    init(_ waves: Monitor<RowWaves>, _ context: ExecutionContext) {
        let isStarted = SystemThread.start { [monitor] in
            let waves = waves.withLock { $0 }
            defer { context.releaseMemory() }
            do throws(DemetraError) {
                try waves.runInline { (batch) throws(DemetraError) in
                    guard batch.count > 0 else { return }
                    guard Self.put(.batch(batch), monitor) else {
                        throw DemetraError(.queryCanceled, "the cursor was closed")
                    }
                }
                _ = Self.put(.end, monitor)
            } catch {
                _ = Self.put(.failure(error), monitor)
            }
        }
        if !isStarted {
            monitor.withLock {
                $0.item = .failure(DemetraError(.outOfMemory, "no thread could be started"))
            }
        }
    }

    /// False when nobody wants it any more.
    private static func put(_ item: Item, _ monitor: Monitor<State>) -> Bool {
        let isWanted = monitor.wait { state -> Bool? in
            if state.isStopped { return false }
            guard state.item == nil else { return nil }
            state.item = item
            return true
        }
        monitor.withLock(notify: true) { _ in }
        return isWanted
    }

    func next(_ cancellation: CancellationFlag) throws(DemetraError) -> [Batch]? {
        while true {
            try cancellation.check()
            let item = monitor.wait(milliseconds: Self.waitMilliseconds) { state -> Item? in
                defer { if case .batch? = state.item { state.item = nil } }
                return state.item
            }
            guard let item else { continue }
            monitor.withLock(notify: true) { _ in }
            switch item {
            case .batch(let batch): return [batch]
            case .end: return nil
            case .failure(let error): throw error
            }
        }
    }

    func stop() { monitor.withLock(notify: true) { $0.isStopped = true } }
}

extension ExecutionContext {
    /// Gives back whatever the statement has reserved.
    fileprivate func releaseMemory() { budget.release(budget.usedBytes) }
}
