import DemetraCatalog
import DemetraTypes
import DemetraVectors

// Carrying out the operations of one statement: at its commit, or inside an open transaction.

extension CommitBuilder {
    /// A statement that is a transaction of its own, on the current state.
    mutating func apply(_ transaction: WriteTransaction) throws(DemetraError) {
        let base = transaction.base
        let check = CommitCheck(base: base.catalog, current: catalog)
        try check.check(
            transaction.operations.compactMap(\.catalogChange),
            written: transaction.operations.compactMap(\.writtenTable))
        for operation in transaction.operations {
            switch operation {
            case .requireUnchanged(let table): try requireUnchanged(table, base)
            case .requirePosition(let sequence, let position):
                try requirePosition(sequence, position)
            default: continue
            }
        }
        for operation in transaction.operations { try apply(operation.numbered(check)) }
        try verifyReferences()
    }

    /// A flush makes other objects of the same rows: revisions tell, identities do not.
    func requireUnchanged(_ table: TableID, _ base: Snapshot) throws(DemetraError) {
        guard let old = base.states[table] else { return }
        guard states[table]?.revision == old.revision else {
            throw CommitCheck.changed(old.definition.name)
        }
    }

    /// A sequence stands where its transaction saw it.
    func requirePosition(
        _ id: TableID, _ position: SequencePosition
    ) throws(DemetraError) {
        guard let sequence = catalog.sequence(id: id) else { return }
        guard (sequences[id] ?? sequence.beginning) == position else {
            throw CommitCheck.sequenceMoved(sequence.name)
        }
    }

    mutating func apply(_ operation: WriteTransaction.Operation) throws(DemetraError) {
        switch operation {
        case .change(let change): try apply(.catalog(change))
        case .insert(let table, let batches, let conflict):
            try insert(table, batches, conflict)
        case .insertBulk(let table, let rows, let conflict):
            try insert(table, rows, conflict)
        case .delete(let table, let ids):
            guard case .int64(let numbers) = ids.flattened().storage else {
                throw DemetraError(.internalError, "row ids are not bigint")
            }
            try hideVisible(table, (0..<ids.count).map { RowID(number: numbers[$0]) })
        case .requireUnchanged, .requirePosition: break
        case .batch(let table, let id, let rowCount): try load(id, rowCount, into: table)
        case .move(let sequence, let position): try apply(.sequence(sequence, position))
        }
    }

    /// Hides rows all of which must be visible.
    ///
    /// - Throws: 40001 when one is not: another commit changed or deleted it.
    mutating func hideVisible(_ table: TableID, _ rows: [RowID]) throws(DemetraError) {
        guard !rows.isEmpty else { return }
        let state = try state(table)
        guard try state.visible(rows).count == rows.count else {
            throw CommitCheck.rowChanged(state.definition.name)
        }
        try apply(.hide(table, rows))
    }

    /// - Throws: 40001 when the table has got a batch of that name.
    mutating func load(
        _ id: String, _ rowCount: Int64, into table: TableID
    ) throws(DemetraError) {
        guard ledger.batch(id, of: table) == nil else {
            throw CommitCheck.batchLoaded(id, try state(table).definition.name)
        }
        let batch = LoadedBatch(id: id, rowCount: rowCount, time: moment.time)
        try apply(.batch(table, batch))
    }

    func state(_ table: TableID) throws(DemetraError) -> TableState {
        guard let state = states[table] else {
            throw DemetraError(.undefinedTable, "the table was dropped concurrently")
        }
        return state
    }
}

extension TableState {
    /// Those of some rows that the table has and nothing hides.
    func visible(_ rows: [RowID]) throws(DemetraError) -> [RowID] {
        let places = try places(of: rows.map(\.number))
        return zip(rows, places).compactMap { id, place in
            place.flatMap { groups[$0.position].isHidden($0.row) ? nil : id }
        }
    }
}

extension WriteTransaction.Operation {
    fileprivate var catalogChange: CatalogChange? {
        if case .change(let change) = self { change } else { nil }
    }

    /// The table whose rows are changed.
    var writtenTable: TableID? {
        switch self {
        case .insert(let table, _, _), .insertBulk(let table, _, _), .delete(let table, _),
            .requireUnchanged(let table),
            .batch(let table, _, _):
            table
        case .change, .move, .requirePosition: nil
        }
    }

    fileprivate func numbered(_ check: CommitCheck) -> Self {
        switch self {
        case .change(let change): .change(check.numbered(change))
        case .insert(let table, let batches, let conflict):
            .insert(check.numbered(table), batches, conflict)
        case .insertBulk(let table, let rows, let conflict):
            .insertBulk(check.numbered(table), rows, conflict)
        case .delete(let table, let ids): .delete(check.numbered(table), ids)
        case .requireUnchanged(let table): .requireUnchanged(check.numbered(table))
        case .batch(let table, let id, let rowCount):
            .batch(check.numbered(table), id: id, rowCount: rowCount)
        case .move(let sequence, let position):
            .move(sequence: check.numbered(sequence), position)
        case .requirePosition: self
        }
    }
}
