import DemetraTypes

/// Work that several threads do together, one small step at a time.
package protocol ParallelJob: AnyObject, Sendable {
    /// Does one step with the state of `slot`, which no other thread uses meanwhile; false when nothing
    /// is left to begin.
    func step(slot: Int) -> Bool
}

/// The threads that do query work.
///
/// A statement's own thread always works on its own job; the pool's threads help whoever has steps
/// left, one step at a time in turn, so a report does not starve a dashboard.
package final class WorkerPool: Sendable {
    private final class Entry: Sendable {
        let job: any ParallelJob
        init(_ job: any ParallelJob) { self.job = job }
    }

    private struct State: Sendable {
        var entries: [(entry: Entry, active: Int, exhausted: Bool)] = []
        var next = 0
        var isStopped = false
    }

    /// Slots a job is stepped with: 0 for the caller, then one for each thread.
    package let slotCount: Int
    private let monitor = Monitor(State())

    /// A pool that uses `processorCount` processors, the caller's included.
    package init(processorCount: Int = SystemThread.processorCount) {
        slotCount = max(1, processorCount)
        let monitor = monitor
        for slot in 1..<max(slotCount, 1) {
            SystemThread.start { Self.serve(slot, monitor) }
        }
    }

    deinit { monitor.withLock(notify: true) { $0.isStopped = true } }

    /// Runs all steps of a job; returns when the last has ended.
    package func run(_ job: any ParallelJob, parallel: Bool) {
        guard parallel, slotCount > 1 else {
            while job.step(slot: 0) {}
            return
        }
        let entry = Entry(job)
        monitor.withLock(notify: true) { $0.entries.append((entry, 0, false)) }
        while job.step(slot: 0) {}
        monitor.wait { state -> Void? in
            guard let index = state.entries.firstIndex(where: { $0.entry === entry }) else {
                return ()
            }
            state.entries[index].exhausted = true
            guard state.entries[index].active == 0 else { return nil }
            state.entries.remove(at: index)
            return ()
        }
    }

    private static func serve(_ slot: Int, _ monitor: Monitor<State>) {
        while true {
            let taken: Entry? = monitor.wait { state -> Entry?? in
                if state.isStopped { return .some(nil) }
                let count = state.entries.count
                for offset in 0..<count {
                    let index = (state.next + offset) % count
                    if state.entries[index].exhausted { continue }
                    state.entries[index].active += 1
                    state.next = index + 1
                    return .some(state.entries[index].entry)
                }
                return nil
            }
            guard let entry = taken else { return }
            let hasMore = entry.job.step(slot: slot)
            monitor.withLock(notify: true) { state in
                guard let index = state.entries.firstIndex(where: { $0.entry === entry }) else {
                    return
                }
                state.entries[index].active -= 1
                if !hasMore { state.entries[index].exhausted = true }
            }
        }
    }
}
