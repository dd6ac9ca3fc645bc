import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// The rows of one table as of one commit: groups in the order of their row ids, those of segments and those
/// of the memtable side by side.
///
/// New rows join the last group of the memtable while it has room for them, like the digits of a counter,
/// so single-row inserts do not leave single-row groups.
///
/// - Invariant: groups are ascending by their least row ids. Rows are sorted when they are written to segments, so
///   the ranges of ids may overlap, and a row is in one of the few groups whose range its id is in.
/// - Invariant: a group whose rows are all hidden is not there.
/// - Invariant: groups below `sealedRow` are being flushed and stay as they are, but for what is hidden.
// Immutable after init.
final class TableState: Sendable {
    let definition: TableDefinition
    let groups: [VisibleGroup]
    /// The id that the next row gets.
    let nextRow: Int64
    /// Rows below are part of a flush.
    let sealedRow: Int64
    /// Grows with every change of rows or definition, and not when rows move into segments.
    let revision: Int64
    /// Rows that are visible.
    let rowCount: Int
    /// Rows that are hidden and still there.
    let hiddenCount: Int
    /// Bytes that rows outside of segments take.
    let memoryBytes: Int
    /// The greatest row id of each group and all before it.
    private let reach: [Int64]

    init(
        definition: TableDefinition, groups: [VisibleGroup] = [], nextRow: Int64 = 0,
        sealedRow: Int64 = 0, revision: Int64 = 0
    ) {
        self.definition = definition
        self.groups = groups
        self.nextRow = nextRow
        self.sealedRow = sealedRow
        self.revision = revision
        var (rows, hidden, bytes) = (0, 0, 0)
        var reach: [Int64] = []
        reach.reserveCapacity(groups.count)
        for group in groups {
            rows += group.visibleCount
            hidden += group.deletions?.count ?? 0
            bytes += group.group.memoryBytes
            reach.append(max(reach.last ?? .min, group.group.last))
        }
        (rowCount, hiddenCount, memoryBytes) = (rows, hidden, bytes)
        self.reach = reach
    }

    // MARK: Rows by id

    /// Where a row is.
    struct Place: Sendable, Hashable {
        /// The position of its group.
        let position: Int
        /// Its place there.
        let row: Int
    }

    /// Where a row is; nil when it is gone.
    func locate(_ id: RowID) throws(DemetraError) -> Place? {
        var (low, high) = (0, groups.count)
        while low < high {
            let middle = (low + high) / 2
            if groups[middle].group.first <= id.number { low = middle + 1 } else { high = middle }
        }
        while low > 0, reach[low - 1] >= id.number {
            low -= 1
            if let row = try groups[low].group.place(of: id) {
                return Place(position: low, row: row)
            }
        }
        return nil
    }

    /// Where rows are, in the order of `ids`; nil for those that are gone.
    func places(of ids: [Int64]) throws(DemetraError) -> [Place?] {
        if ids.count < RowSearch.fewRows {
            var places: [Place?] = []
            for id in ids { places.append(try locate(RowID(number: id))) }
            return places
        }
        return try RowSearch(ids).places(in: groups)
    }

    // MARK: Changes

    /// The same rows under another definition.
    func redefined(_ new: TableDefinition) -> TableState {
        let isSame =
            new.columns.map(\.id) == definition.columns.map(\.id)
            && new.columns.map(\.type) == definition.columns.map(\.type)
        let regrouped =
            isSame
            ? groups
            : groups.map { visible in
                VisibleGroup(
                    group: visible.group.redefined(from: definition, to: new),
                    deletions: visible.deletions)
            }
        return TableState(
            definition: new, groups: regrouped, nextRow: nextRow, sealedRow: sealedRow,
            revision: revision + 1)
    }

    /// The same rows, none of whose groups will be joined with later ones.
    func sealed() -> TableState {
        TableState(
            definition: definition, groups: groups, nextRow: nextRow, sealedRow: nextRow,
            revision: revision)
    }

