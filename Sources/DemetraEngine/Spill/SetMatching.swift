import DemetraTypes
import DemetraVectors

/// INTERSECT and EXCEPT: the rows of one side that have, or lack, a partner in the other.
///
/// A side that does not fit into memory is cut by a hash, and the other with it.
struct SetMatching {
    let types: [LogicalType]
    /// Each partner serves once; else one is enough for all rows that are alike, and INTERSECT gives one of these.
    let all: Bool
    let keepsMatches: Bool
    let context: ExecutionContext

    /// Adds what is left of `first` to `output`. Without ALL the rows of EXCEPT are distinct already.
    ///
    /// - Parameter level: how often the rows have been cut before.
    /// - Throws: 53200 when too many rows are alike for the memory there is.
    func match(
        _ first: any BatchSource, _ second: any BatchSource, level: Int = 0, into output: RowSpool
    ) throws(DemetraError) {
        guard let partners = try partners(second, level) else {
            let (firsts, seconds) = (try cut(first, level), try cut(second, level))
            for (first, second) in zip(firsts, seconds) {
                try match(first, second, level: level + 1, into: output)
            }
            return
        }
        let finder = GroupFinder(partners.table, nullsMatch: types.map { _ in true })
        try first.forEachBatch { (batch) throws(DemetraError) in
            try context.cancellation.check()
            let groups = finder.find(batch.vectors, count: batch.count)
            var kept: [Int32] = []
            for row in 0..<batch.count {
                let group = Int(groups[row])
                let isMatch = partners.counts.indices.contains(group) && partners.counts[group] > 0
                if isMatch, all { partners.counts[group] -= 1 }
                if isMatch, !all, keepsMatches { partners.counts[group] = 0 }
                if isMatch == keepsMatches { kept.append(Int32(row)) }
            }
            if !kept.isEmpty {
                try output.append(batch.taking(SelectionVector(Buffer(kept))))
            }
        }
    }

    /// The distinct rows of a side and how often each is there; nil when they do not fit.
    private func partners(
        _ rows: any BatchSource, _ level: Int
    ) throws(DemetraError) -> Partners? {
        let partners = Partners(types, context)
        let mayCut = context.spill.isAvailable && level <= PartitionWriter.deepestLevel
        var fits = true
        try rows.forEachBatch { (batch) throws(DemetraError) in
            guard fits else { return }
            try context.cancellation.check()
            fits = try partners.add(batch, orFail: !mayCut)
        }
        return fits ? partners : nil
    }

    private func cut(
        _ rows: any BatchSource, _ level: Int
    ) throws(DemetraError) -> [SpilledRows] {
        let writer = try PartitionWriter(context.spill, level: level, context.cancellation)
        try rows.forEachBatch { (batch) throws(DemetraError) in
            try writer.append(batch, keys: batch.vectors)
        }
        return try writer.finish()
    }
}

/// Distinct rows, how often each is there, and the memory they take.
// Owned by one thread.
private final class Partners {
    /// Tables grow by doubling.
    private static let growth = 2
    /// A table below is no use: it goes beyond the limit instead.
    private static let leastBytes = 1 << 20

    let table: GroupTable
    var counts: [Int] = []
    private let budget: MemoryBudget
    private var reservedBytes = 0

    init(_ types: [LogicalType], _ context: ExecutionContext) {
        table = GroupTable(keyTypes: types)
        budget = context.spill.budget("set operation", of: context.budget)
    }

    deinit { budget.release(reservedBytes) }

    /// Takes rows in; false when they take too much.
    func add(_ batch: Batch, orFail: Bool) throws(DemetraError) -> Bool {
        let groups = try table.assign(batch.vectors, count: batch.count)
        if table.groupCount > counts.count {
            counts += Array(repeating: 0, count: table.groupCount - counts.count)
        }
        for row in 0..<batch.count { counts[Int(groups[row])] += 1 }
        let byteCount = table.byteCount + counts.count * MemoryLayout<Int>.stride
        let wanted = byteCount * Self.growth - reservedBytes
        guard wanted > 0 else { return true }
        if orFail {
            try budget.reserve(wanted)
        } else if !budget.reserveIfPossible(wanted) {
            guard byteCount < Self.leastBytes else { return false }
            budget.charge(wanted)
        }
        reservedBytes += wanted
        return true
    }
}
