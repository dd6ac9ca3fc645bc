import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Applies a transaction to the current state: checks keys, resolves conflicts, and writes down what the log
/// has to keep. Nothing is changed in place, so a transaction that fails leaves no trace.
///
/// More rows than a row group holds are written as segments at once, and the log only names them: they are
/// written once instead of twice, and never wait in the memtable.
struct CommitBuilder {
    private(set) var catalog: Catalog
    var states: [TableID: TableState]
    private(set) var ledger: BatchLedger
    private(set) var sequences: SequenceLedger
    /// What foreign keys have to be asked about, since they were asked last.
    private var referenceWork = ReferenceWork()
    private(set) var logged: [LoggedChange] = []
    /// Those of them that the log keeps: all but what is done to temporary tables.
    private(set) var durable: [LoggedChange] = []
    /// Segments that were written or opened on the way. Who commits them keeps them; the files of the others
    /// go by themselves.
    private(set) var segments: [KnownSegment] = []
    /// Rows that the log hides and that are in segments whose row ids cannot be read.
    private(set) var unplaced: [TableID: [RowID]] = [:]
    /// The commit that is being made.
    private(set) var moment: CommitMoment
    private let directory: DatabaseDirectory
    private let configuration: StoreConfiguration

    /// - Parameter base: what there is before the commit.
    init(
        _ base: Snapshot, moment: CommitMoment, directory: DatabaseDirectory,
        configuration: StoreConfiguration
    ) {
        catalog = base.catalog
        states = base.states
        ledger = base.ledger
        sequences = base.sequences
        self.moment = moment
        self.directory = directory
        self.configuration = configuration
    }

    /// A builder that has done nothing yet.
    func rewound(to base: Snapshot) -> CommitBuilder {
        CommitBuilder(
            base, moment: moment, directory: directory, configuration: configuration)
    }

    /// Gives away what was written down so far, for a transaction that keeps its own record of it.
    mutating func take() -> (logged: [LoggedChange], segments: [KnownSegment]) {
        defer { (logged, durable, segments) = ([], [], []) }
        return (logged, segments)
    }

    // MARK: Inserts

    /// - Parameter isChecked: the rows are known to fit all keys.
    mutating func insert(
        _ table: TableID, _ batches: [Batch], _ conflict: ConflictAction, isChecked: Bool = false
    ) throws(DemetraError) {
        let count = batches.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        let definition = try state(table).definition
        let filled = batches.filter { $0.count > 0 }
        var columns: [Vector] = []
        for (index, column) in definition.columns.enumerated() {
            let vector =
                filled.count == 1 && filled[0].vectors[index].type == column.type
                ? filled[0].vectors[index]
                : try Vector.concatenating(filled.map { $0.vectors[index] }, type: column.type)
            columns.append(vector.withoutConstant().withoutUnusedTexts())
        }
        var rowCount = count
        for key in isChecked ? [] : definition.keys {
            (columns, rowCount) = try checked(table, key, columns, rowCount, conflict)
        }
        guard rowCount > 0 else { return }
        if rowCount > configuration.bulkRows {
            try writeSegments(table, columns, rowCount)
        } else {
            let first = try self.state(table).nextRow
            try apply(.insert(table, first: first, columns, count: rowCount))
        }
    }

    /// Rows straight into segments.
    private mutating func writeSegments(
        _ table: TableID, _ columns: [Vector], _ count: Int
    ) throws(DemetraError) {
        let writer = ChunkWriter(
            directory: directory, definition: try state(table).definition,
            threadCount: configuration.processorCount)
        try attach(try writer.write(columns, count: count), to: table)
    }

