package import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// Where a statement puts rows that do not fit into its memory, and how much that is.
///
/// An operator that can do so gets a budget with a part of what is left (`SpillSpace.budget`). It keeps rows in memory
/// while they fit, and only then writes some of them out. A statement whose operators all fit writes nothing.
package final class SpillSpace: Sendable {
    /// What several operators that keep rows leave to those above them.
    private static let restBytes = 256 << 20
    /// An operator may keep this much even where the limit is very low.
    private static let leastBytes = 1 << 20

    private let store: Store
    private let written = Atomic<Int>(0)

    /// Files in the folder for temporary files of a database.
    package init(_ store: Store) { self.store = store }

    /// False where files take memory themselves: there an operator that does not fit fails with 53200.
    var isAvailable: Bool { store.canSpill }

    /// Bytes written so far.
    package var byteCount: Int { written.load(ordering: .relaxed) }

    /// - Throws: 53100 or 58030 when the disk refuses it.
    func makeFile() throws(DemetraError) -> SpillFile { try store.makeSpillFile() }

    /// Writes rows to a file.
    ///
    /// - Throws: 53100 or 58030 when the disk refuses them.
    func write(_ batch: Batch, to file: SpillFile) throws(DemetraError) -> SpillFile.Block {
        let block = try file.append(batch)
        written.add(block.byteCount, ordering: .relaxed)
        return block
    }

    /// The memory of an operator that can write rows out: two fifths of what statements may use, or all but a fixed
    /// rest.
    ///
    /// - Parameter name: what errors call it.
    func budget(_ name: String, of statement: MemoryBudget) -> MemoryBudget {
        guard isAvailable else { return statement.child(name) }
        let all = store.statementLimitBytes
        return statement.child(
            name, limitBytes: max(Self.leastBytes, all / 5 * 2, all - Self.restBytes))
    }
}

extension MemoryBudget {
    /// Reserves bytes, if need be those of caches that give them back; false when there are none.
    func reserveIfPossible(_ byteCount: Int) -> Bool { (try? reserve(byteCount)) != nil }
}

/// What some workers have reserved together, given back by whoever waited for them.
final class MemoryShare: Sendable {
    private let budget: MemoryBudget
    private let reserved = Atomic<Int>(0)

    init(_ budget: MemoryBudget) { self.budget = budget }

    func reserve(_ byteCount: Int) -> Bool {
        guard budget.tryReserve(byteCount) else { return false }
        reserved.add(byteCount, ordering: .relaxed)
        return true
    }

    func release(_ byteCount: Int) {
        reserved.subtract(byteCount, ordering: .relaxed)
        budget.release(byteCount)
    }

    /// Gives all of it back.
    func giveBack() { release(reserved.load(ordering: .relaxed)) }
}
