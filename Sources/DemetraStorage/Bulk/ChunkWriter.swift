import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Writes many rows of one table straight into segments, sorted and cut by partitions, each of up to
/// `SegmentWriter.groupLimit` row groups.
///
/// Nobody knows yet which ids the rows will have: in each file they count from zero, and the commit that
/// attaches the segment gives its base. So the writing needs no lock.
struct ChunkWriter {
    let directory: DatabaseDirectory
    let definition: TableDefinition
    let threadCount: Int

    /// - Parameter columns: the table's, of `count` rows each.
    /// - Returns: the segments in the order in which their rows get ids. Each is marked as dropped, so that its file
    ///   goes with the last reference, until a commit calls `keep`.
    /// - Throws: 53100 or 58030 when the disk fails; nothing is left then.
    func write(_ columns: [Vector], count: Int) throws(DemetraError) -> [SegmentReader] {
        let writer = SegmentWriter(
            directory: directory, definition: definition, threadCount: threadCount)
        var columns = columns
        let arrangement = RowArrangement(columns, count: count, definition: definition)
        arrangement.apply(to: &columns, threads: threadCount)
        var segments: [SegmentReader] = []
        var start = 0
        for groups in arrangement.segments {
            let blocks = RowArrangement.blocks(groups, columns, start: &start)
            let segment = try writer.write(blocks)
            segment.drop()
            segments.append(segment)
        }
        return segments
    }
}
