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

    init(catalog: Catalog, moment: CommitMoment, states: [TableID: TableState]) {
        self.catalog = catalog
        self.moment = moment
        self.states = states
    }

    /// The number of the commit it shows.
    package var sequence: CommitSequence { moment.sequence }

    /// Rows of all tables that are hidden and still there.
    var hiddenCount: Int { states.values.reduce(0) { $0 + $1.hiddenCount } }

    /// The rows of a table, or nil when there is no such table.
    package func table(_ id: TableID) -> TableSnapshot? { states[id].map { TableSnapshot($0) } }

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
    private let state: TableState

    init(_ state: TableState) { self.state = state }

    var visibleGroups: [VisibleGroup] { state.groups }

    /// Visible rows, exactly.
    package var rowCount: Int { state.rowCount }

    /// The row groups that may hold a row for which the predicate is true.
    package func morsels(_ pruning: PruningPredicate?) -> [Morsel] {
        state.groups.compactMap { group in
            if let pruning {
                guard pruning.mayMatch(group.group.zoneMaps),
                    pruning.mayContain(group.group, definition)
                else { return nil }
            }
            return Morsel(group: group)
        }
    }

    /// The zone map of a whole column; nil when rows are hidden or a group knows none.
    package func zoneMap(column: Int) -> ZoneMap? {
        var result: ZoneMap?
        for group in state.groups {
            guard group.deletions == nil else { return nil }
            let map = group.group.zoneMaps[column]
            result = result.map { ZoneMap($0, map) } ?? map
        }
        return result
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

    /// Rows before hiding.
    package var rowCount: Int { group.group.count }

    /// What is known of a column's values, hidden rows included.
    package func zoneMap(column: Int) -> ZoneMap { group.group.zoneMaps[column] }

    /// A reader for one worker.
    package func makeReader(columns: [Int]) -> MorselReader { MorselReader(group) }
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