    /// Segments that were prepared: their rows get the table's next ids.
    mutating func attach(
        _ readers: [SegmentReader], to table: TableID
    ) throws(DemetraError) {
        for reader in readers {
            let segment = KnownSegment(reader, base: try state(table).nextRow)
            segments.append(segment)
            try attach(segment)
            if !(try state(table)).definition.foreignKeys.isEmpty {
                referenceWork.attached.append((table, reader))
            }
            log(.attach(segment.record), isTemporary: isTemporary(table))
        }
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
        if let repeated = try KeyConflicts.repeatedRows(keys, count) {
            guard replaces else {
                throw KeyConflicts.duplicate(key, state.definition, keys, repeated.first)
            }
            columns = columns.map { $0.taking(repeated.kept) }
            keys = key.columns.map { columns[$0] }
            count = repeated.kept.count
        }
        let existing = try KeyLookup(state: state, key: key).find(keys, count: count)
        if let row = existing.firstIndex(where: { $0 >= 0 }) {
            guard replaces else { throw KeyConflicts.duplicate(key, state.definition, keys, row) }
            let same = try state.unchanged(existing, columns)
            let replaced = existing.indices.filter { existing[$0] >= 0 && same?[$0] != true }
            if !replaced.isEmpty {
                try apply(.hide(table, replaced.map { RowID(number: existing[$0]) }))
            }
            if let same {
                let kept = (0..<count).filter { !same[$0] }
                let selection = SelectionVector(Buffer(kept.map { Int32($0) }))
                return (columns.map { $0.taking(selection) }, kept.count)
            }
        }
        return (columns, count)
    }

    // MARK: Logged changes

    mutating func apply(_ change: LoggedChange) throws(DemetraError) {
        // Asked before: a table that is dropped is not there afterwards.
        let isTemporary = isTemporary(change)
        try noteReferences(change)
        try replay(change)
        log(change, isTemporary: isTemporary)
    }

    /// Keeps what foreign keys will want to know of a change; before it is carried out, for what is hidden is gone then.
    private mutating func noteReferences(_ change: LoggedChange) throws(DemetraError) {
        switch change {
        case .insert(let table, _, let columns, let count):
            guard let state = states[table], !state.definition.foreignKeys.isEmpty else { return }
            referenceWork.added.append((table, columns, count))
        case .hide(let table, let rows):
            guard let state = states[table], !rows.isEmpty,
                !catalog.references(to: table).isEmpty
            else { return }
            let visible = try state.visible(rows)
            guard !visible.isEmpty else { return }
            let columns = try TableSnapshot(state).rows(
                withIDs: Vector(
                    type: .bigint, count: visible.count,
                    storage: .int64(Buffer(visible.map(\.number)))),
                columns: Array(state.definition.columns.indices))
            referenceWork.removed.append((table, columns, visible.count))
        default: return
        }
    }

    /// Asks the foreign keys about what was done since the last call.
    ///
    /// - Parameters:
    ///   - base: the state on which the same was allowed: when nobody has committed since, nothing is asked.
    ///   - deferral: which of them wait for the end of the transaction; nil at that end.
    /// - Returns: whether some were not asked, which wait.
    /// - Throws: 23503.
    @discardableResult
    mutating func verifyReferences(
        since base: Snapshot? = nil, deferring deferral: ConstraintDeferral? = nil
    ) throws(DemetraError) -> Bool {
        guard !referenceWork.isEmpty else { return false }
        let work = referenceWork
        referenceWork = ReferenceWork()
        if let base, base.sequence == moment.previous.sequence { return false }
        let check = ReferenceCheck(catalog: catalog, states: states, deferral: deferral)
        try check.verify(work)
        return check.leaves(work)
    }

    private mutating func log(_ change: LoggedChange, isTemporary: Bool) {
        logged.append(change)
        if !isTemporary { durable.append(change) }
    }

