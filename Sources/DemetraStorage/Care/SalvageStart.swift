import DemetraCatalog
import DemetraTypes

/// Where a salvage begins: what there was before the log.
struct SalvageStart {
    let catalog: Catalog
    let states: [TableID: TableState]
    let known: [SegmentID: KnownSegment]
    let moment: CommitMoment
    /// The first log file to replay.
    let firstLog: Int64
    /// Below these ids all rows of a table are in segments; of use when the base is not the current one.
    let flushedRows: [TableID: Int64]
    /// True when this is what recovery would begin with; false when segments may hold rows that the log adds
    /// again, and rows that were hidden may be visible.
    let isCurrent: Bool
    /// The batches that tables have got.
    var ledger = BatchLedger()
    /// Where sequences stand.
    var sequences = SequenceLedger()

    /// The best there is.
    static func find(_ directory: DatabaseDirectory, _ report: inout SalvageReport) -> SalvageStart
    {
        let names = manifestNames(directory)
        var older: Manifest?
        for name in names {
            do throws(DemetraError) {
                let manifest = try Manifest.decode(
                    try ClosedDatabase.bytes(name, directory), name: name)
                // The log from there on must be complete, or segments were removed meanwhile.
                let log = directory.path + "/" + directory.logName(manifest.firstLog)
                if name == names.first || directory.fileSystem.exists(log) {
                    report.manifest = name
                    return current(manifest, directory)
                }
                if older == nil { older = manifest }
            } catch {
                report.losses.append(SalvageReport.Loss(file: name, reason: error.message))
            }
        }
        if names.isEmpty {
            report.losses.append(
                SalvageReport.Loss(file: "CURRENT", reason: "there is no manifest"))
        }
        report.warnings.append(
            "tables were made out from their segments: rows that were deleted or restated before the "
                + "last flush may be there again"
                + (older == nil ? ", and names, keys and everything but columns are lost" : ""))
        return rebuilt(older, directory, &report)
    }

    /// The manifests that are there: the one that `CURRENT` names, then the others, newest first.
    private static func manifestNames(_ directory: DatabaseDirectory) -> [String] {
        let there = ((try? directory.fileSystem.list(directory.path)) ?? [])
            .compactMap { name in ManifestFile.number(name).map { (number: $0, name: name) } }
            .sorted { $0.number > $1.number }.map(\.name)
        let bytes = (try? ClosedDatabase.bytes("CURRENT", directory)) ?? []
        let named = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return there.contains(named) ? [named] + there.filter { $0 != named } : there
    }

    private static func current(
        _ manifest: Manifest, _ directory: DatabaseDirectory
    ) -> SalvageStart {
        directory.reserveSegments(through: manifest.nextSegment - 1)
        var known: [SegmentID: KnownSegment] = [:]
        let states = Recovery.states(manifest, directory, &known)
        return SalvageStart(
            catalog: manifest.catalog, states: states, known: known, moment: manifest.floor,
            firstLog: manifest.firstLog, flushedRows: [:], isCurrent: true, ledger: manifest.ledger,
            sequences: manifest.sequences)
    }

    // MARK: Without a manifest

    /// Tables by the segments that are there, under the definitions of an older manifest where there is one.
    private static func rebuilt(
        _ older: Manifest?, _ directory: DatabaseDirectory, _ report: inout SalvageReport
    ) -> SalvageStart {
        var known: [SegmentID: KnownSegment] = [:]
        var footers: [TableID: [SegmentFooter]] = [:]
        let attached = attachedSegments(directory)
        for (record, footer) in ClosedDatabase.looseSegments(directory) {
            guard let footer else {
                report.losses.append(
                    SalvageReport.Loss(
                        table: older?.catalog.table(id: record.table)?.name,
                        file: directory.segmentName(record.table, record.id),
                        reason: "its footer cannot be read, and no manifest says what is in it"))
                continue
            }
            footers[record.table, default: []].append(footer)
            // What the log attaches comes with the log.
            if !attached.contains(record.id) {
                known[record.id] = KnownSegment.open(record, in: directory)
            }
        }
        var catalog = older?.catalog ?? Catalog()
        for (id, found) in footers.sorted(by: { $0.key < $1.key })
        where catalog.table(id: id) == nil {
            catalog = catalog.applying(.putTable(definition(id, found)))
        }
        var states: [TableID: TableState] = [:]
        var flushed: [TableID: Int64] = [:]
        for table in catalog.tables.values {
            let (bases, row) = bases(of: table.id, known, older, &report)
            flushed[table.id] = row
            states[table.id] = state(table, directory, &known, older, bases)
        }
        return SalvageStart(
            catalog: catalog, states: states, known: known,
            moment: older?.floor ?? CommitMoment.none, firstLog: 0, flushedRows: flushed,
            isCurrent: false, sequences: older?.sequences ?? SequenceLedger())
    }

