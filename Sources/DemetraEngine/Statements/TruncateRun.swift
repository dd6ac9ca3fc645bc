import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// TRUNCATE, and sequences that begin anew.
struct TruncateRun {
    let run: StatementRun
    let snapshot: Snapshot

    func truncate(
        _ tables: [TableDefinition], restarting: [SequenceDefinition]
    ) throws(DemetraError) {
        var write = WriteTransaction(snapshot: snapshot)
        var number = snapshot.catalog.nextTableNumber
        // All rows of the old tables go with them; new ones keep the names.
        var fresh: [TableID: TableID] = [:]
        for table in tables where table.history == nil {
            fresh[table.id] = TableID(number)
            number += 1
        }
        for table in tables {
            guard fresh[table.id] != nil else {
                // The rows are hidden as by DELETE: their history stays.
                guard let rows = snapshot.table(table.id) else { continue }
                write.requireUnchanged(table.id)
                write.delete(table.id, rowIDs: try rows.visibleRowIDs())
                continue
            }
            write.change(.dropTable(table.id))
        }
        for change in renumbered(tables, fresh) { write.change(change) }
        for sequence in owned(by: tables) {
            var changed = sequence
            changed.owner = sequence.owner.map {
                SequenceDefinition.Owner(table: fresh[$0.table] ?? $0.table, column: $0.column)
            }
            guard restarting.contains(where: { $0.id == sequence.id }) else {
                if changed != sequence { write.change(.putSequence(changed)) }
                continue
            }
            changed.id = TableID(number)
            number += 1
            SequenceRestart(from: sequence, to: changed, position: changed.beginning)
                .add(to: &write)
        }
        try run.commit(write)
        try run.output.finish(tag: "TRUNCATE TABLE")
    }

    private func owned(by tables: [TableDefinition]) -> [SequenceDefinition] {
        tables.flatMap { snapshot.catalog.sequences(ownedBy: $0.id) }
    }

    /// The tables under new numbers, and all that refer to them by these.
    private func renumbered(
        _ tables: [TableDefinition], _ fresh: [TableID: TableID]
    ) -> [CatalogChange] {
        var changes: [CatalogChange] = []
        for var table in snapshot.catalog.tables.values.sorted(by: { $0.id < $1.id }) {
            let old = table
            for index in table.foreignKeys.indices {
                let target = table.foreignKeys[index].target
                table.foreignKeys[index].target = fresh[target] ?? target
            }
            if let id = fresh[table.id] { table = table.renumbered(id) }
            if table != old { changes.append(.putTable(table)) }
        }
        return changes
    }

    // MARK: ALTER SEQUENCE

    func alter(
        from old: SequenceDefinition, to new: SequenceDefinition, restart: SequencePosition?
    ) throws(DemetraError) {
        var write = WriteTransaction(snapshot: snapshot)
        if old.id == new.id {
            if old != new { write.change(.putSequence(new)) }
        } else {
            let position: SequencePosition
            if let restart {
                position = restart
            } else if run.session.isOwn(old) {
                position = snapshot.position(of: old)
            } else {
                // A number that others get before the commit would be given again.
                position = try run.engine.sequences.settle(old)
                write.require(old.id, at: position)
            }
            guard (new.minimum...new.maximum).contains(position.value) else {
                throw DemetraError(
                    .invalidParameterValue,
                    "RESTART value (\(position.value)) is not between MINVALUE (\(new.minimum)) and "
                        + "MAXVALUE (\(new.maximum))",
                    hint: "Add RESTART WITH a number between them.")
            }
            SequenceRestart(from: old, to: new, position: position).add(to: &write)
        }
        try run.commit(write)
        try run.output.finish(tag: "ALTER SEQUENCE")
    }
}

/// A sequence that takes the place of another, under a number of its own: what was reserved of the old one's numbers
/// holds no more.
struct SequenceRestart {
    let from: SequenceDefinition
    let to: SequenceDefinition
    let position: SequencePosition

    func add(to write: inout WriteTransaction) {
        write.change(.dropSequence(from.id))
        write.change(.putSequence(to))
        write.move(to.id, to: position)
    }
}