    private func isTemporary(_ change: LoggedChange) -> Bool {
        switch change {
        case .catalog(.putTable(let table)): table.isTemporary
        case .catalog(.dropTable(let id)): isTemporary(id)
        case .catalog(.putView(let view)): view.qualifiedName.isTemporary
        case .catalog(.dropView(let name)): name.isTemporary
        case .catalog(.putSequence(let sequence)): sequence.qualifiedName.isTemporary
        case .catalog(.dropSequence(let id)), .sequence(let id, _):
            catalog.sequence(id: id)?.qualifiedName.isTemporary ?? false
        case .catalog: false
        case .insert(let id, _, _, _), .hide(let id, _), .batch(let id, _): isTemporary(id)
        case .attach(let record): isTemporary(record.table)
        }
    }

    private func isTemporary(_ table: TableID) -> Bool {
        states[table]?.definition.isTemporary ?? false
    }

    /// Carries out what the log says a commit did.
    mutating func replay(
        _ changes: [LoggedChange], _ commit: CommitMoment
    ) throws(DemetraError) {
        moment = commit
        for change in changes {
            if case .hide(let table, let rows) = change {
                try hideReadable(table, rows)
            } else {
                try replay(change)
            }
        }
    }

    /// Hides rows; those that only a damaged segment can have wait until it can be read.
    private mutating func hideReadable(
        _ table: TableID, _ rows: [RowID]
    ) throws(DemetraError) {
        let state = try logged(table)
        do throws(DemetraError) {
            states[table] = try state.hiding(rows, moment)
        } catch {
            let (hidden, unplaced) = state.hidingReadable(rows, moment)
            states[table] = hidden
            self.unplaced[table, default: []] += unplaced
        }
    }

    private mutating func replay(_ change: LoggedChange) throws(DemetraError) {
        switch change {
        case .catalog(let change): apply(change)
        case .batch(let table, let batch): ledger.add(batch, to: table)
        case .sequence(let id, let position): sequences[id] = position
        case .hide(let table, let rows): states[table] = try logged(table).hiding(rows, moment)
        case .insert(let table, let first, let columns, let count):
            let state = try logged(table)
            guard first == state.nextRow, columns.count == state.definition.columns.count else {
                throw DemetraError(
                    .dataCorrupted,
                    "the log adds row \(first) to \"\(state.definition.name)\", "
                        + "which has \(state.nextRow)",
                    hint: "Restore the database from a backup.")
            }
            states[table] = try state.adding(columns, count: count, moment)
        case .attach(let record):
            let segment = KnownSegment.open(record, in: directory)
            segments.append(segment)
            try attach(segment)
        }
    }

    /// Leaves ids out that rows had which are lost.
    mutating func skipRows(of table: TableID, to next: Int64) {
        states[table] = states[table].map {
            TableState(copying: $0, groups: $0.groups, nextRow: next)
        }
    }

    private func logged(_ table: TableID) throws(DemetraError) -> TableState {
        guard let state = states[table] else {
            throw DemetraError(
                .dataCorrupted, "the log changes table \(table.number), which does not exist",
                hint: "Restore the database from a backup.")
        }
        return state
    }

    private mutating func attach(_ segment: KnownSegment) throws(DemetraError) {
        let state = try logged(segment.record.table)
        let next = segment.record.last.map { $0 + 1 } ?? state.nextRow
        states[segment.record.table] = state.attaching(
            segment.groups(state.definition), nextRow: max(state.nextRow, next), moment)
    }

    private mutating func apply(_ change: CatalogChange) {
        catalog = catalog.applying(change)
        switch change {
        case .putTable(let table):
            states[table.id] =
                states[table.id]?.redefined(table, moment) ?? .empty(table, moment)
        case .dropTable(let id):
            states[id] = nil
            ledger.remove(id)
        case .dropSequence(let id): sequences[id] = nil
        default: break
        }
    }
}

extension Vector {
    /// A few rows that were read from a large table must not bring its dictionary along, and rows that are
    /// all NULL need none.
    func withoutUnusedTexts() -> Vector {
        guard let (_, dictionary) = dictionary else { return self }
        if dictionary.count == 0 { return .nulls(type, count: count).withoutConstant() }
        return dictionary.count > count ? flattened() : self
    }
}
