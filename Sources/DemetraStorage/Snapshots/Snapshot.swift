package import DemetraCatalog
package import DemetraTypes
package import DemetraVectors

/// A consistent view of the database as of one commit; taking one is a retain.
// Immutable after init.
package final class Snapshot: Sendable {
    /// What exists.
    package let catalog: Catalog
    /// The commit it shows.
    package let moment: CommitMoment
    let states: [TableID: TableState]
    let ledger: BatchLedger
    let sequences: SequenceLedger

    init(
        catalog: Catalog, moment: CommitMoment, states: [TableID: TableState],
        ledger: BatchLedger, sequences: SequenceLedger
    ) {
        self.catalog = catalog
        self.moment = moment
        self.states = states
        self.ledger = ledger
        self.sequences = sequences
    }

    /// Where a sequence stands.
    package func position(of sequence: SequenceDefinition) -> SequencePosition {
        sequences[sequence.id] ?? sequence.beginning
    }

    /// The number of the commit it shows.
    package var sequence: CommitSequence { moment.sequence }

    /// Rows of all tables that are hidden and still there.
    var hiddenCount: Int { states.values.reduce(0) { $0 + $1.hiddenCount } }

    /// Whether the memtable has rows of temporary tables. They become segments as all rows do, though no manifest ever
    /// names those: what a crash leaves of them is an orphan.
    var hasTemporaryRowsInMemory: Bool {
        states.values.contains { $0.definition.isTemporary && $0.memoryBytes > 0 }
    }

    /// The same without temporary tables.
    var permanent: Snapshot {
        Snapshot(
            catalog: catalog.permanent, moment: moment,
            states: states.filter { !$0.value.definition.isTemporary }, ledger: ledger,
            sequences: sequences)
    }

    /// The same, none of whose groups will be joined with later rows.
    func sealed() -> Snapshot {
        Snapshot(
            catalog: catalog, moment: moment, states: states.mapValues { $0.sealed() },
            ledger: ledger, sequences: sequences)
    }

    /// The rows of a table, or nil when there is no such table.
    package func table(_ id: TableID) -> TableSnapshot? { states[id].map { TableSnapshot($0) } }

    /// The batch that a table got under a name; nil when it did not, or so long ago that it was forgotten.
    package func loadedBatch(_ id: String, of table: TableID) -> LoadedBatch? {
        ledger.batch(id, of: table)
    }

    /// The batches that a table got under names of their own, oldest first.
    package func loadedBatches(of table: TableID) -> [LoadedBatch] { ledger.batches(of: table) }

    /// For each row of `keys` the id of the visible stored row with the same key, or -1; a NULL among the
    /// key's values never finds anything.
    package func existingRows(
        in table: TableID, key: KeyDefinition, _ keys: [Vector], count: Int
    ) throws(DemetraError) -> [Int64] {
        guard let state = states[table] else { return Array(repeating: -1, count: count) }
        return try KeyLookup(state: state, key: key).find(keys, count: count)
    }
}

