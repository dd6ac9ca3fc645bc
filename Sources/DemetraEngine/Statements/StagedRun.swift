import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// WITH that changes rows: the stages one after another, then the statement.
///
/// All of them read the same snapshot, so none sees what another does but through RETURNING; what they do is one
/// transaction, which the session has begun.
struct StagedRun {
    let run: StatementRun
    let snapshot: Snapshot

    func execute(_ stages: [BoundStage], _ main: BoundStatement) throws(DemetraError) {
        var run = run
        for stage in stages {
            switch stage {
            case .rows(let id, let plan):
                run.commonTables[id] = try run.collect(plan, snapshot)
            case .change(let id, let change):
                let kept = KeptRows(budget: run.budget)
                var inner = run.inner(answering: kept)
                (inner.profile, inner.commonTables) = (run.profile, run.commonTables)
                try execute(change, inner)
                run.commonTables[id] = MaterializedRows(batches: kept.batches)
            }
        }
        try execute(main, run)
    }

    /// - Throws: 21000 for a row that an earlier stage has changed. Nobody else can have done so: what others commit is
    ///   not seen before the end of the transaction.
    private func execute(
        _ statement: BoundStatement, _ run: StatementRun
    ) throws(DemetraError) {
        do throws(DemetraError) {
            try run.execute(statement, snapshot)
        } catch {
            guard error.sqlState == .serializationFailure else { throw error }
            throw DemetraError(
                .cardinalityViolation, "WITH changes a row that the statement has changed before",
                hint: "Change each row in one place, or write two statements.")
        }
    }

    /// Takes what RETURNING gives.
    private final class KeptRows: QueryTarget {
        private let budget: MemoryBudget
        private(set) var batches: [Batch] = []

        init(budget: MemoryBudget) { self.budget = budget }

        func rows(_ batch: Batch) throws(DemetraError) {
            try budget.reserve(batch.byteCount)
            let vectors = batch.vectors.map { $0.type == .unknown ? $0.retyped(.text) : $0 }
            batches.append(Batch(vectors, count: batch.count))
        }
    }
}
