import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Makes row groups for segments out of others: hidden rows are dropped, the rest is sorted.
///
/// Hidden rows that can still be asked for, in tables with history, come into segments of their own: scans of the
/// present skip these without a read.
struct RowMerger {
    let definition: TableDefinition
    let threadCount: Int
    /// The earliest state that can be asked for, in tables with history.
    var base: CommitMoment?

    /// The row groups of each new segment.
    ///
    /// - Parameter partitions: those whose rows are taken; nil for all.
    /// - Throws: XX001 when a group cannot be read.
    func segments(
        _ groups: [VisibleGroup], partitions: ClosedRange<Int64>? = nil
    ) throws(DemetraError) -> [[RowBlock]] {
        let visible = try segments(groups) { (group) throws(DemetraError) in
            try kept(group, partitions) { !group.isHidden($0) }
        }
        guard base != nil else { return visible }
        return visible + (try pastSegments(groups, partitions))
    }

    /// The row groups of the segments that get the chosen rows of each group, nil for all of them.
    private func segments(
        _ groups: [VisibleGroup],
        _ choose: (VisibleGroup) throws(DemetraError) -> Buffer<Int32>?
    ) throws(DemetraError) -> [[RowBlock]] {
        var selections: [Buffer<Int32>?] = []
        var total = 0
        for visible in groups {
            let kept = try choose(visible)
            selections.append(kept)
            total += kept?.count ?? visible.group.count
        }
        guard total > 0 else { return [] }
        var columns = try columns(groups, selections)
        columns.append(try ids(groups, selections))
        return try arranged(&columns, total)
    }

    /// Hidden rows that are kept, with the commits that hid them.
    private func pastSegments(
        _ groups: [VisibleGroup], _ partitions: ClosedRange<Int64>?
    ) throws(DemetraError) -> [[RowBlock]] {
        var sequences: [Int64: CommitSequence] = [:]
        let segments = try segments(groups) { (visible) throws(DemetraError) in
            let hidden = visible.rememberedRows(base)
            if hidden.isEmpty { return Buffer([]) }
            if case .none = coverage(of: visible.group, partitions) { return Buffer([]) }
            let ids = try visible.group.ids()
            for (row, sequence) in hidden { sequences[ids[row]] = sequence }
            let rows = Set(hidden.map(\.row))
            return try kept(visible, partitions) { rows.contains($0) }
        }
        return segments.map { blocks in
            blocks.map { block in
                var block = block
                let hidden = block.ids.enumerated().compactMap { row, id in
                    sequences[id].map { (row: row, sequence: $0) }
                }
                block.deletions = DeletionVector(history: HideHistory(hidden), of: block.count)
                return block
            }
        }
    }

    /// The rows of a group that go on; nil when all do.
    ///
    /// The zone map of the time column mostly tells whether the group is in the partitions: each is read for one
    /// slice of them, not for every one.
    private func kept(
        _ visible: VisibleGroup, _ partitions: ClosedRange<Int64>?, _ isWanted: (Int) -> Bool
    ) throws(DemetraError) -> Buffer<Int32>? {
        let count = visible.group.count
        var rows: [Int32] = []
        switch coverage(of: visible.group, partitions) {
        case .none: return Buffer([])
        case .whole:
            for row in 0..<count where isWanted(row) { rows.append(Int32(row)) }
        case .part(let partitions, let time):
            guard let times = RowTimes.microseconds(try visible.group.vectorOnce(time)) else {
                throw DemetraError(.internalError, "a time column holds no times")
            }
            var finder = PartitionFinder(interval: definition.partition)
            for row in 0..<count where partitions.contains(finder.partition(of: times[row])) {
                if isWanted(row) { rows.append(Int32(row)) }
            }
        }
        return rows.count == count ? nil : Buffer(rows)
    }

    /// How much of a group lies in the partitions that are taken.
    private enum Coverage {
        case none, whole
        /// Only the times of the rows tell.
        case part(ClosedRange<Int64>, timeColumn: Int)
    }

    private func coverage(of group: RowGroup, _ partitions: ClosedRange<Int64>?) -> Coverage {
        guard let partitions, let time = definition.timeColumn else { return .whole }
        guard let times = RowTimes.range(group.zoneMap(time)) else {
            return .part(partitions, timeColumn: time)
        }
        let own =
            definition.partition.partition(
                of: times.lowerBound)...definition.partition
            .partition(of: times.upperBound)
        if !own.overlaps(partitions) { return .none }
        let isInside =
            partitions.lowerBound <= own.lowerBound && own.upperBound <= partitions.upperBound
        return isInside ? .whole : .part(partitions, timeColumn: time)
    }

    private func columns(
        _ groups: [VisibleGroup], _ selections: [Buffer<Int32>?]
    ) throws(DemetraError) -> [Vector] {
        let types = definition.columns.map(\.type)
        let joined = ParallelWork.map(count: types.count, threads: threadCount) {
            column -> Result<Vector, DemetraError> in
            Result { () throws(DemetraError) in
                var parts: [Vector] = []
                for (visible, rows) in zip(groups, selections) where rows?.count != 0 {
                    let whole = try visible.group.vectorOnce(column).withoutConstant()
                    parts.append(rows.map { whole.taking(rows: $0) } ?? whole)
                }
                return try Vector.concatenating(parts, type: types[column])
            }
        }
        var columns: [Vector] = []
        for column in joined { columns.append(try column.get()) }
        return columns
    }

    private func ids(
        _ groups: [VisibleGroup], _ selections: [Buffer<Int32>?]
    ) throws(DemetraError) -> Vector {
        var parts: [Vector] = []
        for (visible, rows) in zip(groups, selections) where rows?.count != 0 {
            let whole = try visible.group.rowIDs(from: 0, count: visible.group.count).flattened()
            parts.append(rows.map { whole.taking(rows: $0) } ?? whole)
        }
        return try Vector.concatenating(parts, type: .bigint)
    }

    /// - Parameter columns: the table's, then the row ids.
    private func arranged(
        _ columns: inout [Vector], _ count: Int
    ) throws(DemetraError) -> [[RowBlock]] {
        let width = definition.columns.count
        let arrangement = RowArrangement(
            Array(columns[..<width]), count: count, definition: definition, ids: columns[width])
        arrangement.apply(to: &columns, threads: threadCount)
        guard case .int64(let ids) = columns[width].storage else {
            throw DemetraError(.internalError, "row ids are not bigint")
        }
        let numbers = ids.array
        var start = 0
        return arrangement.segments.map { groups in
            groups.map { count in
                let part = numbers[start..<(start + count)]
                let (first, last) = (part.min() ?? 0, part.max() ?? 0)
                let isContiguous =
                    last - first + 1 == Int64(count) && zip(part, part.dropFirst()).allSatisfy(<)
                defer { start += count }
                return RowBlock(
                    vectors: columns[..<width].map { $0.slice(from: start, count: count) },
                    count: count, first: first, last: last,
                    numbers: isContiguous ? nil : columns[width].slice(from: start, count: count))
            }
        }
    }
}
