import DemetraCatalog
package import DemetraTypes

/// How the rows of a table lie: one of its segments, or its memtable.
package struct SegmentReport: Sendable, Hashable {
    /// The file, from the database's directory on; nil for the memtable.
    package let file: String?
    /// The times of its partitions: from the first of the least to that behind the greatest; nil for a table
    /// without a time column, and where rows have no or infinite times.
    package let times: Range<Timestamp>?
    /// Visible rows.
    package let rowCount: Int
    /// Rows that are in it and hidden.
    package let hiddenCount: Int
    /// Bytes of the file, or of memory; nil for a file that cannot be read.
    package let byteCount: Int?
    /// Row groups of which something is visible.
    package let groupCount: Int
    /// How often the rows doubled twice since they were 1,024.
    package let level: Int
}

extension TableSnapshot {
    /// The segments that hold visible rows, by file, and the memtable last.
    package var segments: [SegmentReport] {
        var groups: [SegmentID?: [VisibleGroup]] = [:]
        for visible in visibleGroups {
            groups[visible.group.segment?.id, default: []].append(visible)
        }
        return groups.sorted { ($0.key?.number ?? .max) < ($1.key?.number ?? .max) }.map {
            report($0.key, $0.value)
        }
    }

    private func report(_ id: SegmentID?, _ groups: [VisibleGroup]) -> SegmentReport {
        let reader = groups[0].group.reader
        let stored = reader?.footer.groups.reduce(0) { $0 + $1.count }
        let shape = SegmentShape(
            id: id, groups: groups, storedRows: stored, definition: definition)
        let memory = groups.reduce(0) { $0 + $1.group.memoryBytes }
        return SegmentReport(
            file: id.map { reader?.name ?? DatabaseDirectory.segmentName(definition.id, $0) },
            times: times(shape.partitions), rowCount: shape.rows,
            hiddenCount: shape.storedRows - shape.rows,
            byteCount: id == nil ? memory : reader?.byteCount, groupCount: groups.count,
            level: shape.level)
    }

    private func times(_ partitions: ClosedRange<Int64>) -> Range<Timestamp>? {
        guard definition.timeColumn != nil, partitions.upperBound < .max else { return nil }
        let start = definition.partition.start(of: partitions.lowerBound)
        let end = definition.partition.start(of: partitions.upperBound + 1)
        guard start > .min, end < .max, start < end else { return nil }
        return Timestamp(microseconds: start)..<Timestamp(microseconds: end)
    }
}

extension RowGroup {
    /// The file the rows are in, if it can be read.
    fileprivate var reader: SegmentReader? {
        for column in columns {
            if case .chunk(let chunk) = column { return chunk.reader }
        }
        return nil
    }
}
