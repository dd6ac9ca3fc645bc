import DemetraCatalog
import DemetraStorage
package import DemetraTypes
package import DemetraVectors
import Synchronization

/// The rows that a program hands over for one table: converted as an INSERT would, written as they come, and visible
/// and durable together when they are committed.
///
/// Of values that came row by row no more than a batch is kept. A stream that is let go without a commit leaves
/// nothing.
package final class RowStream: Sendable {
    private struct State {
        let writer: BulkWriter
        /// Rows that do not make a batch yet, column by column.
        var columns: [[Value]]
        var waitingCount = 0
        /// For each column how the last value that was no value of its type was converted.
        var casters: [(source: LogicalType, caster: ValueCaster)?]
    }

    private let session: Session
    private let snapshot: Snapshot
    private let table: TableDefinition
    private let conflict: ConflictAction
    private let batch: BatchLoad?
    /// The table has got the batch: rows are taken and dropped.
    private let isRepeated: Bool
    private let budget: MemoryBudget
    private let castContext: CastContext
    private let state: Mutex<State>

    /// A stream into a table.
    ///
    /// - Parameters:
    ///   - replacing: true to let a row take the place of the one with its key.
    ///   - batchID: the name of the batch that the rows are; the table takes it once.
    /// - Throws: 42P01 when there is no such table, 22023 for a name of a batch that is empty or too long.
    package init(
        _ session: Session, table name: String, replacing: Bool, batchID: String? = nil
    ) throws(DemetraError) {
        self.session = session
        try session.refuseWriting("append")
        let snapshot = session.snapshot
        let table = try session.table(name, in: snapshot)
        let conflict: ConflictAction = replacing ? .replace : .error
        let budget = session.engine.budget.child("append")
        (self.snapshot, self.table, self.conflict) = (snapshot, table, conflict)
        self.budget = budget
        let batch = try BatchLoad(batchID, table)
        self.batch = batch
        isRepeated = batch?.loaded(in: snapshot) != nil
        castContext = CastContext(
            zone: session.timeZone, zones: session.engine.timeZones,
            now: session.transactionTime ?? session.engine.clock.now())
        state = Mutex(
            State(
                writer: BulkWriter(
                    store: session.engine.store, snapshot: snapshot, table: table,
                    onConflict: conflict, budget: budget),
                columns: table.columns.map { _ in [] },
                casters: table.columns.map { _ in nil }))
    }

    /// The columns of the table.
    package var schema: Schema { table.schema }

    /// Adds a row with one value for each column, in order.
    ///
    /// - Throws: 42601 when the number of values is wrong, 42804 when one has a type that does not convert to its
    ///   column's, 22003 and kin when it does not fit, 23502 for a NULL where none may stand, and what
    ///   `BulkWriter.append` throws. The context names row and column.
    package func append(_ row: [Value]) throws(DemetraError) {
        try state.withLock { state throws(DemetraError) in
            guard row.count == table.columns.count else {
                throw DemetraError(
                    .syntaxError,
                    "\(row.count) values were given for the \(table.columns.count) columns of "
                        + "\"\(table.name)\"", context: "row \(number(state)) of an append")
            }
            // Nothing of a row stays when one of its values is refused.
            var converted = row
            for (index, column) in table.columns.enumerated()
            where !row[index].isKept(by: column) {
                converted[index] = try self.converted(row[index], index, &state)
            }
            for index in converted.indices { state.columns[index].append(converted[index]) }
            state.waitingCount += 1
            if isRepeated { return drop(&state) }
            if state.waitingCount == Batch.capacity { try flush(&state) }
        }
    }

    /// Adds rows that are columns already: the table's columns in order, of their types.
    ///
    /// - Throws: 42804 when a vector has another type than its column, 23502 for a NULL where none may stand,
    ///   and what `BulkWriter.append` throws.
    package func append(_ batch: Batch) throws(DemetraError) {
        guard batch.vectors.map(\.type) == table.columns.map(\.type) else {
            throw DemetraError(
                .datatypeMismatch, "the rows do not have the columns of table \"\(table.name)\"")
        }
        for (column, vector) in zip(table.columns, batch.vectors)
        where !column.isNullable && vector.hasNulls { throw missing(column) }
        try state.withLock { state throws(DemetraError) in
            if isRepeated { return }
            try flush(&state)
            try state.writer.append(batch)
        }
    }

    /// Makes all rows visible and durable; gives how many there were, 0 when the table had got their batch
    /// before. Nothing can be added any more.
    ///
    /// - Throws: 23505 when a key exists, or comes twice, and rows are not replaced; 58030 when the disk fails.
    package func commit() throws(DemetraError) -> Int {
        let rows = try state.withLock { state throws(DemetraError) in
            try flush(&state)
            return try state.writer.finish()
        }
        if isRepeated { return 0 }
        var transaction = WriteTransaction(snapshot: snapshot)
        if let batch { transaction.load(batch: batch.id, table.id, rowCount: rows.count) }
        transaction.insert(table.id, rows, onConflict: conflict)
        do {
            try session.commit(transaction)
            return rows.count
        } catch {
            guard batch?.loadedMeanwhile(error, session) != nil else { throw error }
            return 0
        }
    }

    private func drop(_ state: inout State) {
        for index in state.columns.indices {
            state.columns[index].removeAll(keepingCapacity: true)
        }
        state.waitingCount = 0
    }

    private func flush(_ state: inout State) throws(DemetraError) {
        guard state.waitingCount > 0 else { return }
        let vectors = zip(state.columns, table.columns).map { Vector($0, type: $1.type) }
        let batch = Batch(vectors, count: state.waitingCount)
        drop(&state)
        try state.writer.append(batch)
    }

    // MARK: Values

    /// The number of the row that is being added, from 1.
    private func number(_ state: borrowing State) -> Int {
        state.writer.rowCount + state.waitingCount + 1
    }

    /// A value as one of a column's type, converted as an INSERT would.
    private func converted(
        _ value: Value, _ index: Int, _ state: inout State
    ) throws(DemetraError) -> Value {
        let column = table.columns[index]
        let context = "row \(number(state)) of an append, column \"\(column.name)\""
        if value == .null {
            var error = missing(column)
            error.context = context
            throw error
        }
        let source = value.naturalType
        let caster: ValueCaster
        if let known = state.casters[index], known.source == source {
            caster = known.caster
        } else {
            caster = ValueCaster(
                source: source, target: column.type, isExplicit: false, castContext)
            state.casters[index] = (source, caster)
        }
        do {
            return try caster.cast(value)
        } catch {
            var error = error
            if error.sqlState == .cannotCoerce {
                error = DemetraError(
                    .datatypeMismatch,
                    "column \"\(column.name)\" is of type \(column.type), not \(source)")
            }
            error.context = context
            throw error
        }
    }

    private func missing(_ column: ColumnDefinition) -> DemetraError {
        DemetraError(
            .notNullViolation,
            "null value in column \"\(column.name)\" of relation \"\(table.name)\" violates "
                + "not-null constraint")
    }
}

