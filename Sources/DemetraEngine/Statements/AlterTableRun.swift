import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// ALTER TABLE.
///
/// When columns come or go the rows are written anew, and the table with the new columns takes the place of
/// the old one in one commit: readers see the one or the other, and a writer that was faster makes the
/// statement fail (40001) instead of losing its rows.
struct AlterTableRun {
    let run: StatementRun
    let snapshot: Snapshot

    func execute(_ alter: BoundAlterTable) throws(DemetraError) {
        var transaction = WriteTransaction(snapshot: snapshot)
        if alter.verifiesRows {
            let rows = try run.collect(alter.rows, snapshot)
            try verify(alter, rows)
            transaction.requireUnchanged(alter.old.id)
            if alter.isRewritten {
                transaction.change(.dropTable(alter.old.id))
                transaction.change(.putTable(alter.new))
                transaction.insert(alter.new.id, rows.batches, onConflict: .error)
            } else {
                transaction.change(.putTable(alter.new))
            }
        } else {
            transaction.change(.putTable(alter.new))
        }
        _ = try run.engine.store.commit(transaction)
        if let notice = alter.notice { run.output.notice(Notice(notice)) }
        try run.output.finish(tag: "ALTER TABLE")
    }

    private func verify(
        _ alter: BoundAlterTable, _ rows: MaterializedRows
    ) throws(DemetraError) {
        for batch in rows.batches {
            for (index, column) in alter.new.columns.enumerated()
            where !column.isNullable && batch.vectors[index].hasNulls {
                throw DemetraError(
                    .notNullViolation,
                    "column \"\(column.name)\" of relation \"\(alter.old.name)\" contains null values",
                    hint: "Give the rows values first, or a DEFAULT to the new column.")
            }
        }
        let constraints = try RowConstraints(
            table: alter.new, checks: alter.checks, layout: ColumnLayout(alter.rows.columns))
        let context = run.context(snapshot)
        for batch in rows.batches {
            try constraints.verify(rows: batch.vectors, batch: batch, context)
        }
    }
}
