import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// The rows of one table as of one commit.
///
/// New rows join the last group while it has room for them, like the digits of a counter, so single-row
/// inserts do not leave single-row groups. Rows keep their order and their ids' meaning: `moved` says where
/// the rows of a group that was joined into another are now.
// Immutable after init.
final class TableState: Sendable {
    let definition: TableDefinition
    let groups: [VisibleGroup]
    let nextGroup: Int64
    private let positions: [Int64: Int]
    /// Group id to the group it became part of and where it begins there.
    private let moved: [Int64: (group: Int64, offset: Int)]

    init(
        definition: TableDefinition, groups: [VisibleGroup] = [], nextGroup: Int64 = 1,
        moved: [Int64: (group: Int64, offset: Int)] = [:]
    ) {
        self.definition = definition
        self.groups = groups
        self.nextGroup = nextGroup
        self.moved = moved
        positions = Dictionary(
            groups.enumerated().map { ($1.group.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var rowCount: Int { groups.reduce(0) { $0 + $1.visibleCount } }

    /// The same rows under another definition.
    func redefined(_ definition: TableDefinition) -> TableState {
        TableState(
            definition: definition, groups: groups, nextGroup: nextGroup, moved: moved)
    }

    // MARK: Rows by id

    /// Where a row is now: the position of its group and its place there; nil when it is gone or hidden.
    func locate(_ id: RowID) -> (position: Int, row: Int)? {
        var (group, row) = (id.group, id.row)
        while let next = moved[group] {
            group = next.group
            row += next.offset
        }
        guard let position = positions[group], row < groups[position].group.count else { return nil }
        return (position, row)
    }

    func isVisible(_ place: (position: Int, row: Int)) -> Bool {
        !(groups[place.position].deletions?.isHidden(place.row) ?? false)
    }

    // MARK: Changes

    /// The table without some rows, which all exist.
    func hiding(_ rows: [RowID]) -> TableState {
        var byGroup: [Int: [Int]] = [:]
        for id in rows {
            if let place = locate(id) { byGroup[place.position, default: []].append(place.row) }
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
            definition: definition, groups: groups, nextGroup: nextGroup, moved: moved)
    }

    /// The table with more rows behind the others.
    func adding(_ vectors: [Vector], count: Int) throws(DemetraError) -> TableState {
        var groups = groups
        var moved = moved
        var next = nextGroup
        var start = 0
        while start < count {
            let length = min(RowGroup.capacity, count - start)
            var parts = vectors.map { $0.slice(from: start, count: length) }
            var total = length
            // The tail is joined while it is no larger than what is added.
            while let last = groups.last, last.deletions == nil, last.group.count <= total,
                last.group.count + total <= RowGroup.capacity
            {
                var joined: [Vector] = []
                for (old, new) in zip(last.group.vectors, parts) {
                    joined.append(
                        try Vector.concatenating([old, new], type: old.type))
                }
                for (id, place) in moved where place.group == next { moved[id] = (next, place.offset + last.group.count) }
                moved[last.group.id] = (next, 0)
                parts = joined
                total += last.group.count
                groups.removeLast()
            }
            groups.append(
                VisibleGroup(
                    group: RowGroup(id: next, vectors: parts, count: total), deletions: nil))
            next += 1
            start += length
        }
        return TableState(
            definition: definition, groups: groups, nextGroup: next, moved: moved)
    }
}