extension Session {
    /// Adds rows that are columns already, all or none of them; `replacing` lets a row take the place of the one
    /// with its key.
    ///
    /// - Throws: as `RowStream`.
    package func append(
        _ batches: [Batch], to name: String, replacing: Bool
    ) throws(DemetraError) -> Int {
        let stream = try RowStream(self, table: name, replacing: replacing)
        for batch in batches { try stream.append(batch) }
        return try stream.commit()
    }

    /// Adds rows, all or none of them.
    ///
    /// - Throws: as `RowStream`.
    package func append(
        _ rows: [[Value]], to name: String, replacing: Bool
    ) throws(DemetraError) -> Int {
        let stream = try RowStream(self, table: name, replacing: replacing)
        for row in rows { try stream.append(row) }
        return try stream.commit()
    }
}

extension Value {
    /// True for values that a column keeps as they are, whatever they are.
    fileprivate func isKept(by column: ColumnDefinition) -> Bool {
        switch (self, column.type) {
        case (.null, _): column.isNullable
        case (.boolean, .boolean), (.integer, .bigint), (.double, .double),
            (.text, .text), (.date, .date), (.timestamp, .timestamp), (.timestamptz, .timestamptz),
            (.interval, .interval):
            true
        default: false
        }
    }

    /// The type a value has by itself.
    fileprivate var naturalType: LogicalType {
        switch self {
        case .null: .unknown
        case .boolean: .boolean
        case .integer: .bigint
        case .double: .double
        case .numeric: .numeric(nil)
        case .text: .text
        case .bytes: .bytea
        case .date: .date
        case .time: .time
        case .timestamp: .timestamp
        case .timestamptz: .timestamptz
        case .interval: .interval
        case .array(let elements):
            .array(elements.first { !$0.isNull }?.naturalType ?? .text)
        }
    }
}
