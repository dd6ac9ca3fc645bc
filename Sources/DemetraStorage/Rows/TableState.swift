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
/// - Invariant: a group whose rows are all hidden is not there, but in tables with history.
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
    /// When rows were added; nil in tables without history.
    let timeline: Timeline?
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
        sealedRow: Int64 = 0, revision: Int64 = 0, timeline: Timeline? = nil
    ) {
        self.definition = definition
        self.groups = groups
        self.nextRow = nextRow
        self.sealedRow = sealedRow
        self.revision = revision
        self.timeline = timeline
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

    /// The earliest state that is kept by the time `now`; nil in tables without history.
    func horizon(_ now: Timestamp) -> CommitMoment? {
        guard let timeline else { return nil }
        return definition.earliestTime(now).flatMap { timeline.moment(at: $0) } ?? timeline.base
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

    /// A table without rows, as a commit makes it.
    static func empty(_ definition: TableDefinition, _ moment: CommitMoment) -> TableState {
        // The rows of the same commit are part of its history.
        TableState(
            definition: definition,
            timeline: definition.history.map { _ in Timeline(base: moment.previous) })
    }

    /// The same rows under another definition, as of the commit that gives it.
    ///
    /// History begins with the commit that asks for it, and is forgotten with the one that does not.
    func redefined(_ new: TableDefinition, _ moment: CommitMoment) -> TableState {
        let isSame =
            new.columns.map(\.id) == definition.columns.map(\.id)
            && new.columns.map(\.type) == definition.columns.map(\.type)
        var regrouped =
            isSame
            ? groups
            : groups.map { visible in
                VisibleGroup(
                    group: visible.group.redefined(from: definition, to: new),
                    deletions: visible.deletions, isCountOnly: visible.isCountOnly,
                    recorded: visible.recorded)
            }
        if new.history == nil, timeline != nil { regrouped = regrouped.compactMap(\.undated) }
        return TableState(
            definition: new, groups: regrouped, nextRow: nextRow, sealedRow: sealedRow,
            revision: revision + 1,
            timeline: new.history == nil ? nil : timeline ?? Timeline(base: moment))
    }

    /// The same rows, none of whose groups will be joined with later ones.
    func sealed() -> TableState {
        TableState(
            definition: definition, groups: groups, nextRow: nextRow, sealedRow: nextRow,
            revision: revision, timeline: timeline)
    }

    /// The table without some rows; those that are gone already do not matter.
    ///
    /// - Parameter moment: the commit that hides them.
    func hiding(_ rows: [RowID], _ moment: CommitMoment) throws(DemetraError) -> TableState {
        TableState(
            definition: definition, groups: try groups(hiding: rows, moment.sequence),
            nextRow: nextRow, sealedRow: sealedRow, revision: revision + 1,
            timeline: timeline?.adding(first: nextRow, moment))
    }

    private func groups(
        hiding rows: [RowID], _ sequence: CommitSequence
    ) throws(DemetraError) -> [VisibleGroup] {
        var byGroup: [Int: [Int]] = [:]
        for place in try places(of: rows.map(\.number)) {
            if let place { byGroup[place.position, default: []].append(place.row) }
        }
        var groups = groups
        for (position, rows) in byGroup {
            groups[position] = groups[position].hiding(
                rows, timeline == nil ? nil : sequence)
        }
        if timeline == nil { groups.removeAll { $0.visibleCount == 0 } }
        return groups
    }

    /// The table with more rows in the memtable, behind the others.
    ///
    /// - Parameter moment: the commit that adds them.
    func adding(
        _ vectors: [Vector], count: Int, _ moment: CommitMoment
    ) throws(DemetraError) -> TableState {
        var groups = groups
        var start = 0
        while start < count {
            let length = min(RowGroup.capacity, count - start)
            var parts = vectors.map { $0.slice(from: start, count: length) }
            var (first, total) = (nextRow + Int64(start), length)
            var deletions: DeletionVector?
            while let tail = joinable(groups, first: first, count: total) {
                let old = groups[tail...]
                groups.removeSubrange(tail...)
                var joined: [Vector] = []
                for (column, new) in parts.enumerated() {
                    var pieces: [Vector] = []
                    for group in old {
                        pieces.append(try group.group.vector(column).withoutConstant())
                    }
                    joined.append(try Vector.concatenating(pieces + [new], type: new.type))
                }
                for group in old.reversed() {
                    deletions = DeletionVector.joining(
                        group.deletions, of: group.group.count, deletions, of: total)
                    total += group.group.count
                    first = group.group.first
                }
                parts = joined
            }
            groups.append(
                VisibleGroup(
                    group: RowGroup(first: first, vectors: parts, count: total),
                    deletions: deletions))
            start += length
        }
        return TableState(
            definition: definition, groups: groups, nextRow: nextRow + Int64(count),
            sealedRow: sealedRow, revision: revision + 1,
            timeline: timeline?.adding(first: nextRow, moment))
    }

    /// So many groups of about one size stand at the end of the memtable before they are joined: each row is
    /// copied once for every power of it that the group grows by.
    private static let joinedGroups = 8

    /// Where the last groups begin that are joined with new rows behind them; nil when they are too few yet.
    private func joinable(_ groups: [VisibleGroup], first: Int64, count: Int) -> Int? {
        var (start, total, next) = (groups.count, count, first)
        while start > 0 {
            let last = groups[start - 1].group
            guard last.segment == nil, last.first >= sealedRow, last.last == next - 1,
                last.count < count * Self.joinedGroups, last.count + total <= RowGroup.capacity
            else { break }
            start -= 1
            total += last.count
            next = last.first
        }
        let found = groups.count - start
        // What is smaller than the new rows is never left in front of them.
        let isSmall = found > 0 && groups[groups.count - 1].group.count < count
        return found >= Self.joinedGroups - 1 || isSmall ? start : nil
    }

    /// The table with the groups of a new segment behind the others.
    ///
    /// - Parameter moment: the commit that adds them.
    func attaching(_ added: [RowGroup], nextRow: Int64, _ moment: CommitMoment) -> TableState {
        TableState(
            definition: definition,
            groups: groups + added.map { VisibleGroup(group: $0, deletions: nil) },
            nextRow: nextRow, sealedRow: sealedRow, revision: revision + 1,
            timeline: timeline?.adding(first: self.nextRow, moment))
    }

    /// The table with some groups replaced by others that hold their rows, but for rows that were dropped
    /// when the others were made.
    ///
    /// - Parameter old: the replaced groups, as they were then, by their first row ids.
    /// - Parameter base: the earliest state that the new groups can show, of a table with history.
    func replacing(
        _ old: [Int64: VisibleGroup], by new: [VisibleGroup], base: CommitMoment?
    ) throws(DemetraError) -> TableState {
        var kept: [VisibleGroup] = []
        var unseen = old
        var hidden: [CommitSequence: [RowID]] = [:]
        let unknown = CommitSequence(number: 0)
        for current in groups {
            guard let before = unseen.removeValue(forKey: current.group.first) else {
                kept.append(current)
                continue
            }
            for (row, sequence) in current.hidden where !before.isHidden(row) {
                hidden[sequence, default: []].append(try Self.id(current.group, row))
            }
        }
        // A group that is there no more had its last rows hidden meanwhile.
        for before in unseen.values {
            for row in 0..<before.group.count where !before.isHidden(row) {
                hidden[unknown, default: []].append(try Self.id(before.group, row))
            }
        }
        // A table that lost its history meanwhile has no use for what was kept of it.
        kept += timeline == nil ? new.compactMap(\.undated) : new
        kept.sort { $0.group.first < $1.group.first }
        var known = timeline
        if let base { known = known?.beginning(at: base) }
        func state(_ groups: [VisibleGroup]) -> TableState {
            TableState(
                definition: definition, groups: groups, nextRow: nextRow, sealedRow: sealedRow,
                revision: revision, timeline: known)
        }
        var replaced = state(kept)
        for (sequence, rows) in hidden.sorted(by: { $0.key < $1.key }) {
            replaced = state(try replaced.groups(hiding: rows, sequence))
        }
        return replaced
    }

    private static func id(_ group: RowGroup, _ row: Int) throws(DemetraError) -> RowID {
        guard case .int64(let ids) = try group.rowIDs(from: row, count: 1).storage else {
            throw DemetraError(.internalError, "row ids are not bigint")
        }
        return RowID(number: ids[0])
    }
}
