import DemetraTypes
import DemetraVectors

/// INTERSECT and EXCEPT: the rows of one side that have, or lack, a partner in the other.
///
/// The distinct rows of the first side are in a table, which the second side strikes out of. When they do not fit into
/// memory, both sides are cut by a hash.
struct SetMatching {
    let types: [LogicalType]
    /// Each partner serves once; else one is enough for all rows that are alike, and one of these is given.
    let all: Bool
    let keepsMatches: Bool
    let context: ExecutionContext

    /// Adds what is left of `first` to `output`.
    ///
    /// - Parameter level: how often the rows have been cut before.
    /// - Throws: 53200 when too many rows are alike for the memory there is.
    func match(
        _ first: any BatchSource, _ second: any BatchSource, level: Int = 0, into output: RowSpool
    ) throws(DemetraError) {
        guard first.morselCount > 0, second.morselCount > 0 || !keepsMatches else { return }
        guard let rows = try counted(first, level) else {
            let (firsts, seconds) = (try cut(first, level), try cut(second, level))
            for (first, second) in zip(firsts, seconds) {
                try match(first, second, level: level + 1, into: output)
            }
            return
        }
        let finder = GroupFinder(rows.table, nullsMatch: types.map { _ in true })
        try second.forEachBatch { (batch) throws(DemetraError) in
            try context.cancellation.check()
            rows.strikeOut(finder.find(batch.vectors, count: batch.count))
        }
        try first.forEachBatch { (batch) throws(DemetraError) in
            try context.cancellation.check()
            let groups = finder.find(batch.vectors, count: batch.count)
            let kept = SelectionVector(
                Buffer(keepsMatches ? rows.takeStruck(groups, all) : rows.takeLeft(groups)))
            if kept.count > 0 { try output.append(batch.taking(kept)) }
        }
    }

    /// The distinct rows of a side and how often each is there; nil when they do not fit.
    private func counted(
        _ rows: any BatchSource, _ level: Int
    ) throws(DemetraError) -> CountedRows? {
        let counted = CountedRows(types, context)
        let mayCut = context.spill.isAvailable && level <= PartitionWriter.deepestLevel
        var fits = true
        try rows.forEachBatch { (batch) throws(DemetraError) in
            guard fits else { return }
            try context.cancellation.check()
            fits = try counted.add(batch, each: all, orFail: !mayCut)
        }
        return fits ? counted : nil
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

/// Distinct rows, how often each is there and not struck out, and the memory they take.
// Owned by one thread.
private final class CountedRows {
    /// Tables grow by doubling.
    private static let growth = 2
    /// A table below is no use: it goes beyond the limit instead.
    private static let leastBytes = 1 << 20

    let table: GroupTable
    private var counts: [Int] = []
    private let budget: MemoryBudget
    private var reservedBytes = 0

    init(_ types: [LogicalType], _ context: ExecutionContext) {
        table = GroupTable(keyTypes: types)
        budget = context.spill.budget("set operation", of: context.budget)
    }

    deinit { budget.release(reservedBytes) }

    /// Takes rows in, and counts each or those that are alike once; false when they take too much.
    func add(_ batch: Batch, each: Bool, orFail: Bool) throws(DemetraError) -> Bool {
        let groups = try table.assign(batch.vectors, count: batch.count)
        if table.groupCount > counts.count {
            counts += Array(repeating: 0, count: table.groupCount - counts.count)
        }
        for row in 0..<batch.count {
            let group = Int(groups[row])
            counts[group] = each ? counts[group] + 1 : 1
        }
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

    /// Of each group that is there, one row less is left.
    func strikeOut(_ groups: Buffer<Int32>) {
        for row in 0..<groups.count {
            let group = Int(groups[row])
            if group >= 0, counts[group] > 0 { counts[group] -= 1 }
        }
    }

    /// The places of rows that are left, and are not from then on.
    func takeLeft(_ groups: Buffer<Int32>) -> [Int32] {
        places(groups) { (left) in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
    }

    /// The places of rows that were struck out; one of those that are alike, or, when each was counted, as many as were.
    func takeStruck(_ groups: Buffer<Int32>, _ each: Bool) -> [Int32] {
        places(groups) { (left) in
            guard left > 0 else {
                if !each { left = 1 }
                return true
            }
            if each { left -= 1 }
            return false
        }
    }

    private func places(
        _ groups: Buffer<Int32>, where isTaken: (inout Int) -> Bool
    ) -> [Int32] {
        var places: [Int32] = []
        for row in 0..<groups.count where isTaken(&counts[Int(groups[row])]) {
            places.append(Int32(row))
        }
        return places
    }
}
