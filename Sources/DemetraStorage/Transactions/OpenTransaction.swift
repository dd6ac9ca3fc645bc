package import DemetraCatalog
package import DemetraTypes
import DemetraVectors

/// A transaction of several statements, between BEGIN and COMMIT.
///
///     base      ----------------------------------------------->  what the others commit meanwhile
///       |  statement   statement                                          |
///       +-> snapshot -> snapshot -> ... -> commit: net effect -> CommitBuilder on the current state
///
/// Each statement is applied to a private state at once, so those behind it see its rows, keys and tables.
/// Nothing of it is in the log. The commit carries over the net effect: which rows of the base are gone, and
/// which rows of its own are left. What was written and overwritten on the way leaves no trace.
///
/// - Invariant: rows of its own have ids from the base's next row on, and lie in groups of their own.
/// - Invariant: a value; a copy is a savepoint, and what was bulk-loaded since is gone with the last copy that knew it.
// Owned by one session.
package struct OpenTransaction: Sendable {
    /// What the transaction does to one table.
    struct Work: Sendable {
        /// Hidden rows of the base that statements saw: they must still be there at the commit.
        var hidden: [RowID] = []
        /// Hidden rows of the base whose key was restated: whoever restates last wins.
        var replaced: [RowID] = []
        /// What an insert from a row id on does with a key that exists; ascending.
        var modes: [(first: Int64, conflict: ConflictAction)] = []
        var segments: [SegmentReader] = []
        /// Names of batches that it loads, and their rows.
        var batches: [(id: String, rowCount: Int64)] = []
        /// The rows must be those of the base at the commit.
        var requiresUnchanged = false
    }

    /// The database as of BEGIN.
    package let base: Snapshot
    /// The base with what the transaction has done so far.
    package private(set) var snapshot: Snapshot
    /// Which foreign keys wait for the commit.
    private(set) var deferral = ConstraintDeferral()
    /// Rows were changed that foreign keys which wait have to be asked about.
    private(set) var awaitsReferences = false
    private var builder: CommitBuilder
    private(set) var changes: [CatalogChange] = []
    private(set) var work: [TableID: Work] = [:]
    /// Where sequences stand that the transaction has made or moved.
    private(set) var sequences: [TableID: SequencePosition] = [:]
    /// Where sequences have to stand at the commit.
    private(set) var positions: [TableID: SequencePosition] = [:]

    init(base: Snapshot, builder: CommitBuilder) {
        self.base = base
        snapshot = base
        self.builder = builder
    }

    /// The same transaction as it was at its beginning.
    package var rewound: OpenTransaction {
        OpenTransaction(base: base, builder: builder.rewound(to: base))
    }

    /// True when it changes the catalog.
    package var changesCatalog: Bool { !changes.isEmpty }

    /// True when there is nothing to commit.
    package var isEmpty: Bool { changes.isEmpty && work.isEmpty && sequences.isEmpty }

    /// Bytes of memory that rows of the transaction take.
    package var memoryBytes: Int {
        work.keys.reduce(0) { sum, id in
            let own = builder.states[id]?.memoryBytes ?? 0
            return sum + max(0, own - (base.states[id]?.memoryBytes ?? 0))
        }
    }

    /// Carries out a statement that was decided on `snapshot`.
    ///
    /// - Throws: 23505 and kin. The transaction must not be used any more then, but for an earlier copy.
    package mutating func apply(_ transaction: WriteTransaction) throws(DemetraError) {
        for operation in transaction.operations {
            if let table = operation.writtenTable { begin(table) }
            try builder.apply(operation)
            let (logged, segments) = builder.take()
            for change in logged { keep(change, operation) }
            for segment in segments {
                guard let reader = segment.reader else { continue }
                work[segment.record.table]?.segments.append(reader)
            }
            if case .requireUnchanged(let table) = operation {
                work[table]?.requiresUnchanged = true
            }
            if case .requirePosition(let sequence, let position) = operation {
                positions[sequence] = position
            }
        }
        if try builder.verifyReferences(deferring: deferral) { awaitsReferences = true }
        snapshot = Snapshot(
            catalog: builder.catalog, moment: base.moment, states: builder.states,
            ledger: builder.ledger, sequences: builder.sequences)
    }

    /// SET CONSTRAINTS; no constraints for all.
    mutating func setConstraints(
        _ constraints: [(table: TableID, name: String)]?, isDeferred: Bool
    ) {
        guard let constraints else { return deferral.set(all: isDeferred) }
        for constraint in constraints {
            deferral.set(constraint.name, of: constraint.table, isDeferred)
        }
    }

    /// The rows of a table that is written to for the first time join no groups of the base.
    private mutating func begin(_ table: TableID) {
        guard work[table] == nil else { return }
        work[table] = Work()
        builder.states[table] = builder.states[table]?.sealed()
    }

    private mutating func keep(_ change: LoggedChange, _ operation: WriteTransaction.Operation) {
        switch change {
        case .catalog(let change): changes.append(change)
        case .sequence(let id, let position): sequences[id] = position
        case .hide(let table, let rows):
            let next = base.states[table]?.nextRow ?? 0
            let old = rows.filter { $0.number < next }
            switch operation {
            case .insert, .insertBulk: work[table]?.replaced += old
            default: work[table]?.hidden += old
            }
        case .insert(let table, let first, _, _): noteMode(table, first, operation)
        case .batch(let table, let batch):
            work[table]?.batches.append((batch.id, batch.rowCount))
        case .attach(let record):
            if let first = record.groups.first?.first {
                noteMode(record.table, record.base + first, operation)
            }
        }
    }

    private mutating func noteMode(
        _ table: TableID, _ first: Int64, _ operation: WriteTransaction.Operation
    ) {
        let conflict: ConflictAction
        switch operation {
        case .insert(_, _, let action), .insertBulk(_, _, let action): conflict = action
        default: return
        }
        guard work[table]?.modes.last?.conflict != conflict else { return }
        work[table]?.modes.append((first, conflict))
    }
}

extension Store {
    /// Begins a transaction of several statements on the database as it is now.
    package func begin() -> OpenTransaction {
        let base = snapshot()
        return OpenTransaction(
            base: base,
            builder: CommitBuilder(
                base, moment: base.moment.next(at: clock.now()), directory: directory,
                configuration: configuration))
    }

    /// SET CONSTRAINTS: foreign keys that wait no more are asked about all that the transaction has done.
    ///
    /// - Parameter constraints: their tables and names; nil for all.
    /// - Throws: 23503.
    package func setConstraints(
        _ constraints: [(table: TableID, name: String)]?, isDeferred: Bool,
        of transaction: inout OpenTransaction
    ) throws(DemetraError) {
        transaction.setConstraints(constraints, isDeferred: isDeferred)
        guard !isDeferred, transaction.awaitsReferences else { return }
        // What it comes to, as its commit would carry it out.
        let base = transaction.base
        var builder = CommitBuilder(
            base, moment: base.moment.next(at: clock.now()), directory: directory,
            configuration: configuration)
        try builder.apply(
            try NetTransaction(transaction), deferring: transaction.deferral)
    }

    /// Makes all that a transaction did durable and visible; waits until it is.
    ///
    /// - Throws: 40001 when a row or table it changed was changed since its beginning, 23505 when a key it
    ///   inserted was, 58030 and 53100 when the disk fails. Nothing of it has happened then.
    @discardableResult
    package func commit(_ transaction: OpenTransaction) throws(DemetraError) -> CommitSequence {
        guard !transaction.isEmpty else { return transaction.base.sequence }
        return try commit(.net(try NetTransaction(transaction)))
    }
}
