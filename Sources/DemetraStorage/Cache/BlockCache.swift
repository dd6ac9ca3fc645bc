import DemetraTypes
import DemetraVectors
import Synchronization

/// What a block of the cache was made from.
struct CacheKey: Sendable, Hashable {
    let segment: SegmentID
    /// The row group; -1 for what belongs to the whole segment.
    let group: Int
    /// The column; -1 for row ids.
    let column: Int
    /// Empty for values; else which index this is.
    let index: String
}

/// Decoded columns, dictionaries and key indexes of segments, as many as a memory budget allows.
///
/// A block that was used since the hand of the clock passed last gets another round; the first one that
/// was not makes room. One lock is enough: it is taken once for a column of a row group, which is worth
/// 65,536 values of work.
///
/// - Source: Corbato, "A Paging Experiment with the Multics System", 1968.
final class BlockCache: Sendable {
    enum Block: Sendable {
        case vector(Vector)
        case dictionary(VectorDictionary)
        case index(JoinTable)
        case rows(RowIndex)
        case filter(BloomFilter)
    }

    private struct Entry: Sendable {
        let block: Block
        let byteCount: Int
        let position: Int
        var wasUsed = false
    }

    private struct State: Sendable {
        var entries: [CacheKey: Entry] = [:]
        /// The clock; a removed entry leaves a gap that the next one takes.
        var ring: [CacheKey?] = []
        var gaps: [Int] = []
        var hand = 0
    }

    private let state = Mutex(State())
    private let budget: MemoryBudget

    /// - Parameter budget: what all blocks together may take.
    init(budget: MemoryBudget) { self.budget = budget }

    /// Bytes in use.
    var byteCount: Int { budget.usedBytes }

    /// The block, if it is there.
    func find(_ key: CacheKey) -> Block? {
        state.withLock { state in
            guard let entry = state.entries[key] else { return nil }
            if !entry.wasUsed { state.entries[key]?.wasUsed = true }
            return entry.block
        }
    }

    /// Keeps a block, and lets others go for it; a block larger than the budget is not kept.
    func add(_ block: Block, _ key: CacheKey, byteCount: Int) {
        state.withLock { state in
            guard state.entries[key] == nil else { return }
            while !budget.tryReserve(byteCount) {
                guard evict(&state) else { return }
            }
            let position = state.gaps.popLast() ?? state.ring.count
            if position == state.ring.count { state.ring.append(nil) }
            state.ring[position] = key
            state.entries[key] = Entry(block: block, byteCount: byteCount, position: position)
        }
    }

    /// Forgets everything made from a segment.
    func removeAll(of segment: SegmentID) {
        // The blocks go outside of the lock: they may be the last to hold something.
        let removed = state.withLock { state -> [Entry] in
            state.entries.keys.filter { $0.segment == segment }.compactMap { remove($0, &state) }
        }
        for entry in removed { budget.release(entry.byteCount) }
    }

    /// Lets blocks go until so many bytes are free, or none is left.
    func shrink(by byteCount: Int) {
        state.withLock { state in
            let target = max(0, budget.usedBytes - byteCount)
            while budget.usedBytes > target, evict(&state) {}
        }
    }

    /// Sets another limit, and lets blocks go that are beyond it.
    func setLimit(_ byteCount: Int) {
        budget.setLimit(byteCount)
        shrink(by: max(0, budget.usedBytes - byteCount))
    }

    private func remove(_ key: CacheKey, _ state: inout State) -> Entry? {
        guard let entry = state.entries.removeValue(forKey: key) else { return nil }
        state.ring[entry.position] = nil
        state.gaps.append(entry.position)
        return entry
    }

    /// Lets one block go; false when there is none.
    private func evict(_ state: inout State) -> Bool {
        guard !state.entries.isEmpty else { return false }
        while true {
            state.hand = state.hand + 1 >= state.ring.count ? 0 : state.hand + 1
            guard let key = state.ring[state.hand] else { continue }
            if state.entries[key]?.wasUsed ?? false {
                state.entries[key]?.wasUsed = false
                continue
            }
            if let entry = remove(key, &state) { budget.release(entry.byteCount) }
            return true
        }
    }
}
