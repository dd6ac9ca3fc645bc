import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Makes row groups for segments out of others: hidden rows are dropped, the rest is sorted.
struct RowMerger {
    let definition: TableDefinition
    let threadCount: Int

    /// The row groups of each new segment.
    ///
    /// - Parameter partitions: those whose rows are taken; nil for all.
    /// - Throws: XX001 when a group cannot be read.
    func segments(
        _ groups: [VisibleGroup], partitions: ClosedRange<Int64>? = nil
    ) throws(DemetraError) -> [[RowBlock]] {
        var selections: [Buffer<Int32>?] = []
        var total = 0
        for visible in groups {
            let kept = try kept(visible, partitions)
            selections.append(kept)
            total += kept?.count ?? visible.group.count
        }
        guard total > 0 else { return [] }
        var columns = try columns(groups, selections)
        columns.append(try ids(groups, selections))
        return try arranged(&columns, total)
    }

    /// The rows of a group that go on; nil when all do.
    private func kept(
        _ visible: VisibleGroup, _ partitions: ClosedRange<Int64>?
    ) throws(DemetraError) -> Buffer<Int32>? {
        let count = visible.group.count
        guard let partitions, let time = definition.timeColumn,
            let times = RowTimes.microseconds(try visible.group.vectorOnce(time))
        else { return visible.deletions?.visible(from: 0, count: count)?.indices }
        var finder = PartitionFinder(interval: definition.partition)
        var rows: [Int32] = []
        for row in 0..<count where partitions.contains(finder.partition(of: times[row])) {
            if !visible.isHidden(row) { rows.append(Int32(row)) }
        }
        return rows.count == count ? nil : Buffer(rows)
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
