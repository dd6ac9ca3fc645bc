import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Gathers sorted rows until there are whole partitions of a window among them.
// Owned by one thread.
final class OpenPartitions {
    /// Fewer rows are not computed by themselves.
    private static let worthwhileRows = 16_384
    /// What a row takes besides its columns while windows are computed: borders, order, results.
    static let rowBytes = 120
    /// The columns, joined and sorted.
    private static let copies = 3

    private let evaluator: ExpressionEvaluator
    /// A partition has to fit, so it may have all that statements may use.
    private let budget: MemoryBudget
    /// With more, whole partitions are not kept for company.
    private let share: Int
    private var held: [Batch] = []
    private var heldCount = 0
    private var heldBytes = 0
    /// Rows before this one are of whole partitions.
    private var border = 0
    /// The partition of the last row.
    private var last: [Vector] = []

    init(_ group: WindowGroup, _ context: ExecutionContext) {
        evaluator = ExpressionEvaluator(group.partitionProgram, context)
        budget = context.budget.child("window function")
        share = context.spill.budget("window function", of: context.budget).limitBytes
    }

    deinit { budget.release(heldBytes) }

    /// Adds the next rows.
    ///
    /// - Throws: 53200 when a partition does not fit into memory.
    func append(_ batch: Batch) throws(DemetraError) {
        let values = try evaluator.evaluate(batch)
        if let start = try lastStart(values, count: batch.count) { border = heldCount + start }
        last = values.map { $0.slice(from: batch.count - 1, count: 1) }
        let byteCount = batch.memoryBytes * Self.copies + batch.count * Self.rowBytes
        if border == 0 {
            try budget.reserve(byteCount)
        } else if !budget.reserveIfPossible(byteCount) {
            // The whole partitions go before the next rows come.
            budget.charge(byteCount)
        }
        heldBytes += byteCount
        held.append(batch)
        heldCount += batch.count
    }

    /// Where among some rows the last partition begins; nil when all belong to that of the row before them.
    private func lastStart(_ values: [Vector], count: Int) throws(DemetraError) -> Int? {
        var joined = values
        let hasLast = heldCount > 0
        if hasLast {
            for index in values.indices {
                joined[index] = try Vector.concatenating(
                    [last[index], values[index]], type: values[index].type)
            }
        }
        let total = hasLast ? count + 1 : count
        let flags = BoundaryKernel.boundaries(joined, permutation: nil, count: total)
        guard let start = (1..<max(1, total)).last(where: { flags[$0] != 0 }) else { return nil }
        return hasLast ? start - 1 : start
    }

    /// The rows of whole partitions, once there are so many that it is worth it or memory is short.
    func whole() throws(DemetraError) -> Batch? {
        guard border > 0 else { return nil }
        let isShort = budget.usedBytes > share / 2
        guard border >= Self.worthwhileRows || isShort else { return nil }
        guard let all = try Batch.joining(held) else { return nil }
        let whole = all.slice(from: 0, count: border)
        let rest = all.slice(from: border, count: all.count - border)
        held = rest.count > 0 ? [rest] : []
        heldCount = rest.count
        border = 0
        let restBytes = rest.memoryBytes * Self.copies + rest.count * Self.rowBytes
        budget.release(heldBytes - restBytes)
        heldBytes = restBytes
        return whole
    }

    /// The rows that are left, behind the last of all.
    func rest() throws(DemetraError) -> Batch? {
        guard heldCount > 0 else { return nil }
        defer { (held, heldCount, border) = ([], 0, 0) }
        return try Batch.joining(held)
    }
}
