import DemetraCatalog
import DemetraTypes

/// The writing part of a flush: from a snapshot whose memtable is sealed to segments and a manifest.
///
/// Nothing that readers or the writer see is touched, so it runs beside both.
struct FlushRun {
    /// What became of a table.
    struct Table {
        let state: TableState
        /// The groups that were written, by their first row ids.
        let old: [Int64: VisibleGroup]
        /// The segments that hold their rows now.
        let new: [SegmentReader]
    }

    let directory: DatabaseDirectory
    let snapshot: Snapshot
    let known: [SegmentID: KnownSegment]
    let threadCount: Int

    /// Writes the segments of all tables.
    ///
    /// - Throws: when the disk fails; no new segment is left then.
    func writeSegments() throws(DemetraError) -> [TableID: Table] {
        var tables: [TableID: Table] = [:]
        do throws(DemetraError) {
            for (id, state) in snapshot.states.sorted(by: { $0.key < $1.key }) {
                tables[id] = try write(state)
            }
        } catch {
            for table in tables.values { for segment in table.new { segment.drop() } }
            throw error
        }
        return tables
    }

    private func write(_ state: TableState) throws(DemetraError) -> Table {
        let plan = FlushPlan(state: state, known: known, isCompacting: true)
        do throws(DemetraError) {
            return try write(plan)
        } catch {
            // A segment that cannot be read stays what it is; the memtable must get to disk all the same.
            guard error.sqlState == .dataCorrupted, !plan.rewritten.isEmpty else { throw error }
            return try write(FlushPlan(state: state, known: known, isCompacting: false))
        }
    }

    private func write(_ plan: FlushPlan) throws(DemetraError) -> Table {
        let runs = plan.runs
        let blocks = try GroupMerger.blocks(runs)
        let writer = SegmentWriter(
            directory: directory, definition: plan.state.definition, threadCount: threadCount)
        var segments: [SegmentReader] = []
        do throws(DemetraError) {
            var start = 0
            while start < blocks.count {
                let end = min(blocks.count, start + SegmentWriter.groupLimit)
                segments.append(try writer.write(Array(blocks[start..<end])))
                start = end
            }
        } catch {
            for segment in segments { segment.drop() }
            throw error
        }
        let old = Dictionary(
            runs.joined().map { ($0.group.first, $0) }, uniquingKeysWith: { first, _ in first })
        return Table(state: plan.state, old: old, new: segments)
    }

    /// The manifest of the snapshot, with the new segments in the place of what was written.
    func manifest(_ tables: [TableID: Table], firstLog: Int64) -> Manifest {
        Manifest(
            catalog: snapshot.catalog, floor: snapshot.moment, firstLog: firstLog,
            nextSegment: directory.nextSegmentNumber,
            tables: tables.sorted { $0.key < $1.key }.map { id, table in
                Manifest.Table(
                    id: id, nextRow: table.state.nextRow, segments: segments(of: table))
            })
    }

    private func segments(of table: Table) -> [Manifest.Segment] {
        var visible: [SegmentID: [(group: Int, deletions: DeletionVector?)]] = [:]
        for group in table.state.groups where table.old[group.group.first] == nil {
            guard let place = group.group.segment else { continue }
            visible[place.id, default: []].append((place.group, group.deletions))
        }
        let kept = visible.sorted { $0.key < $1.key }.compactMap { id, groups in
            known[id].map { Manifest.Segment(record: $0.record, visible: groups) }
        }
        let new = table.new.map { segment in
            Manifest.Segment(
                record: SegmentRecord(segment),
                visible: segment.footer.groups.indices.map { ($0, nil) })
        }
        return kept + new
    }
}
