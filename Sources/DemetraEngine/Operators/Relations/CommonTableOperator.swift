import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Computes a common table expression once, then the body that reads it.
struct WithOperator: PhysicalOperator {
    let id: Int
    let definition: any PhysicalOperator
    let body: any PhysicalOperator
    var layout: ColumnLayout { body.layout }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let rows = try context.collect(try definition.open(context), for: "common table")
        context.setCommonTable(id, rows)
        return try body.open(context)
    }
}

/// The rows of a common table expression.
struct CommonTableOperator: PhysicalOperator {
    let id: Int
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        guard let rows = context.commonTable(id) else {
            throw DemetraError(.internalError, "common table \(id) is read before it is computed")
        }
        return BatchStream(source: rows)
    }
}

/// WITH RECURSIVE: the base, then the step over the rows of the last round until none are new.
struct RecursiveOperator: PhysicalOperator {
    /// Rounds after which a recursion is taken for endless.
    static let largestRoundCount = 1_000_000

    let id: Int
    let base: any PhysicalOperator
    let step: any PhysicalOperator
    let layout: ColumnLayout
    let all: Bool

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let seen = DistinctTable(keyTypes: layout.types)
        var round = try fresh(try context.collect(try base.open(context)).batches, seen)
        var result: [Batch] = []
        var rounds = 0
        while !round.isEmpty {
            try context.cancellation.check()
            rounds += 1
            guard rounds <= Self.largestRoundCount else {
                throw DemetraError(
                    .programLimitExceeded,
                    "the recursive query did not end within \(Self.largestRoundCount) rounds")
            }
            result += round
            context.setCommonTable(id, MaterializedRows(batches: round))
            round = try fresh(try context.collect(try step.open(context)).batches, seen)
        }
        return BatchStream(source: MaterializedRows(batches: result))
    }

    private func fresh(_ batches: [Batch], _ seen: DistinctTable) throws(DemetraError) -> [Batch] {
        if all { return batches.filter { $0.count > 0 } }
        var result: [Batch] = []
        for batch in batches {
            let selection = try seen.insert(batch.vectors, count: batch.count)
            if selection.count > 0 { result.append(batch.taking(selection)) }
        }
        return result
    }
}