    /// The table without some rows; those that are gone already do not matter.
    func hiding(_ rows: [RowID]) throws(DemetraError) -> TableState {
        var byGroup: [Int: [Int]] = [:]
        for place in try places(of: rows.map(\.number)) {
            if let place { byGroup[place.position, default: []].append(place.row) }
        }
        var groups = groups
        for (position, rows) in byGroup {
            let old = groups[position]
            groups[position] = VisibleGroup(
                group: old.group,
                deletions: DeletionVector(rows: rows, of: old.group.count, and: old.deletions))
        }
        groups.removeAll { $0.visibleCount == 0 }
        return TableState(
            definition: definition, groups: groups, nextRow: nextRow, sealedRow: sealedRow,
            revision: revision + 1)
    }

    /// The table with more rows in the memtable, behind the others.
    func adding(_ vectors: [Vector], count: Int) throws(DemetraError) -> TableState {
        var groups = groups
        var start = 0
        while start < count {
            let length = min(RowGroup.capacity, count - start)
            var parts = vectors.map { $0.slice(from: start, count: length) }
            var (first, total) = (nextRow + Int64(start), length)
            var deletions: DeletionVector?
            // The tail is joined while it is no larger than what is added.
            while let last = groups.last, last.group.segment == nil,
                last.group.first >= sealedRow, last.group.last == first - 1,
                last.group.count <= total, last.group.count + total <= RowGroup.capacity
            {
                var joined: [Vector] = []
                for (column, new) in parts.enumerated() {
                    let old = try last.group.vector(column).withoutConstant()
                    joined.append(try Vector.concatenating([old, new], type: new.type))
                }
                let hidden = (deletions?.rows ?? []).map { $0 + last.group.count }
                total += last.group.count
                if last.deletions != nil || deletions != nil {
                    deletions = DeletionVector(rows: hidden, of: total, and: last.deletions)
                }
                first = last.group.first
                parts = joined
                groups.removeLast()
            }
            groups.append(
                VisibleGroup(
                    group: RowGroup(first: first, vectors: parts, count: total),
                    deletions: deletions))
            start += length
        }
        return TableState(
            definition: definition, groups: groups, nextRow: nextRow + Int64(count),
            sealedRow: sealedRow, revision: revision + 1)
    }

    /// The table with the groups of a new segment behind the others.
    func attaching(_ added: [RowGroup], nextRow: Int64) -> TableState {
        TableState(
            definition: definition,
            groups: groups + added.map { VisibleGroup(group: $0, deletions: nil) },
            nextRow: nextRow, sealedRow: sealedRow, revision: revision + 1)
    }

    /// The table with some groups replaced by others that hold their rows, but for rows hidden when the
    /// others were made.
    ///
    /// - Parameter old: the replaced groups, as they were then, by their first row ids.
    func replacing(
        _ old: [Int64: VisibleGroup], by new: [RowGroup]
    ) throws(DemetraError) -> TableState {
        var kept: [VisibleGroup] = []
        var unseen = old
        var hidden: [RowID] = []
        for current in groups {
            guard let before = unseen.removeValue(forKey: current.group.first) else {
                kept.append(current)
                continue
            }
            for row in current.deletions?.rows ?? [] where !before.isHidden(row) {
                hidden.append(try Self.id(current.group, row))
            }
        }
        // A group that is there no more had its last rows hidden meanwhile.
        for before in unseen.values {
            for row in 0..<before.group.count where !before.isHidden(row) {
                hidden.append(try Self.id(before.group, row))
            }
        }
        kept += new.map { VisibleGroup(group: $0, deletions: nil) }
        kept.sort { $0.group.first < $1.group.first }
        let replaced = TableState(
            definition: definition, groups: kept, nextRow: nextRow, sealedRow: sealedRow,
            revision: revision)
        guard !hidden.isEmpty else { return replaced }
        let groups = try replaced.hiding(hidden).groups
        return TableState(
            definition: definition, groups: groups, nextRow: nextRow, sealedRow: sealedRow,
            revision: revision)
    }

    private static func id(_ group: RowGroup, _ row: Int) throws(DemetraError) -> RowID {
        guard case .int64(let ids) = try group.rowIDs(from: row, count: 1).storage else {
            throw DemetraError(.internalError, "row ids are not bigint")
        }
        return RowID(number: ids[0])
    }
}
