import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// The groups that one worker has seen.
///
/// When their memory is exhausted the groups so far stay, and take in the rows that belong to them; rows of further
/// groups are put aside by the hash of their keys, to be grouped later, a part at a time.
// Owned by one worker.
final class GroupBuilder: SinkLocal {
    /// Tables grow by doubling, and those of workers are joined: that much beside what they take now. Once rows are
    /// put aside nothing grows any more, and it is free for the groups of those.
    private static let growth = (factor: 5, divisor: 2)
    /// Memory is asked for in steps.
    private static let stepBytes = 256 << 10
    /// A table below is no use: it goes beyond the limit instead.
    private static let leastBytes = 1 << 20

    private let plan: AggregateOperator
    private let context: ExecutionContext
    private let budget: MemoryBudget
    private let level: Int
    private let evaluator: ExpressionEvaluator
    private var groups: GroupTable?
    private var states: [any AggregateState]
    private var reservedBytes = 0
    /// Finds the groups that there are, and what takes the rows of others; nil while all groups fit.
    private var closed: (finder: GroupFinder, others: PartitionWriter)?
    /// What can be put aside is.
    private var isClosed = false

    /// - Parameters:
    ///   - budget: of all builders of the operator.
    ///   - level: how often the rows have been put aside before.
    init(
        _ plan: AggregateOperator, _ context: ExecutionContext, _ budget: MemoryBudget, level: Int
    ) {
        self.plan = plan
        self.context = context
        self.budget = budget
        self.level = level
        evaluator = ExpressionEvaluator(plan.program, context)
        groups = plan.keyTypes.isEmpty ? nil : GroupTable(keyTypes: plan.keyTypes)
        states = plan.aggregates.map { makeAggregateState($0) }
        if groups == nil { for state in states { state.resize(groupCount: 1) } }
    }

    private var groupCount: Int { groups?.groupCount ?? 1 }

    func consume(_ batch: Batch) throws(DemetraError) {
        try add(try evaluator.evaluate(batch), count: batch.count)
    }

    /// Takes in rows, as the aggregation's program gives them.
    func add(_ values: [Vector], count: Int) throws(DemetraError) {
        if let closed {
            if let rest = try absorb(values, count: count) {
                try closed.others.append(rest, keys: keys(rest.vectors))
            }
            return
        }
        var indices = GroupIndices.one(0)
        if let groups {
            let before = groups.groupCount
            indices = .of(try groups.assign(keys(values), count: count))
            if groups.groupCount > before {
                for state in states { state.resize(groupCount: groups.groupCount) }
            }
        }
        for state in states { try state.update(values, indices, count: count) }
        try account()
    }

    private func keys(_ values: [Vector]) -> [Vector] { Array(values[..<plan.keyTypes.count]) }

    /// Takes in the rows of groups that there are, and gives back the others; nil when there are none.
    ///
    /// Only once the builder is closed.
    func absorb(_ values: [Vector], count: Int) throws(DemetraError) -> Batch? {
        guard let closed else { return Batch(values, count: count) }
        let found = closed.finder.find(keys(values), count: count)
        var (known, unknown): ([Int32], [Int32]) = ([], [])
        for row in 0..<count {
            if found[row] >= 0 { known.append(Int32(row)) } else { unknown.append(Int32(row)) }
        }
        if !known.isEmpty {
            let rows = Buffer(known)
            let taken = unknown.isEmpty ? values : values.map { $0.taking(rows: rows) }
            let indices = GroupIndices.of(TakeKernel.codes(found, at: rows))
            for state in states { try state.update(taken, indices, count: rows.count) }
            try account()
        }
        guard !unknown.isEmpty else { return nil }
        return known.isEmpty
            ? Batch(values, count: count)
            : Batch(values, count: count).taking(SelectionVector(Buffer(unknown)))
    }

    // MARK: Memory

    private var byteCount: Int {
        states.reduce(groups?.byteCount ?? 0) { $0 + $1.byteCount }
    }

    private func account() throws(DemetraError) {
        let byteCount = byteCount
        let growth = isClosed ? (factor: 1, divisor: 1) : Self.growth
        let wanted = byteCount * growth.factor / growth.divisor - reservedBytes
        guard wanted > Self.stepBytes else { return }
        if budget.reserveIfPossible(wanted) {
            reservedBytes += wanted
        } else if !isClosed, context.spill.isAvailable, byteCount < Self.leastBytes {
            budget.charge(wanted)
            reservedBytes += wanted
        } else if try !close() {
            try budget.reserve(wanted)
            reservedBytes += wanted
        }
    }

    /// From now on no group is added; false when that would change nothing.
    private func close() throws(DemetraError) -> Bool {
        guard context.spill.isAvailable, !isClosed else { return false }
        for state in states where try state.close(context) { isClosed = true }
        if level < PartitionWriter.deepestLevel, groups != nil {
            try findGroups()
            isClosed = true
        }
        if isClosed { settle() }
        return isClosed
    }

    private func findGroups() throws(DemetraError) {
        guard let groups else { return }
        closed = (
            GroupFinder(groups, nullsMatch: plan.keyTypes.map { _ in true }),
            try PartitionWriter(context.spill, level: level, context.cancellation)
        )
    }

    /// Has as much memory as is in use.
    private func settle() {
        let surplus = reservedBytes - byteCount
        if surplus > 0 { budget.release(surplus) } else { budget.charge(-surplus) }
        reservedBytes -= surplus
    }

    // MARK: Ends

    /// Takes over the groups of another worker, which has none afterwards.
    func merge(_ other: GroupBuilder) throws(DemetraError) {
        var map = Buffer<Int32>(repeating: 0, count: 1)
        if let groups, let theirs = other.groups {
            map = try groups.merge(theirs)
            for state in states { state.resize(groupCount: groups.groupCount) }
        }
        for (index, state) in states.enumerated() { try state.merge(other.states[index], map) }
        other.giveBack()
    }

    /// The rows that were put aside; nil when there are none.
    func overflow() throws(DemetraError) -> [SpilledRows]? { try closed?.others.finish() }

    /// Lets the groups go.
    func giveBack() {
        (groups, states, closed) = (nil, [], nil)
        budget.release(reservedBytes)
        reservedBytes = 0
    }

    /// Adds no group from now on, and finds those that there are.
    func completeGroups() throws(DemetraError) {
        isClosed = true
        for state in states { _ = try state.close(context) }
        try findGroups()
        settle()
    }

    /// False when it has seen no row of a group.
    var isEmpty: Bool { groups?.groupCount == 0 }

    func finish() throws(DemetraError) -> MaterializedRows {
        let count = groupCount
        var columns: [Vector] = []
        for (index, keys) in (groups?.keyVectors() ?? []).enumerated() {
            columns.append(
                try CastKernel.cast(
                    keys, to: plan.layout.types[index], isExplicit: false, context.castContext))
        }
        for state in states { columns.append(try state.finish(groupCount: count)) }
        return MaterializedRows(columns: columns, count: count)
    }
}
