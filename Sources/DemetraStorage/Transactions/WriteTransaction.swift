package import DemetraCatalog
package import DemetraVectors

/// What an insert does with a row whose primary key exists.
package enum ConflictAction: Sendable {
    /// 23505.
    case error
    /// The new row takes its place; within one transaction the last one wins.
    case replace
}

/// The changes of one commit, collected before it.
package struct WriteTransaction: Sendable {
    enum Operation: Sendable {
        case change(CatalogChange)
        case insert(TableID, [Batch], ConflictAction)
        case insertBulk(TableID, BulkRows, ConflictAction)
        case delete(TableID, Vector)
        case requireUnchanged(TableID)
        case batch(TableID, id: String, rowCount: Int64)
        case move(sequence: TableID, SequencePosition)
        case requirePosition(sequence: TableID, SequencePosition)
    }

    let base: Snapshot
    private(set) var operations: [Operation] = []

    /// Bytes of memory that the rows to insert take.
    package var memoryBytes: Int {
        operations.reduce(0) { sum, operation in
            guard case .insert(_, let batches, _) = operation else { return sum }
            return batches.reduce(sum) { sum, batch in
                batch.vectors.reduce(sum) { $0 + $1.memoryBytes }
            }
        }
    }

    /// Changes decided on a snapshot.
    package init(snapshot: Snapshot) { base = snapshot }

    /// Adds a change of the catalog.
    package mutating func change(_ change: CatalogChange) { operations.append(.change(change)) }

    /// Adds rows; each batch has the table's columns in order and of their types.
    package mutating func insert(
        _ table: TableID, _ batches: [Batch], onConflict: ConflictAction
    ) {
        operations.append(.insert(table, batches, onConflict))
    }

    /// Adds rows that a `BulkWriter` of the same table and conflict action prepared.
    package mutating func insert(
        _ table: TableID, _ rows: BulkRows, onConflict: ConflictAction
    ) {
        if rows.segments.isEmpty {
            operations.append(.insert(table, rows.batches, onConflict))
        } else {
            operations.append(.insertBulk(table, rows, onConflict))
        }
    }

    /// Makes the commit fail (40001) if the table's rows were changed since the snapshot.
    package mutating func requireUnchanged(_ table: TableID) {
        operations.append(.requireUnchanged(table))
    }

    /// Notes that the rows inserted into a table are a batch of that name. The commit fails (40001) if the
    /// table has got it meanwhile.
    package mutating func load(batch id: String, _ table: TableID, rowCount: Int) {
        operations.append(.batch(table, id: id, rowCount: Int64(rowCount)))
    }

    /// Says where a sequence stands.
    package mutating func move(_ sequence: TableID, to position: SequencePosition) {
        operations.append(.move(sequence: sequence, position))
    }

    /// Makes the commit fail (40001) if a sequence stands elsewhere.
    package mutating func require(_ sequence: TableID, at position: SequencePosition) {
        operations.append(.requirePosition(sequence: sequence, position))
    }

    /// Hides rows by id, a bigint vector.
    package mutating func delete(_ table: TableID, rowIDs: Vector) {
        operations.append(.delete(table, rowIDs))
    }
}
