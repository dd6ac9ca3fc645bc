import Synchronization

/// A limit on memory, shared as a tree: database, then cache, memtable and statements, then operators.
///
/// Every reservation counts in the node and in all nodes above it. A node whose limit is reached first asks
/// those for memory that can do without, such as a cache; only then is a reservation refused.
package final class MemoryBudget: Sendable {
    private let parent: MemoryBudget?
    /// What the memory is for, as errors show it.
    package let name: String
    // Guarded by themselves: two atomics.
    private let limit: Atomic<Int>
    private let used = Atomic<Int>(0)
    private let peak = Atomic<Int>(0)
    /// Those that give memory back when they are asked for so many bytes.
    private let reclaimers = Mutex<[@Sendable (Int) -> Void]>([])

    /// A root with a limit in bytes.
    package init(name: String, limitBytes: Int) {
        self.parent = nil
        self.name = name
        limit = Atomic(limitBytes)
    }

    private init(name: String, limitBytes: Int, parent: MemoryBudget) {
        self.parent = parent
        self.name = name
        limit = Atomic(limitBytes)
    }

    /// A child that also counts against this node.
    package func child(_ name: String, limitBytes: Int = .max) -> MemoryBudget {
        MemoryBudget(name: name, limitBytes: limitBytes, parent: self)
    }

    /// Bytes reserved here and below.
    package var usedBytes: Int { used.load(ordering: .relaxed) }

    /// The most bytes that were reserved at a time.
    package var peakBytes: Int { max(peak.load(ordering: .relaxed), usedBytes) }

    /// Bytes that may be reserved here and below.
    package var limitBytes: Int { limit.load(ordering: .relaxed) }

    /// The least limit of this node and those above.
    package var lowestLimitBytes: Int {
        min(limitBytes, parent?.lowestLimitBytes ?? .max)
    }

    /// Sets another limit; what is reserved beyond it stays reserved.
    package func setLimit(_ byteCount: Int) { limit.store(byteCount, ordering: .relaxed) }

    /// Bytes that may still be reserved here; those above may allow fewer.
    package var freeBytes: Int { max(0, limitBytes - usedBytes) }

    /// Adds one that is asked for bytes when the limit is reached, on whatever thread that is. It must not reserve.
    package func addReclaimer(_ reclaim: @escaping @Sendable (Int) -> Void) {
        reclaimers.withLock { $0.append(reclaim) }
    }

    /// Reserves bytes here and above.
    ///
    /// - Throws: 53200 naming this node when a limit is reached; nothing stays reserved then.
    package func reserve(_ byteCount: Int) throws(DemetraError) {
        guard let full = attempt(byteCount) else { return }
        full.reclaim(byteCount)
        guard let stillFull = attempt(byteCount) else { return }
        throw stillFull.exhausted(byteCount, in: name)
    }

    /// Reserves bytes where no limit forbids it; nobody is asked to give any back.
    package func tryReserve(_ byteCount: Int) -> Bool { attempt(byteCount) == nil }

    /// Counts bytes that are in use already, whatever the limits; others may have to give some back for them.
    package func charge(_ byteCount: Int) {
        let now = used.add(byteCount, ordering: .relaxed).newValue
        if now > limitBytes { reclaim(now - limitBytes) }
        parent?.charge(byteCount)
    }

    /// Gives bytes back here and above.
    package func release(_ byteCount: Int) {
        used.subtract(byteCount, ordering: .relaxed)
        parent?.release(byteCount)
    }

    /// Reserves, or gives the node whose limit is reached.
    private func attempt(_ byteCount: Int) -> MemoryBudget? {
        let now = used.add(byteCount, ordering: .relaxed).newValue
        guard now <= limitBytes else {
            used.subtract(byteCount, ordering: .relaxed)
            return self
        }
        guard let full = parent?.attempt(byteCount) else {
            // Two threads at once may lose the greater of two numbers: it is only told, never relied on.
            if now > peak.load(ordering: .relaxed) { peak.store(now, ordering: .relaxed) }
            return nil
        }
        used.subtract(byteCount, ordering: .relaxed)
        return full
    }

    private func reclaim(_ byteCount: Int) {
        for reclaim in reclaimers.withLock({ $0 }) { reclaim(byteCount) }
    }

    private func exhausted(_ byteCount: Int, in asker: String) -> DemetraError {
        DemetraError(
            .outOfMemory, "out of memory in \(asker)",
            detail:
                "\(byteCount) bytes were asked for, \(usedBytes) of the \(limitBytes) bytes of the "
                + "\(name) are in use.",
            hint: "Reduce the rows the statement has to keep, or raise memory_limit.")
    }
}
