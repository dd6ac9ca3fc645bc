import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// UPDATE and DELETE: the rows to change are found by an ordinary plan that gives row ids.
struct ModificationRun {
    let run: StatementRun
    let snapshot: Snapshot

    func execute(_ update: BoundUpdate) throws(DemetraError) {
        let context = run.context(snapshot)
        let rows = try withoutRepeatedIDs(try run.collect(update.plan, snapshot))
        let layout = ColumnLayout(update.plan.columns)
        let constraints = try RowConstraints(
            table: update.table, checks: update.checks, layout: layout)
        let columnCount = update.table.columns.count
        var transaction = WriteTransaction(snapshot: snapshot)
        var values: [Batch] = []
        for batch in rows {
            let row = Array(batch.vectors[1..<(columnCount + 1)])
            try constraints.verify(rows: row, batch: batch, context)
            transaction.delete(update.table.id, rowIDs: batch.vectors[0])
            values.append(Batch(row, count: batch.count))
        }
        try ReferentialActions.add(
            updates: zip(rows, values).map { ($0.vectors[0], $1.vectors) }, of: update.table, run,
            snapshot, to: &transaction)
        transaction.insert(update.table.id, values, onConflict: .error)
        try run.commit(transaction)
        try answer(update.returning, layout, rows, "UPDATE", context)
    }

    func execute(_ delete: BoundDelete) throws(DemetraError) {
        let context = run.context(snapshot)
        let rows = try withoutRepeatedIDs(try run.collect(delete.plan, snapshot))
        var transaction = WriteTransaction(snapshot: snapshot)
        if ReferentialActions.concern(delete.table, snapshot.catalog) {
            var actions = ReferentialActions(run: run, snapshot: snapshot)
            let ids = rows.flatMap { ReferentialActions.numbers($0.vectors[0]) }
            try actions.delete(delete.table, ids)
            try actions.add(to: &transaction, beside: delete.table, own: Set(ids))
        }
        for batch in rows { transaction.delete(delete.table.id, rowIDs: batch.vectors[0]) }
        try run.commit(transaction)
        try answer(
            delete.returning, ColumnLayout(delete.plan.columns), rows, "DELETE", context)
    }

    private func answer(
        _ returning: [ProjectedColumn], _ layout: ColumnLayout, _ rows: [Batch], _ verb: String,
        _ context: ExecutionContext
    ) throws(DemetraError) {
        let tag = "\(verb) \(rows.reduce(0) { $0 + $1.count })"
        guard !returning.isEmpty else { return try run.output.finish(tag: tag) }
        try Returning(run: run).deliver(
            returning, layout: layout, batches: rows, tag: tag, context)
    }

    /// A row that a join found several times is changed once, by its first partner.
    private func withoutRepeatedIDs(_ rows: MaterializedRows) throws(DemetraError) -> [Batch] {
        let seen = DistinctTable(keyTypes: [.bigint])
        var result: [Batch] = []
        for batch in rows.batches {
            let selection = try seen.insert([batch.vectors[0]], count: batch.count)
            if selection.count == batch.count {
                result.append(batch)
            } else if selection.count > 0 {
                result.append(batch.taking(selection))
            }
        }
        return result
    }
}
