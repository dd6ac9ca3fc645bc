import DemetraTypes
import DemetraVectors

/// Groups rows that were put aside, a partition at a time.
///
/// Workers close at different moments: a row that one put aside may belong to a group that another has. So every row is
/// first offered to the groups in memory, which are complete when the last partition has been read.
struct OverflowedGroups {
    private let plan: AggregateOperator
    private let context: ExecutionContext
    private let budget: MemoryBudget

    init(_ plan: AggregateOperator, _ context: ExecutionContext, _ budget: MemoryBudget) {
        self.plan = plan
        self.context = context
        self.budget = budget
    }

    /// All groups.
    ///
    /// - Parameters:
    ///   - joined: the groups of all workers.
    ///   - overflow: the partitions of each worker that put rows aside.
    /// - Throws: 53200 when the rows that one group has to keep do not fit.
    func rows(
        _ joined: GroupBuilder, _ overflow: [[SpilledRows]]
    ) throws(DemetraError) -> any BatchSource {
        let spool = RowSpool(for: "aggregate", context)
        try joined.completeGroups()
        for partition in 0..<PartitionWriter.partitionCount {
            let builder = GroupBuilder(plan, context, budget, level: 1)
            for rows in overflow.map({ $0[partition] }) {
                try forEachBatch(rows) { (batch) throws(DemetraError) in
                    if let rest = try joined.absorb(batch.vectors, count: batch.count) {
                        try builder.add(rest.vectors, count: rest.count)
                    }
                }
            }
            try finish(builder, into: spool, level: 1)
        }
        for batch in try joined.finish().batches { try spool.append(batch) }
        joined.giveBack()
        return try spool.finish()
    }

    /// The groups of a builder, then those of the rows that it put aside.
    private func finish(
        _ builder: GroupBuilder, into spool: RowSpool, level: Int
    ) throws(DemetraError) {
        let overflow = try builder.overflow()
        if !builder.isEmpty {
            for batch in try builder.finish().batches { try spool.append(batch) }
        }
        builder.giveBack()
        for rows in overflow ?? [] {
            let next = GroupBuilder(plan, context, budget, level: level + 1)
            try forEachBatch(rows) { (batch) throws(DemetraError) in
                try next.add(batch.vectors, count: batch.count)
            }
            try finish(next, into: spool, level: level + 1)
        }
    }

    private func forEachBatch(
        _ rows: SpilledRows, _ body: (Batch) throws(DemetraError) -> Void
    ) throws(DemetraError) {
        for block in 0..<rows.morselCount {
            try context.cancellation.check()
            let batch = try rows.read(block)
            for (start, count) in BatchRanges(batch.count) {
                try body(batch.slice(from: start, count: count))
            }
        }
    }
}
