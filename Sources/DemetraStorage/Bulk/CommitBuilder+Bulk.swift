import DemetraCatalog
import DemetraTypes
import DemetraVectors

// Rows that were written before their commit: what is left to do under the writer's lock is to check them against
// what was committed since their snapshot, and to give them ids.

extension CommitBuilder {
    mutating func insert(
        _ table: TableID, _ rows: BulkRows, _ conflict: ConflictAction
    ) throws(DemetraError) {
        let state = try state(table)
        // The files lie in the folder of the table that the transaction made; another has its number now.
        if let segment = rows.segments.first, segment.footer.table != table {
            let batches = try rows.readBack(state.definition)
            return try insert(table, batches, conflict, isChecked: rows.snapshot == nil)
        }
        try check(rows, against: state, conflict)
        // A row that was hidden meanwhile is gone already.
        var hidden: [RowID] = []
        for id in Set(rows.replaced) {
            guard let place = try state.locate(id),
                !state.groups[place.position].isHidden(place.row)
            else { continue }
            hidden.append(id)
        }
        hidden.sort { $0.number < $1.number }
        if !hidden.isEmpty { try apply(.hide(table, hidden)) }
        let base = try self.state(table).nextRow
        try attach(rows.segments, to: table)
        guard !rows.superseded.isEmpty else { return }
        let superseded = Set(rows.superseded).sorted().map { RowID(number: base + $0) }
        try apply(.hide(table, superseded))
    }

    /// Rows that others committed since the snapshot, with a key of the new rows: an error, or replaced.
    private mutating func check(
        _ rows: BulkRows, against state: TableState, _ conflict: ConflictAction
    ) throws(DemetraError) {
        guard let snapshot = rows.snapshot else { return }
        let before = snapshot.states[state.definition.id]
        guard state.revision != before?.revision ?? 0 else { return }
        let firstNew = before?.nextRow ?? 0
        let prepared = TableState(
            definition: state.definition, groups: rows.visibleGroups(state.definition))
        var hidden: [RowID] = []
        for visible in state.groups where visible.group.last >= firstNew {
            guard
                case .int64(let ids) = try visible.group.rowIDs(
                    from: 0, count: visible.group.count
                ).storage
            else { throw DemetraError(.internalError, "row ids are not bigint") }
            let fresh = (0..<visible.group.count).filter {
                ids[$0] >= firstNew && !visible.isHidden($0)
            }
            guard !fresh.isEmpty else { continue }
            let selection = SelectionVector(Buffer(fresh.map { Int32($0) }))
            for key in state.definition.keys {
                var keys: [Vector] = []
                for column in key.columns {
                    keys.append(try visible.group.vector(column).taking(selection))
                }
                let found = try KeyLookup(state: prepared, key: key).find(keys, count: fresh.count)
                guard let row = found.firstIndex(where: { $0 >= 0 }) else { continue }
                guard conflict == .replace, key.isPrimary else {
                    throw KeyConflicts.duplicate(key, state.definition, keys, row)
                }
                for (index, row) in fresh.enumerated() where found[index] >= 0 {
                    hidden.append(RowID(number: ids[row]))
                }
            }
        }
        if !hidden.isEmpty { try apply(.hide(state.definition.id, hidden)) }
    }
}
