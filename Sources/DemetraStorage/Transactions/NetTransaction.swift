import DemetraCatalog
import DemetraTypes

/// What a transaction of several statements comes to, prepared outside of the writer's lock.
struct NetTransaction: Sendable {
    /// The net effect on one table.
    struct Table: Sendable {
        let id: TableID
        let work: OpenTransaction.Work
        /// The rows of its own that are left.
        let added: [OwnRows.Part]
    }

    let base: Snapshot
    let changes: [CatalogChange]
    /// Tables that are left at the end.
    let tables: [Table]
    /// Tables of the base whose rows were changed, dropped ones too.
    let written: [TableID]
    let unchanged: [TableID]
    let sequences: [TableID: SequencePosition]
    /// Where sequences have to stand.
    let positions: [TableID: SequencePosition]
    /// Foreign keys have waited, which have not been asked about everything.
    let awaitsReferences: Bool

    init(_ transaction: OpenTransaction) throws(DemetraError) {
        base = transaction.base
        changes = transaction.changes
        awaitsReferences = transaction.awaitsReferences
        let left = transaction.snapshot.catalog
        sequences = transaction.sequences.filter { left.sequence(id: $0.key) != nil }
        positions = transaction.positions
        written = transaction.work.keys.sorted()
        unchanged = written.filter { transaction.work[$0]?.requiresUnchanged ?? false }
        var tables: [Table] = []
        for id in written {
            guard let work = transaction.work[id], let state = transaction.snapshot.states[id]
            else { continue }
            let own = OwnRows(
                state: state, firstRow: base.states[id]?.nextRow ?? 0, work: work)
            tables.append(Table(id: id, work: work, added: try own.parts()))
        }
        self.tables = tables
    }
}

extension CommitBuilder {
    /// Carries a transaction over to the current state.
    ///
    /// Where nobody else changed a table, its keys are known to fit and are not looked up again.
    ///
    /// - Parameter deferral: foreign keys that are still not asked; nil at the commit.
    mutating func apply(
        _ net: NetTransaction, deferring deferral: ConstraintDeferral? = nil
    ) throws(DemetraError) {
        let check = CommitCheck(base: net.base.catalog, current: catalog)
        try check.check(net.changes, written: net.written)
        for table in net.unchanged { try requireUnchanged(table, net.base) }
        for (sequence, position) in net.positions { try requirePosition(sequence, position) }
        let isSettled = net.tables.map { table in
            net.base.states[table.id].map { $0.revision == states[table.id]?.revision } ?? true
        }
        for change in net.changes { try apply(.catalog(check.numbered(change))) }
        for (table, isSettled) in zip(net.tables, isSettled) {
            let id = check.numbered(table.id)
            if isSettled {
                try hide(table.work.hidden + table.work.replaced, id)
            } else {
                try hideVisible(id, table.work.hidden)
                let rest = try state(id).visible(table.work.replaced)
                try hide(rest, id)
            }
            for part in table.added { try add(part, to: id, net.base, isSettled: isSettled) }
            for batch in table.work.batches { try load(batch.id, batch.rowCount, into: id) }
        }
        for (id, position) in net.sequences.sorted(by: { $0.key < $1.key }) {
            try apply(.sequence(check.numbered(id), position))
        }
        try verifyReferences(
            since: net.awaitsReferences ? nil : net.base, deferring: deferral)
    }

    private mutating func hide(_ rows: [RowID], _ table: TableID) throws(DemetraError) {
        if !rows.isEmpty { try apply(.hide(table, rows)) }
    }

    private mutating func add(
        _ part: OwnRows.Part, to table: TableID, _ base: Snapshot, isSettled: Bool
    ) throws(DemetraError) {
        switch part {
        case .memory(let batches, let conflict):
            try insert(table, batches, conflict, isChecked: isSettled)
        case .segment(let reader, let hidden, let conflict):
            // Against the state that they were checked with, where nothing has changed since.
            let rows = BulkRows(
                snapshot: isSettled ? nil : base, batches: [], segments: [reader], replaced: [],
                superseded: hidden, count: 0)
            try insert(table, rows, conflict)
        }
    }
}
