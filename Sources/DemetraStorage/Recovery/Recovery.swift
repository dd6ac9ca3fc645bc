import DemetraCatalog
import DemetraTypes

/// Opens the files of a database: the manifest that counts, the segments it names, then the log.
struct Recovery {
    /// Everything a store needs to begin.
    struct Outcome: ~Copyable {
        let log: WriteAheadLog
        let snapshot: Snapshot
        let known: [SegmentID: KnownSegment]
        let manifestNumber: Int64
        let floor: UInt64
        let report: RecoveryReport
        /// Rows that the log hides and that are in segments whose row ids cannot be read.
        let unplaced: [TableID: [RowID]]
    }

    /// Names that a database's directory may hold; manifests come on top.
    static let ownNames: Set<String> = [
        "LOCK", "CURRENT", "wal", "segments", "tmp", "audit", DatabaseDirectory.socketName,
    ]

    let directory: DatabaseDirectory
    let configuration: StoreConfiguration

    private var fileSystem: any FileSystem { directory.fileSystem }

    /// - Throws: 3D000 when the directory holds something else; nothing is written then.
    func checkDirectory() throws(DemetraError) {
        let names = try fileSystem.list(directory.path)
        guard !names.contains("CURRENT") else { return }
        let foreign = names.first {
            !Self.ownNames.contains($0) && !$0.hasPrefix(ManifestFile.prefix)
        }
        guard let foreign else { return }
        throw DemetraError(
            .invalidCatalogName, "\"\(directory.path)\" is not a Demetra database",
            detail: "It has no file CURRENT, and holds \"\(foreign)\".",
            hint: "Give the directory of a database, or one that is new or empty.")
    }

    /// Opens what is there, or makes a new database.
    func run() throws(DemetraError) -> Outcome {
        for folder in ["wal", "segments", "tmp"] {
            try fileSystem.createDirectory(directory.path + "/" + folder)
        }
        let file = ManifestFile(directory: directory)
        if let (manifest, number) = try file.read() { return try open(manifest, number) }
        try checkEmptiness()
        _ = try WriteAheadLog.create(directory, number: 1)
        let manifest = Manifest(
            catalog: Catalog(), floor: .none, firstLog: 1, nextSegment: 1, tables: [],
            ledger: BatchLedger())
        do {
            try file.write(manifest, number: 1)
        } catch {
            switch error {
            case .before(let cause), .during(let cause): throw cause
            }
        }
        return try open(manifest, 1)
    }

    /// A database whose making was interrupted has nothing in it; anything more has lost its `CURRENT`.
    private func checkEmptiness() throws(DemetraError) {
        func lost(_ name: String) -> DemetraError {
            DemetraError(
                .dataCorrupted, "file \"\(directory.path)/CURRENT\" is missing",
                detail: "There is \"\(name)\", so this is not a new database.",
                hint: "Restore the database from a backup.")
        }
        if let segment = try directory.segmentFiles().first { throw lost(segment.name) }
        for number in try directory.logNumbers() {
            let name = directory.logName(number)
            let file = try fileSystem.open(directory.path + "/" + name, creating: false)
            if try file.read(at: 0, count: 8) == Array("DEMWAL01".utf8) {
                throw DemetraError(
                    .featureNotSupported,
                    "\"\(directory.path)\" was written before there were manifests",
                    hint: "Import the data again into a new database.")
            }
            if try file.byteCount() > WriteAheadLog.magic.count { throw lost(name) }
        }
    }

    private func open(_ manifest: Manifest, _ number: Int64) throws(DemetraError) -> Outcome {
        directory.reserveSegments(through: manifest.nextSegment - 1)
        var report = RecoveryReport()
        var known: [SegmentID: KnownSegment] = [:]
        let states = Self.states(manifest, directory, &known)
        var builder = CommitBuilder(
            Snapshot(
                catalog: manifest.catalog, moment: manifest.floor, states: states,
                ledger: manifest.ledger, sequences: manifest.sequences),
            moment: manifest.floor, directory: directory, configuration: configuration)
        let replay = LogReplay(
            directory: directory, firstLog: manifest.firstLog, floor: manifest.floor,
            fileBytes: configuration.logFileBytes)
        let log = try replay.run(&report) { (moment, payload, name) throws(DemetraError) in
            try builder.replay(
                try TransactionCodec.decode(payload, name: "\"\(name)\""), moment)
        }
        for segment in builder.segments { known[segment.record.id] = segment }
        for id in known.keys { directory.reserveSegments(through: id.number) }
        for (_, id) in try directory.segmentFiles() {
            directory.reserveSegments(through: id.number)
        }
        report.damages = known.values.sorted { $0.record.id < $1.record.id }.compactMap(\.damage)
        directory.removeOrphans(
            keeping: Set(known.keys), manifest: number,
            firstLog: manifest.firstLog)
        return Outcome(
            log: log,
            snapshot: Snapshot(
                catalog: builder.catalog, moment: builder.moment, states: builder.states,
                ledger: builder.ledger, sequences: builder.sequences),
            known: known, manifestNumber: number, floor: manifest.floor.sequence.number,
            report: report, unplaced: builder.unplaced)
    }

    /// The tables as the manifest has them, without the log.
    static func states(
        _ manifest: Manifest, _ directory: DatabaseDirectory,
        _ known: inout [SegmentID: KnownSegment]
    ) -> [TableID: TableState] {
        let tables = Dictionary(
            manifest.tables.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var states: [TableID: TableState] = [:]
        for definition in manifest.catalog.tables.values {
            states[definition.id] = state(
                definition, tables[definition.id], directory, &known)
        }
        return states
    }

    private static func state(
        _ definition: TableDefinition, _ table: Manifest.Table?, _ directory: DatabaseDirectory,
        _ known: inout [SegmentID: KnownSegment]
    ) -> TableState {
        var groups: [VisibleGroup] = []
        for segment in table?.segments ?? [] {
            let opened = KnownSegment.open(segment.record, in: directory)
            known[segment.record.id] = opened
            let all = opened.groups(definition)
            for (group, deletions) in segment.visible {
                groups.append(VisibleGroup(group: all[group], deletions: deletions))
            }
        }
        groups.sort { $0.group.first < $1.group.first }
        let next = table?.nextRow ?? 0
        return TableState(
            definition: definition, groups: groups, nextRow: next, sealedRow: next,
            timeline: table?.timeline)
    }
}
