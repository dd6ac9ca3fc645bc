import DemetraTypes
import DemetraVectors

/// Tells which rows are the first of their kind, as long as their table fits into memory; rows that are in no table by
/// then are put aside by a hash.
// Owned by one thread.
final class DistinctRows {
    /// Tables grow by doubling.
    private static let growth = 2
    /// A table below is no use: it goes beyond the limit instead.
    private static let leastBytes = 1 << 20

    private let context: ExecutionContext
    private let budget: MemoryBudget
    private let level: Int
    private let nullsMatch: [Bool]
    private let table: GroupTable
    private var reservedBytes = 0
    private var closed: (finder: GroupFinder, others: PartitionWriter)?

    /// - Parameters:
    ///   - level: how often the rows have been put aside before.
    ///   - name: what errors call the operator.
    init(
        keyTypes: [LogicalType], level: Int, of name: String, _ context: ExecutionContext
    ) throws(DemetraError) {
        self.context = context
        self.level = level
        budget = context.spill.budget(name, of: context.budget)
        nullsMatch = keyTypes.map { _ in true }
        table = GroupTable(keyTypes: keyTypes)
    }

    deinit { budget.release(reservedBytes) }

    /// Those of some rows that are new.
    ///
    /// - Parameter keys: what tells where rows are put aside.
    func firsts(
        of rows: Batch, keys: some Collection<Vector>
    ) throws(DemetraError) -> Batch {
        if let closed {
            let found = closed.finder.find(rows.vectors, count: rows.count)
            let unknown = (0..<rows.count).filter { found[$0] < 0 }.map { Int32($0) }
            let selection = SelectionVector(Buffer(unknown))
            try closed.others.append(
                rows.taking(selection), keys: keys.map { $0.taking(selection) })
            return rows.taking(SelectionVector(Buffer([])))
        }
        var next = Int32(table.groupCount)
        let groups = try table.assign(rows.vectors, count: rows.count)
        var fresh: [Int32] = []
        for row in 0..<rows.count where groups[row] == next {
            fresh.append(Int32(row))
            next += 1
        }
        try account()
        return rows.taking(SelectionVector(Buffer(fresh)))
    }

    private func account() throws(DemetraError) {
        let wanted = table.byteCount * Self.growth - reservedBytes
        guard wanted > 0 else { return }
        if budget.reserveIfPossible(wanted) {
            reservedBytes += wanted
        } else if table.byteCount < Self.leastBytes {
            budget.charge(wanted)
            reservedBytes += wanted
        } else if level <= PartitionWriter.deepestLevel {
            closed = (
                GroupFinder(table, nullsMatch: nullsMatch),
                try PartitionWriter(context.spill, level: level, context.cancellation)
            )
        } else {
            try budget.reserve(wanted)
        }
    }

    /// The rows that were put aside.
    func finish() throws(DemetraError) -> [SpilledRows] { try closed?.others.finish() ?? [] }
}