/// A consistent view of one table.
// Immutable after init.
package struct TableSnapshot: Sendable {
    /// The table.
    package var definition: TableDefinition { state.definition }
    let state: TableState
    /// The earlier state that is shown; nil at the snapshot's own.
    private let past: PastMoment?

    init(_ state: TableState, past: PastMoment? = nil) {
        self.state = state
        self.past = past
    }

    var visibleGroups: [VisibleGroup] { state.groups }

    /// The table as it was at a time; at a later one than the snapshot's it is as the snapshot shows it.
    ///
    /// The definition stays the present one, over the rows of then.
    ///
    /// - Parameter now: the time from which the table's history is counted back.
    /// - Throws: 55000 when the table keeps no history, 72000 when its history does not reach back so far.
    package func asOf(_ time: Timestamp, now: Timestamp) throws(DemetraError) -> TableSnapshot {
        TableSnapshot(state, past: try state.past(time, now: now))
    }

    /// Visible rows of the snapshot's own state, exactly.
    package var rowCount: Int { state.rowCount }

    /// Visible rows of the state that is shown, exactly.
    ///
    /// - Throws: XX001 when row ids have to be read and are damaged.
    package func countRows() throws(DemetraError) -> Int {
        guard let past else { return state.rowCount }
        var count = 0
        for group in state.groups { count += try group.asOf(past)?.visibleCount ?? 0 }
        return count
    }

    private func mayShow(_ group: VisibleGroup) -> Bool {
        past.map { group.mayShow($0) } ?? (group.visibleCount > 0)
    }

    /// The groups that may show rows.
    var shownGroups: [VisibleGroup] { state.groups.filter { mayShow($0) } }

    /// Whether all rows of a group are shown.
    func isWhole(_ group: VisibleGroup) -> Bool {
        guard let past else { return group.deletions == nil }
        return group.group.last < past.end
            && group.deletions?.asOf(past.sequence, rowCount: group.group.count) == nil
    }

    /// A group with what is hidden of it in the state that is shown; nil when it shows nothing.
    func rows(of group: VisibleGroup) throws(DemetraError) -> VisibleGroup? {
        guard let past else { return group }
        return try group.asOf(past)
    }

    /// The row groups that may hold a row for which the predicate is true.
    package func morsels(_ pruning: PruningPredicate?) -> [Morsel] {
        state.groups.compactMap { group in
            guard mayShow(group) else { return nil }
            if let pruning {
                guard pruning.mayMatch(group.group.zoneMap),
                    pruning.mayContain(group.group, definition)
                else { return nil }
            }
            return Morsel(group: group, past: past)
        }
    }

    /// The zone map of a whole column; nil when rows are hidden or a group knows none.
    package func zoneMap(column: Int) -> ZoneMap? {
        var result: ZoneMap?
        for group in shownGroups {
            guard isWhole(group) else { return nil }
            let map = group.group.zoneMap(column)
            result = result.map { ZoneMap($0, map) } ?? map
        }
        return result
    }

    /// The ids of all visible rows of the snapshot's own state, as bigint.
    ///
    /// - Throws: XX001 when row ids have to be read and are damaged.
    package func visibleRowIDs() throws(DemetraError) -> Vector {
        var parts: [Vector] = []
        for group in state.groups where group.visibleCount > 0 {
            let ids = try group.group.rowIDs(from: 0, count: group.group.count)
            let visible = group.deletions?.visible(from: 0, count: group.group.count)
            parts.append(visible.map { ids.taking($0) } ?? ids)
        }
        return try Vector.concatenating(parts, type: .bigint)
    }

    /// About how many distinct values a column has, or nil.
    package func distinctEstimate(column: Int) -> Int? {
        guard let last = state.groups.last else { return 0 }
        return last.group.distinctCount(column)
    }

    /// Columns of stored rows, in the order of `ids`, which are bigint and visible.
    package func rows(withIDs ids: Vector, columns: [Int]) throws(DemetraError) -> [Vector] {
        guard case .int64(let numbers) = ids.flattened().storage else {
            throw DemetraError(.internalError, "row ids are not bigint")
        }
        var places: [TableState.Place] = []
        for found in try state.places(of: numbers.array) {
            guard let place = found else {
                throw DemetraError(
                    .serializationFailure, "could not find a row that was changed concurrently",
                    hint: "Run the statement again.")
            }
            places.append(place)
        }
        var result: [Vector] = []
        for column in columns {
            var parts: [Vector] = []
            var index = 0
            while index < places.count {
                var end = index + 1
                while end < places.count, places[end].position == places[index].position {
                    end += 1
                }
                let rows = Buffer(places[index..<end].map { Int32($0.row) })
                let group = state.groups[places[index].position].group
                parts.append(try group.vector(column).taking(rows: rows))
                index = end
            }
            let type = definition.columns[column].type
            result.append(
                parts.isEmpty ? Vector([], type: type) : try Vector.concatenating(parts, type: type)
            )
        }
        return result
    }
}

/// One row group as a unit of work.
package struct Morsel: Sendable {
    fileprivate let group: VisibleGroup
    fileprivate let past: PastMoment?

    /// Rows before hiding.
    package var rowCount: Int { group.group.count }

    /// What is known of a column's values, hidden rows included.
    package func zoneMap(column: Int) -> ZoneMap { group.group.zoneMap(column) }

    /// A reader for one worker.
    ///
    /// - Throws: XX001 when row ids have to be read and are damaged.
    package func makeReader(columns: [Int]) throws(DemetraError) -> MorselReader {
        guard let past else { return MorselReader(group) }
        return MorselReader(try group.asOf(past) ?? group.withoutRows)
    }
}

/// One worker's way through a morsel, batch by batch.
///
/// A column is fetched when the first of its batches is read: what a filter leaves nothing of is not decoded.
// Owned by one worker.
package final class MorselReader {
    private let group: VisibleGroup
    private var columns: [Vector?]

    fileprivate init(_ group: VisibleGroup) {
        self.group = group
        columns = Array(repeating: nil, count: group.group.columns.count)
    }

    /// Bytes that the columns read so far take in their segment; 0 for rows that are in none yet.
    package var storedByteCount: Int {
        columns.indices.reduce(0) { sum, column in
            columns[column] == nil ? sum : sum + group.group.storedByteCount(column)
        }
    }

    /// The number of batches.
    package var batchCount: Int {
        (group.group.count + Batch.capacity - 1) / Batch.capacity
    }

    /// Rows of a batch, hidden ones included.
    package func rowCount(batch: Int) -> Int {
        min(Batch.capacity, group.group.count - batch * Batch.capacity)
    }

    /// The visible rows of a batch; nil when all are.
    package func selection(batch: Int) -> SelectionVector? {
        group.deletions?.visible(from: batch * Batch.capacity, count: rowCount(batch: batch))
    }

    /// A column of a batch.
    ///
    /// - Throws: XX001 when the column's chunk is damaged, 58030 when it cannot be read.
    package func read(column: Int, batch: Int) throws(DemetraError) -> Vector {
        let whole: Vector
        if let known = columns[column] {
            whole = known
        } else {
            whole = try group.group.vector(column)
            columns[column] = whole
        }
        return whole.slice(from: batch * Batch.capacity, count: rowCount(batch: batch))
    }

    /// The row ids of a batch, as bigint.
    ///
    /// - Throws: as `read`.
    package func rowIDs(batch: Int) throws(DemetraError) -> Vector {
        try group.group.rowIDs(from: batch * Batch.capacity, count: rowCount(batch: batch))
    }
}
