import DemetraCatalog
import DemetraTypes
import Synchronization

/// The writing part of a pass over the database: from a snapshot whose memtable is sealed to segments and a
/// manifest.
///
/// Nothing that readers or the writer see is touched, so it runs beside both.
struct FlushRun {
    /// What became of a table.
    struct Table {
        let state: TableState
        /// The groups that were written, by their least row ids.
        let old: [Int64: VisibleGroup]
        /// The segments that hold their rows now.
        let new: [WrittenSegment]
        /// The earliest state that they can show, of a table with history.
        let base: CommitMoment?
    }

    /// A segment that was written, and what is hidden in each of its groups from the beginning.
    struct WrittenSegment {
        let reader: SegmentReader
        let deletions: [DeletionVector?]

        func groups(_ definition: TableDefinition) -> [VisibleGroup] {
            zip(reader.groups(definition), deletions).map {
                VisibleGroup(group: $0, deletions: $1)
            }
        }
    }

    let directory: DatabaseDirectory
    let snapshot: Snapshot
    let known: [SegmentID: KnownSegment]
    /// Decides how much of the history is kept.
    let now: Timestamp
    let threadCount: Int
    let scope: RewriteScope
    let spoiled: SpoiledSegments
    /// What rows that are being written again count in.
    let memory: MemoryBudget
    /// True when what can wait should not be begun.
    let isCancelled: @Sendable () -> Bool

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
            for table in tables.values { for segment in table.new { segment.reader.drop() } }
            throw error
        }
        return tables
    }

    private func write(_ state: TableState) throws(DemetraError) -> Table {
        let base = state.horizon(now)
        let plan = CompactionPlan(
            state: state, known: known, spoiled: spoiled.ids, base: base,
            memoryBytes: memory.lowestLimitBytes)
        var old: [Int64: VisibleGroup] = [:]
        var new: [WrittenSegment] = []
        do throws(DemetraError) {
            for task in plan.tasks(scope) where task.isRequired || !isCancelled() {
                let (done, segments) = try write(task, state.definition, base)
                for visible in done?.groups ?? [] { old[visible.group.first] = visible }
                new += segments
            }
        } catch {
            for segment in new { segment.reader.drop() }
            throw error
        }
        return Table(state: state, old: old, new: new, base: base)
    }

    /// Carries out a task; a segment that cannot be read stays what it is, and the memtable gets to disk all
    /// the same.
    ///
    /// - Returns: what was done of it.
    private func write(
        _ task: RewriteTask, _ definition: TableDefinition, _ base: CommitMoment?
    ) throws(DemetraError) -> (RewriteTask?, [WrittenSegment]) {
        do throws(DemetraError) {
            return (task, try segments(task, definition, base))
        } catch {
            guard error.sqlState == .dataCorrupted, !task.segments.isEmpty else { throw error }
            spoiled.add(task.segments, error)
            guard task.isRequired else { return (nil, []) }
            let rest = task.withoutSegments
            return (rest, try segments(rest, definition, base))
        }
    }

    private func segments(
        _ task: RewriteTask, _ definition: TableDefinition, _ base: CommitMoment?
    ) throws(DemetraError) -> [WrittenSegment] {
        let merger = RowMerger(definition: definition, threadCount: threadCount, base: base)
        let writer = SegmentWriter(
            directory: directory, definition: definition, threadCount: threadCount)
        var written: [WrittenSegment] = []
        // The joined columns, and some of them sorted beside; the memtable must get to disk whatever the limit.
        let rows = task.groups.reduce(0) { $0 + $1.visibleCount }
        let byteCount = rows / (task.slices?.count ?? 1) * CompactionPlan.rowBytes(definition)
        memory.charge(byteCount)
        defer { memory.release(byteCount) }
        do throws(DemetraError) {
            for slice in task.slices?.map({ Optional($0) }) ?? [nil] {
                for blocks in try merger.segments(task.groups, partitions: slice) {
                    written.append(
                        WrittenSegment(
                            reader: try writer.write(blocks), deletions: blocks.map(\.deletions)))
                }
            }
        } catch {
            for segment in written { segment.reader.drop() }
            throw error
        }
        return written
    }

    /// The manifest of the snapshot, with the new segments in the place of what was written; temporary tables are not
    /// in it.
    func manifest(_ tables: [TableID: Table], firstLog: Int64) -> Manifest {
        let temporary = snapshot.states.filter { $0.value.definition.isTemporary }.keys
        var ledger = snapshot.ledger
        for id in temporary { ledger.remove(id) }
        return Manifest(
            catalog: snapshot.catalog.permanent, floor: snapshot.moment, firstLog: firstLog,
            nextSegment: directory.nextSegmentNumber,
            tables: tables.filter { !temporary.contains($0.key) }.sorted { $0.key < $1.key }.map {
                id, table in
                Manifest.Table(
                    id: id, nextRow: table.state.nextRow, timeline: timeline(of: table),
                    segments: segments(of: table))
            },
            ledger: ledger,
            sequences: snapshot.sequences.keeping(
                Set(snapshot.catalog.permanent.sequences.values.map(\.id))))
    }

    private func timeline(of table: Table) -> Timeline? {
        guard let base = table.base else { return table.state.timeline }
        return table.state.timeline?.beginning(at: base)
    }

    private func segments(of table: Table) -> [Manifest.Segment] {
        var visible: [SegmentID: [(group: Int, deletions: DeletionVector?)]] = [:]
        for group in table.state.groups where table.old[group.group.first] == nil {
            guard let place = group.group.segment else { continue }
            visible[place.id, default: []].append((place.group, group.durableDeletions))
        }
        let kept = visible.sorted { $0.key < $1.key }.compactMap { id, groups in
            known[id].map { Manifest.Segment(record: $0.record, visible: groups) }
        }
        let new = table.new.map { segment in
            Manifest.Segment(
                record: SegmentRecord(segment.reader),
                visible: segment.deletions.enumerated().map { ($0, $1) })
        }
        return kept + new
    }
}

/// Segments that were found damaged when they were to be joined with others: they are left alone until the
/// database is opened again.
final class SpoiledSegments: Sendable {
    private struct State: Sendable {
        var ids: Set<SegmentID> = []
        var damage: DemetraError?
    }

    private let state = Mutex(State())

    var ids: Set<SegmentID> { state.withLock { $0.ids } }

    func add(_ segments: Set<SegmentID>, _ damage: DemetraError) {
        state.withLock { state in
            state.ids.formUnion(segments)
            state.damage = damage
        }
    }

    /// What was found since the last call.
    func takeDamage() -> DemetraError? {
        state.withLock { state in
            defer { state.damage = nil }
            return state.damage
        }
    }
}
