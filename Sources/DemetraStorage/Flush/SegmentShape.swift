import DemetraCatalog
import DemetraTypes

/// A segment, or the memtable, as plans see it: how many rows it has and which partitions these are in.
struct SegmentShape: Sendable {
    /// A segment is written again when more than one row in so many is hidden.
    private static let rowsPerHiddenRow = 4

    /// Nil for the memtable.
    let id: SegmentID?
    let groups: [VisibleGroup]
    /// Rows that are visible, or can be asked for.
    let rows: Int
    /// Rows of these that are hidden and lie among others that are not.
    let strayRows: Int
    /// Rows in the file.
    let storedRows: Int
    /// Numbers of the partitions that rows may be in.
    let partitions: ClosedRange<Int64>

    /// Much of it is hidden.
    var isWorn: Bool { (storedRows - rows + strayRows) * Self.rowsPerHiddenRow > storedRows }

    /// How often the rows doubled twice since they were 1,024.
    var level: Int { rows < 1_024 ? 0 : (Int.bitWidth - 1 - rows.leadingZeroBitCount - 10) / 2 }

    /// Nothing of it is hidden.
    var isClean: Bool { storedRows == rows && strayRows == 0 }

    init(
        id: SegmentID?, groups: [VisibleGroup], storedRows: Int? = nil,
        definition: TableDefinition, base: CommitMoment? = nil
    ) {
        self.id = id
        self.groups = groups
        rows = groups.reduce(0) { $0 + $1.group.count - $1.forgottenCount(base) }
        strayRows = groups.reduce(0) { sum, visible in
            guard visible.visibleCount > 0, let deletions = visible.deletions else { return sum }
            return sum + deletions.count - visible.forgottenCount(base)
        }
        self.storedRows = storedRows ?? groups.reduce(0) { $0 + $1.group.count }
        partitions = Self.partitions(groups, definition)
    }

    /// The memtable, if it has rows, and the segments that can be read, of one table.
    static func shapes(
        of state: TableState, known: [SegmentID: KnownSegment], base: CommitMoment?
    ) -> (memtable: SegmentShape?, segments: [SegmentShape]) {
        var memtable: [VisibleGroup] = []
        var segments: [SegmentID: [VisibleGroup]] = [:]
        for visible in state.groups {
            if let place = visible.group.segment {
                segments[place.id, default: []].append(visible)
            } else {
                memtable.append(visible)
            }
        }
        let definition = state.definition
        let shapes = segments.sorted { $0.key < $1.key }.compactMap {
            (id, groups) -> SegmentShape? in
            guard let segment = known[id], segment.reader != nil else { return nil }
            return SegmentShape(
                id: id, groups: groups,
                storedRows: segment.record.groups.reduce(0) { $0 + $1.count },
                definition: definition, base: base)
        }
        return (
            memtable.isEmpty
                ? nil
                : SegmentShape(id: nil, groups: memtable, definition: definition, base: base),
            shapes
        )
    }

    /// As the zone maps of the time column say.
    private static func partitions(
        _ groups: [VisibleGroup], _ definition: TableDefinition
    ) -> ClosedRange<Int64> {
        guard let time = definition.timeColumn else { return 0...0 }
        var (low, high) = (Int64.max, Int64.min)
        for visible in groups {
            guard let range = RowTimes.range(visible.group.zoneMap(time)) else {
                return Int64.min...Int64.max
            }
            low = min(low, range.lowerBound)
            high = max(high, range.upperBound)
        }
        guard low <= high else { return 0...0 }
        let interval = definition.partition
        return interval.partition(of: low)...interval.partition(of: high)
    }
}
