import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Applies a transaction to the current state: checks keys, resolves conflicts, and writes down what the log
/// has to keep. Nothing is changed in place, so a transaction that fails leaves no trace.
struct CommitBuilder {
    private(set) var catalog: Catalog
    private(set) var states: [TableID: TableState]
    private(set) var logged: [LoggedChange] = []

    init(catalog: Catalog, states: [TableID: TableState]) {
        self.catalog = catalog
        self.states = states
    }

    // MARK: Transactions

    mutating func apply(_ transaction: WriteTransaction) throws(DemetraError) {
        if catalog.version != transaction.base.catalog.version {
            try checkTables(transaction)
        }
        for operation in transaction.operations {
            switch operation {
            case .change(let change): apply(.catalog(change))
            case .insert(let table, let batches, let conflict):
                try insert(table, batches, conflict)
            case .delete(let table, let ids): try delete(table, ids)
            }
        }
    }

    /// The tables a transaction was decided on are still what they were, and names it takes are free.
    private func checkTables(_ transaction: WriteTransaction) throws(DemetraError) {
        for operation in transaction.operations {
            switch operation {
            case .change(.putTable(let table)):
                if let other = catalog.tables[table.name], other.id != table.id,
                    transaction.base.catalog.tables[table.name]?.id != other.id
                {
                    throw DemetraError(
                        .duplicateTable, "relation \"\(table.name)\" already exists")
                }
                if let other = catalog.table(id: table.id),
                    transaction.base.catalog.table(id: table.id) != other
                {
                    throw changed(other.name)
                }
            case .insert(let id, _, _), .delete(let id, _):
                guard let base = transaction.base.catalog.table(id: id) else { continue }
                guard catalog.table(id: id) == base else { throw changed(base.name) }
            default: continue
            }
        }
    }

    private func changed(_ table: String) -> DemetraError {
        DemetraError(
            .serializationFailure, "table \"\(table)\" was changed concurrently",
            hint: "Run the statement again.")
    }

    private func state(_ table: TableID) throws(DemetraError) -> TableState {
        guard let state = states[table] else {
            throw DemetraError(.undefinedTable, "the table was dropped concurrently")
        }
        return state
    }

    private mutating func delete(_ table: TableID, _ ids: Vector) throws(DemetraError) {
        let state = try state(table)
        guard case .int64(let numbers) = ids.flattened().storage else {
            throw DemetraError(.internalError, "row ids are not bigint")
        }
        var rows: [RowID] = []
        for index in 0..<ids.count {
            let id = RowID(number: numbers[index])
            guard let place = state.locate(id), state.isVisible(place) else {
                throw DemetraError(
                    .serializationFailure,
                    "a row of \"\(state.definition.name)\" was changed concurrently",
                    hint: "Run the statement again.")
            }
            rows.append(
                RowID(group: state.groups[place.position].group.id, row: place.row))
        }
        if !rows.isEmpty { apply(.hide(table, rows)) }
    }

    // MARK: Inserts

    private mutating func insert(
        _ table: TableID, _ batches: [Batch], _ conflict: ConflictAction
    ) throws(DemetraError) {
        let count = batches.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        let definition = try state(table).definition
        var columns: [Vector] = []
        for (index, column) in definition.columns.enumerated() {
            let parts = batches.filter { $0.count > 0 }.map { $0.vectors[index] }
            columns.append(try Vector.concatenating(parts, type: column.type).withoutConstant())
        }
        var rowCount = count
        for key in definition.keys {
            (columns, rowCount) = try checked(table, key, columns, rowCount, conflict)
        }
        try add(.insert(table, columns, count: rowCount))
    }

    /// Rows that a key lets in: all, or those that replace.
    private mutating func checked(
        _ table: TableID, _ key: KeyDefinition, _ columns: [Vector], _ count: Int,
        _ conflict: ConflictAction
    ) throws(DemetraError) -> ([Vector], Int) {
        var columns = columns
        var count = count
        let state = try state(table)
        let replaces = conflict == .replace && key.isPrimary
        var keys = key.columns.map { columns[$0] }
        if let repeated = try repeatedRows(keys, count) {
            guard replaces else { throw duplicate(key, state.definition, keys, repeated.first) }
            columns = columns.map { $0.taking(repeated.kept) }
            keys = key.columns.map { columns[$0] }
            count = repeated.kept.count
        }
        let existing = try KeyLookup(state: state, key: key).find(keys, count: count)
        if let row = existing.firstIndex(where: { $0 >= 0 }) {
            guard replaces else { throw duplicate(key, state.definition, keys, row) }
            apply(.hide(table, existing.filter { $0 >= 0 }.map { RowID(number: $0) }))
        }
        return (columns, count)
    }

    /// The first row whose key an earlier one has, and the last row of each key; nil without repetition.
    private func repeatedRows(
        _ keys: [Vector], _ count: Int
    ) throws(DemetraError) -> (first: Int, kept: SelectionVector)? {
        let table = GroupTable(keyTypes: keys.map(\.type))
        let groups = try table.assign(keys, count: count)
        if table.groupCount == count { return nil }
        var last = [Int32](repeating: -1, count: table.groupCount)
        var first: Int?
        var kept: [Int32] = []
        for row in 0..<count {
            // A NULL among the values makes a key that equals no other.
            if keys.contains(where: { !$0.isValid(row) }) {
                kept.append(Int32(row))
                continue
            }
            if last[Int(groups[row])] >= 0, first == nil { first = row }
            last[Int(groups[row])] = Int32(row)
        }
        guard let first else { return nil }
        kept += last.filter { $0 >= 0 }
        return (first, SelectionVector(Buffer(kept.sorted())))
    }

    private func duplicate(
        _ key: KeyDefinition, _ table: TableDefinition, _ keys: [Vector], _ row: Int
    ) -> DemetraError {
        let names = key.columns.map { table.columns[$0].name }.joined(separator: ", ")
        let values = keys.map { ValueText.text($0.value(at: row), type: $0.type) ?? "NULL" }
        return DemetraError(
            .uniqueViolation, "duplicate key value violates unique constraint \"\(key.name)\"",
            detail: "Key (\(names))=(\(values.joined(separator: ", "))) already exists.",
            hint: "Use ON CONFLICT, or a table WITH (restate = true) where the last writer wins.")
    }

    // MARK: Logged changes

    private mutating func add(_ change: LoggedChange) throws(DemetraError) {
        try replay(change)
        logged.append(change)
    }

    private mutating func apply(_ change: LoggedChange) {
        switch change {
        case .catalog(let change): apply(change)
        case .hide(let table, let rows): states[table] = states[table]?.hiding(rows)
        case .insert: break
        }
        logged.append(change)
    }

    /// Carries out what the log says was done.
    mutating func replay(_ change: LoggedChange) throws(DemetraError) {
        switch change {
        case .catalog(let change): apply(change)
        case .hide(let table, let rows): states[table] = states[table]?.hiding(rows)
        case .insert(let table, let columns, let count):
            states[table] = try states[table]?.adding(columns, count: count)
        }
    }

    private mutating func apply(_ change: CatalogChange) {
        catalog = catalog.applying(change)
        switch change {
        case .putTable(let table):
            states[table.id] = states[table.id]?.redefined(table) ?? TableState(definition: table)
        case .dropTable(let id): states[id] = nil
        default: break
        }
    }
}
