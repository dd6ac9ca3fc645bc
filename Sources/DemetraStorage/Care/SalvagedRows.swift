import DemetraTypes
import DemetraVectors

// How a salvage makes tables and row groups of what it could read.

extension TableState {
    /// A table with other groups.
    convenience init(copying state: TableState, groups: [VisibleGroup], nextRow: Int64? = nil) {
        let next = nextRow ?? state.nextRow
        self.init(
            definition: state.definition, groups: groups, nextRow: next, sealedRow: next,
            revision: state.revision, timeline: state.timeline)
    }
}

extension TableState {
    /// The table without some rows, as far as they can be found.
    ///
    /// - Returns: also the rows that only a group whose row ids cannot be read can have. Nothing of such a group
    ///   can be read then: some of its rows are hidden, and nobody knows which.
    func hidingReadable(
        _ rows: [RowID], _ moment: CommitMoment
    ) -> (state: TableState, unplaced: [RowID]) {
        var found: [RowID] = []
        var unplaced: [RowID] = []
        var lost: [Int: (count: Int, error: DemetraError)] = [:]
        for id in rows {
            var isFound = false
            var unsure: (position: Int, error: DemetraError)?
            for (position, visible) in groups.enumerated() {
                do throws(DemetraError) {
                    if try visible.group.place(of: id) != nil { isFound = true }
                } catch {
                    unsure = unsure ?? (position, error)
                }
            }
            if isFound { found.append(id) }
            guard !isFound, let unsure else { continue }
            unplaced.append(id)
            lost[unsure.position] = ((lost[unsure.position]?.count ?? 0) + 1, unsure.error)
        }
        var readable: [VisibleGroup] = []
        var others: [VisibleGroup] = []
        for (position, visible) in groups.enumerated() {
            if let (count, error) = lost[position] {
                others.append(
                    visible.hidingSome(count, error, timeline == nil ? nil : moment.sequence))
            } else if visible.group.hasReadableIDs {
                readable.append(visible)
            } else {
                others.append(visible)
            }
        }
        guard let hidden = try? TableState(copying: self, groups: readable).hiding(found, moment)
        else {
            return (self, rows)
        }
        let kept = timeline == nil ? others.filter { $0.visibleCount > 0 } : others
        let all = (hidden.groups + kept)
            .sorted { $0.group.first < $1.group.first }
        return (TableState(copying: hidden, groups: all), unplaced)
    }
}

extension VisibleGroup {
    /// The group with so many more rows hidden, whichever they are, and none that can be read.
    fileprivate func hidingSome(
        _ count: Int, _ error: DemetraError, _ sequence: CommitSequence?
    ) -> VisibleGroup {
        let rows = (0..<group.count).filter { !isHidden($0) }.prefix(count)
        return VisibleGroup(
            group: group.damaged(error), deletions: hiding(Array(rows), sequence).deletions,
            isCountOnly: true, recorded: durableDeletions)
    }
}

extension RowGroup {
    fileprivate var hasReadableIDs: Bool {
        do throws(DemetraError) {
            _ = try place(of: RowID(number: first))
            return true
        } catch {
            return false
        }
    }

    /// The same rows, none of which can be read.
    fileprivate func damaged(_ error: DemetraError) -> RowGroup {
        RowGroup(
            numbers: numbers, count: count, columns: columns.map { _ in .damaged(error) },
            zoneMaps: columns.map { _ in .unknown(rowCount: count) }, segment: segment,
            memoryBytes: memoryBytes)
    }
}

extension SegmentRecord {
    /// The record of the same file whose row ids count from another base.
    func moved(to base: Int64) -> SegmentRecord {
        SegmentRecord(
            id: id, table: table, byteCount: byteCount, base: base, groups: groups)
    }
}

extension RowGroup {
    /// Rows in memory whose ids need not lie one behind the other.
    convenience init(ids: Vector, vectors: [Vector], count: Int) {
        var numbers: [Int64] = []
        if case .int64(let buffer) = ids.storage { numbers = buffer.array }
        let (first, last) = (numbers.min() ?? 0, numbers.max() ?? 0)
        let isContiguous = zip(numbers, numbers.dropFirst()).allSatisfy { $0 + 1 == $1 }
        self.init(
            numbers: isContiguous
                ? .contiguous(first: first) : .listed(first: first, last: last, .memory(ids)),
            count: count, columns: vectors.map { .memory($0) },
            zoneMaps: vectors.map { ZoneMap($0) }, segment: nil,
            memoryBytes: vectors.reduce(0) { $0 + $1.memoryBytes })
    }
}
