import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// ALTER TABLE.
///
/// Rows stay where they are: those that are older than a column have a value that the definition keeps. Only where
/// a new column has another value in each row they are written anew, and the table with the new columns takes
/// the place of the old one in one commit: readers see the one or the other, and a writer that was faster makes
/// the statement fail (40001) instead of losing its rows.
struct AlterTableRun {
    let run: StatementRun
    let snapshot: Snapshot

    func execute(_ alter: BoundAlterTable) throws(DemetraError) {
        var transaction = WriteTransaction(snapshot: snapshot)
        var positions: [(TableID, SequencePosition)] = []
        if alter.verifiesRows {
            let rows = try numbered(alter)
            for sequence in run.session.pendingSequences.withLock({ $0 }).values {
                positions.append((sequence.definition.id, sequence.position))
            }
            run.session.pendingSequences.withLock { $0 = [:] }
            try verify(alter, rows)
            transaction.requireUnchanged(alter.old.id)
            let keys = AddedKeys(table: alter.new, names: alter.addedKeys, snapshot: snapshot)
            try keys.verify(rows.batches)
            for target in keys.targets { transaction.requireUnchanged(target) }
            if alter.isRewritten {
                transaction.change(.dropTable(alter.old.id))
                transaction.change(.putTable(alter.new))
                transaction.insert(alter.new.id, rows.batches, onConflict: .error)
                for batch in snapshot.loadedBatches(of: alter.old.id) {
                    transaction.load(
                        batch: batch.id, alter.new.id, rowCount: Int(batch.rowCount))
                }
            }
        }
        for change in alter.cascaded { transaction.change(change) }
        if !alter.isRewritten { transaction.change(.putTable(try completed(alter))) }
        for change in alter.others { transaction.change(change) }
        for (sequence, position) in positions { transaction.move(sequence, to: position) }
        for restart in alter.restarts {
            var fresh = restart.to
            fresh.id = TableID(
                snapshot.catalog.nextTableNumber + Int64(alter.others.count) + 1)
            SequenceRestart(
                from: restart.from, to: fresh, position: restart.restart ?? fresh.beginning
            ).add(to: &transaction)
        }
        try run.commit(transaction)
        if let notice = alter.notice { run.output.notice(Notice(notice)) }
        try run.output.finish(tag: alter.tag)
    }

    /// The rows in the new columns, those of new sequences with their numbers.
    private func numbered(_ alter: BoundAlterTable) throws(DemetraError) -> MaterializedRows {
        let pending = Dictionary(
            alter.newSequences.map {
                ($0.literalName, PendingSequence(definition: $0, position: $0.beginning))
            }, uniquingKeysWith: { first, _ in first })
        run.session.pendingSequences.withLock { $0 = pending }
        do throws(DemetraError) {
            guard alter.rows.callsSequences else { return try run.collect(alter.rows, snapshot) }
            let context = run.serial(run.context(snapshot))
            return try context.collect(try run.physical(alter.rows, snapshot).open(context))
        } catch {
            run.session.pendingSequences.withLock { $0 = [:] }
            throw error
        }
    }

    /// The new definition with what its old rows have in new columns.
    private func completed(_ alter: BoundAlterTable) throws(DemetraError) -> TableDefinition {
        guard !alter.missingColumns.isEmpty else { return alter.new }
        var table = alter.new
        let values = try run.collect(alter.missing, snapshot)
        guard let row = values.batches.first(where: { $0.count == 1 }) else {
            throw DemetraError(.internalError, "the defaults of new columns are not one row")
        }
        for (index, position) in alter.missingColumns.enumerated() {
            let value = row.vectors[index].value(at: 0)
            let isEmpty = snapshot.table(alter.old.id)?.rowCount == 0
            if value == .null, !table.columns[position].isNullable, !isEmpty {
                throw nullViolation(table.columns[position].name, alter)
            }
            table.columns[position].missingValue = value == .null ? nil : value
        }
        return table
    }

    private func nullViolation(_ column: String, _ alter: BoundAlterTable) -> DemetraError {
        DemetraError(
            .notNullViolation,
            "column \"\(column)\" of relation \"\(alter.old.name)\" contains null values",
            hint: "Give the rows values first, or a DEFAULT to the new column.")
    }

    private func verify(
        _ alter: BoundAlterTable, _ rows: MaterializedRows
    ) throws(DemetraError) {
        for batch in rows.batches {
            for (index, column) in alter.new.columns.enumerated()
            where !column.isNullable && batch.vectors[index].hasNulls {
                throw nullViolation(column.name, alter)
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
