import DemetraCatalog
package import DemetraTypes
import DemetraVectors

/// Copies what is readable of a damaged database into a new one, and says exactly what is not.
///
/// 1. `SalvageStart`: the manifest that counts, else another one, else the segments' own footers.
/// 2. `SalvageLog`: every record of the log that still fits, also behind a damaged one.
/// 3. `SalvageSegments`: of a damaged segment the row groups, and of those the columns, that can be read.
/// 4. `DatabaseCopy` writes what is left.
///
/// The source is read through an overlay, so nothing in it changes.
package struct Salvage {
    /// Decoded columns that are kept; each is read but once or twice.
    private static let cacheBytes = 64 << 20

    /// Salvages the database in a directory.
    ///
    /// - Throws: 55P03 naming the process that has it open, 3D000 when there is none, 58P02 when there is
    ///   something in the target, 53100 or 58030 when the target's disk fails.
    package static func run(
        path: String, to target: String, fileSystem: any FileSystem, processorCount: Int
    ) throws(DemetraError) -> SalvageReport {
        let lock = try ClosedDatabase.lock(path, fileSystem)
        let directory = ClosedDatabase.directory(path, fileSystem, cacheBytes: cacheBytes)
        let configuration = StoreConfiguration(
            cacheBytes: cacheBytes, processorCount: processorCount)
        var report = SalvageReport()
        let base = SalvageStart.find(directory, &report)
        var log = SalvageLog(
            directory: directory, base: base, configuration: configuration)
        log.replay(&report)
        var known = base.known
        for segment in log.builder.segments { known[segment.record.id] = segment }
        var states = log.builder.states
        let segments = SalvageSegments(
            directory: directory, known: known, threadCount: processorCount)
        for (id, state) in states.sorted(by: { $0.key < $1.key }) {
            states[id] = segments.rescued(state, &report)
        }
        if !base.isCurrent || log.isBroken {
            for (id, state) in states.sorted(by: { $0.key < $1.key }) {
                states[id] = withoutRepeatedKeys(state, log.builder.moment, &report)
            }
        }
        for (_, id) in (try? directory.segmentFiles()) ?? [] {
            directory.reserveSegments(through: id.number)
        }
        let catalog = SalvagedReferences(catalog: log.builder.catalog, states: states)
            .withoutBroken(&states, log.builder.moment, &report)
        let snapshot = Snapshot(
            catalog: catalog, moment: log.builder.moment, states: states,
            ledger: log.builder.ledger, sequences: log.builder.sequences)
        let copy = DatabaseCopy(
            source: directory, snapshot: snapshot.sealed(), known: segments.whole,
            threadCount: processorCount, fileSystem: fileSystem, target: target)
        _ = try copy.write()
        for state in states.values.sorted(by: { $0.definition.name < $1.definition.name }) {
            let lost = report.losses.filter {
                $0.table == state.definition.name && $0.column == nil
            }
            report.tables.append(
                SalvageReport.Table(
                    name: state.definition.name, rowCount: state.rowCount,
                    lostRowCount: lost.reduce(0) { $0 + ($1.rowCount ?? 0) }))
        }
        return withExtendedLifetime(lock) { report }
    }

    /// Where a commit is lost, so is what it hid: of rows with one key the newest stays.
    private static func withoutRepeatedKeys(
        _ state: TableState, _ moment: CommitMoment, _ report: inout SalvageReport
    ) -> TableState {
        var state = state
        for key in state.definition.keys {
            guard let older = try? RepeatedRows(state: state, key: key).find(), !older.isEmpty,
                let hidden = try? state.hiding(older, moment)
            else { continue }
            report.warnings.append(
                "\(older.count) rows of \"\(state.definition.name)\" had a key of \"\(key.name)\" that a "
                    + "later row has, and were left out")
            state = hidden
        }
        return state
    }
}

/// The segments of a salvage: which can be copied as they are, and what is left of the others.
struct SalvageSegments {
    private let directory: DatabaseDirectory
    /// Those in which nothing is damaged.
    private(set) var whole: [SegmentID: KnownSegment]
    private let known: [SegmentID: KnownSegment]

    init(directory: DatabaseDirectory, known: [SegmentID: KnownSegment], threadCount: Int) {
        self.directory = directory
        self.known = known
        let all = known.values.sorted { $0.record.id < $1.record.id }
        let results = ParallelWork.map(count: all.count, threads: threadCount) { index in
            SegmentCheck(record: all[index].record, directory: directory).run()
        }
        whole = [:]
        for (segment, result) in zip(all, results) {
            if segment.reader != nil, result.findings.isEmpty { whole[segment.record.id] = segment }
        }
    }

    /// The table with what can be read of its damaged segments, in memory.
    func rescued(_ state: TableState, _ report: inout SalvageReport) -> TableState {
        var groups: [VisibleGroup] = []
        for visible in state.groups {
            guard let place = visible.group.segment, whole[place.id] == nil else {
                groups.append(visible)
                continue
            }
            if let group = rescued(visible, place, state.definition, &report) {
                groups.append(group)
            }
        }
        return TableState(copying: state, groups: groups)
    }

    /// A row group of a damaged segment, as far as it can be read; nil when its rows are lost.
    ///
    /// A column that may be NULL is, where its chunk is damaged: the other columns are kept. Without a key, a
    /// NOT NULL column or its ids a row is lost.
    private func rescued(
        _ visible: VisibleGroup, _ place: SegmentPlace, _ table: TableDefinition,
        _ report: inout SalvageReport
    ) -> VisibleGroup? {
        let group = visible.group
        var vectors: [Vector] = []
        var missing: [(column: String, error: DemetraError)] = []
        do throws(DemetraError) {
            let ids = try group.rowIDs(from: 0, count: group.count)
            for (position, column) in table.columns.enumerated() {
                do throws(DemetraError) {
                    vectors.append(try group.vectorOnce(position).withoutConstant())
                } catch {
                    let isNeeded =
                        !column.isNullable || position == table.timeColumn
                        || table.keys.contains { $0.columns.contains(position) }
                    if isNeeded { throw error }
                    vectors.append(
                        Vector.nulls(column.type, count: group.count).withoutConstant())
                    missing.append((column.name, error))
                }
            }
            for (column, error) in missing {
                report.losses.append(loss(visible, place, table, error, column: column))
            }
            return VisibleGroup(
                group: RowGroup(ids: ids, vectors: vectors, count: group.count),
                deletions: visible.deletions)
        } catch {
            report.losses.append(loss(visible, place, table, error, column: nil))
            return nil
        }
    }

    private func loss(
        _ visible: VisibleGroup, _ place: SegmentPlace, _ table: TableDefinition,
        _ error: DemetraError, column: String?
    ) -> SalvageReport.Loss {
        var times: (first: String, last: String)?
        if let position = table.timeColumn {
            let map = visible.group.zoneMap(position)
            let type = table.columns[position].type
            if let first = map.minimum.flatMap({ ValueText.text($0, type: type) }),
                let last = map.maximum.flatMap({ ValueText.text($0, type: type) })
            {
                times = (first, last)
            }
        }
        return SalvageReport.Loss(
            table: table.name, file: directory.segmentName(table.id, place.id),
            place: "row group \(place.group)", rowCount: visible.visibleCount, column: column,
            rows: visible.group.first...max(visible.group.first, visible.group.last),
            times: times,
            reason: error.message + (error.detail.map { ". " + $0 } ?? ""))
    }
}
