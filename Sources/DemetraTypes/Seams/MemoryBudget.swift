import Synchronization

/// A limit on memory, shared as a tree: database, then query, then operator.
///
/// Every reservation counts in the node and in all nodes above it.
package final class MemoryBudget: Sendable {
    private let parent: MemoryBudget?
    private let name: String
    private let limitBytes: Int
    // Guarded by itself: one atomic.
    private let used = Atomic<Int>(0)

    /// A root with a limit in bytes.
    package init(name: String, limitBytes: Int) {
        self.parent = nil
        self.name = name
        self.limitBytes = limitBytes
    }

    private init(name: String, limitBytes: Int, parent: MemoryBudget) {
        self.parent = parent
        self.name = name
        self.limitBytes = limitBytes
    }

    /// A child that also counts against this node.
    package func child(_ name: String, limitBytes: Int = .max) -> MemoryBudget {
        MemoryBudget(name: name, limitBytes: limitBytes, parent: self)
    }

    /// Bytes reserved here and below.
    package var usedBytes: Int { used.load(ordering: .relaxed) }

    /// Reserves bytes here and above.
    ///
    /// - Throws: 53200 naming the node whose limit is reached; nothing stays reserved then.
    package func reserve(_ byteCount: Int) throws(DemetraError) {
        let (_, now) = used.add(byteCount, ordering: .relaxed)
        if now > limitBytes {
            used.subtract(byteCount, ordering: .relaxed)
            throw DemetraError(
                .outOfMemory, "out of memory in \(name)",
                detail:
                    "\(byteCount) bytes were asked for, \(now - byteCount) of \(limitBytes) are in use.",
                hint: "Reduce the rows the statement has to keep, or raise memory_limit.")
        }
        guard let parent else { return }
        do {
            try parent.reserve(byteCount)
        } catch {
            used.subtract(byteCount, ordering: .relaxed)
            throw error
        }
    }

    /// Gives bytes back here and above.
    package func release(_ byteCount: Int) {
        used.subtract(byteCount, ordering: .relaxed)
        parent?.release(byteCount)
    }
}