    /// Segments that records of the log name.
    private static func attachedSegments(_ directory: DatabaseDirectory) -> Set<SegmentID> {
        var attached: Set<SegmentID> = []
        for number in (try? directory.logNumbers()) ?? [] {
            let name = directory.logName(number)
            guard let bytes = try? ClosedDatabase.bytes(name, directory) else { continue }
            for case .record(let record, offset: _) in LogPiece.pieces(
                of: bytes, name: name, after: 0)
            {
                for commit in record.commits {
                    let changes = try? TransactionCodec.decode(commit.payload, name: name)
                    for case .attach(let segment) in changes ?? [] { attached.insert(segment.id) }
                }
            }
        }
        return attached
    }

    /// The columns of all segments, those of the newest last written.
    private static func definition(
        _ id: TableID, _ footers: [SegmentFooter]
    ) -> TableDefinition {
        var columns: [Int32: ColumnDefinition] = [:]
        for footer in footers {
            for column in footer.columns {
                columns[column.id] = ColumnDefinition(
                    id: column.id, name: column.name, type: column.type)
            }
        }
        return TableDefinition(
            id: id, name: "table_\(id.number)",
            columns: columns.values.sorted { $0.id < $1.id })
    }

    private static func state(
        _ table: TableDefinition, _ directory: DatabaseDirectory,
        _ known: inout [SegmentID: KnownSegment], _ older: Manifest?, _ bases: [SegmentID: Int64]
    ) -> TableState {
        var hidden: [SegmentPlace: DeletionVector] = [:]
        for segment in older?.tables.first(where: { $0.id == table.id })?.segments ?? [] {
            for (group, deletions) in segment.visible where deletions != nil {
                hidden[SegmentPlace(id: segment.record.id, group: group)] = deletions
            }
        }
        var groups: [VisibleGroup] = []
        for (id, segment) in known where segment.record.table == table.id {
            let placed = segment.record.moved(to: bases[id] ?? 0)
            known[id] = KnownSegment.open(placed, in: directory)
            for group in known[id]?.groups(table) ?? [] {
                groups.append(
                    VisibleGroup(
                        group: group, deletions: group.segment.flatMap { hidden[$0] }))
            }
        }
        let next = groups.map { $0.group.last + 1 }.max() ?? 0
        groups.sort { $0.group.first < $1.group.first }
        let timeline = older?.tables.first { $0.id == table.id }?.timeline
        return TableState(
            definition: table, groups: groups, nextRow: next, sealedRow: next,
            timeline: timeline
                ?? table.history.map { _ in Timeline(base: older?.floor ?? CommitMoment.none) })
    }

    /// What is added to the row ids of each segment of a table: what the older manifest says; for later ones
    /// nothing, or, where another segment has the same ids, enough to lie behind all others. A bulk insert
    /// leaves ids that count from 0, and only the lost manifest knew where they belong. And the id behind
    /// those of segments that stayed where they were.
    private static func bases(
        of table: TableID, _ known: [SegmentID: KnownSegment], _ older: Manifest?,
        _ report: inout SalvageReport
    ) -> (bases: [SegmentID: Int64], flushedRow: Int64) {
        var bases: [SegmentID: Int64] = [:]
        for segment in older?.tables.first(where: { $0.id == table })?.segments ?? [] {
            bases[segment.record.id] = segment.record.base
        }
        var taken: [ClosedRange<Int64>] = []
        var movedCount = 0
        var flushedRow: Int64 = 0
        let own = known.values.map(\.record).filter { $0.table == table && !$0.groups.isEmpty }
            .sorted { (bases[$0.id] == nil ? 1 : 0, $0.id) < (bases[$1.id] == nil ? 1 : 0, $1.id) }
        for record in own {
            let first = record.groups.map(\.first).min() ?? 0
            let last = record.groups.map(\.last).max() ?? 0
            var base = bases[record.id] ?? 0
            if bases[record.id] == nil,
                taken.contains(where: { $0.overlaps((base + first)...(base + last)) })
            {
                base = (taken.map(\.upperBound).max() ?? -1) + 1 - first
                movedCount += 1
            } else {
                flushedRow = max(flushedRow, base + last + 1)
            }
            bases[record.id] = base
            taken.append((base + first)...(base + last))
        }
        if movedCount > 0 {
            report.warnings.append(
                "the rows of \(movedCount) segments of table \(table.number) got new ids")
        }
        return (bases, flushedRow)
    }
}
