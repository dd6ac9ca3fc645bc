package import DemetraCatalog
package import DemetraTypes
import Synchronization

// Compaction: passes that join segments, in the background after a flush, or on demand. They hold the right to flush,
// so there is one pass at a time; commits and readers go on beside it.

extension Store {
    /// Passes in a row at most: what is left waits for the next flush.
    private static let passesInARow = 8

    /// A flush, and what compaction is due after it.
    ///
    /// - Returns: what the flush failed with. A compaction that fails leaves everything as it was, and is tried
    ///   again after the next flush.
    func flushAndCompact() -> DemetraError? {
        // What cannot be read stays until it can.
        _ = try? expire()
        let failure = runFlush()
        if failure == nil { compact() }
        return failure
    }

    /// Joins segments while some are to be joined, the memtable is not full and nobody closes the store.
    private func compact() {
        for _ in 0..<Self.passesInARow {
            let isStopped = state.withLock { $0.isClosed || $0.poison != nil }
            guard !isStopped, isCompactionDue, rewrite(.compaction) == nil else { return }
        }
    }

    var isCompactionDue: Bool {
        let known = writer.withLock { $0.known }
        let (spoiled, now) = (spoiled.ids, clock.now())
        return snapshot().states.values.contains { state in
            CompactionPlan(
                state: state, known: known, spoiled: spoiled, base: state.horizon(now),
                memoryBytes: memory.limitBytes
            ).isDue
        }
    }

    /// Begins what compaction is due, unless a pass is under way.
    func startCompaction() {
        guard isCompactionDue else { return }
        let begins = state.withLock { state in
            guard !state.isFlushing, !state.isClosed, state.poison == nil else { return false }
            state.isFlushing = true
            return true
        }
        guard begins else { return }
        let isStarted =
            configuration.flushesInBackground
            && SystemThread.start {
                self.compact()
                self.endFlush(nil)
            }
        if !isStarted {
            compact()
            endFlush(nil)
        }
    }

    /// Writes the memtable out, and tables in few segments, without hidden rows; waits until it is
    /// done.
    ///
    /// - Parameter tables: nil for all.
    /// - Returns: what retention took out.
    /// - Throws: 53100 or 58030 when the disk fails, XX001 when a segment is damaged; what could be written is.
    @discardableResult
    package func vacuum(_ tables: [TableID]?) throws(DemetraError) -> [ExpiredRows] {
        beginFlush()
        if state.withLock({ $0.isClosed }) {
            endFlush(nil)
            throw Self.closed
        }
        _ = spoiled.takeDamage()
        var expired: [ExpiredRows] = []
        var failure: DemetraError?
        do throws(DemetraError) { expired = try expire(tables) } catch { failure = error }
        failure = runFlush() ?? failure
        if failure == nil {
            let all = tables ?? Array(snapshot().states.keys)
            failure = rewrite(.full(Set(all)))
        }
        endFlush(failure)
        if let failure = failure ?? spoiled.takeDamage() { throw failure }
        return expired
    }
}
