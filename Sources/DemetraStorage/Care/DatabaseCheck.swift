import DemetraCatalog
package import DemetraTypes

/// Reads every byte of a closed database and says what is not as it was written.
///
/// Recovery runs over an overlay, so a check sees exactly what the next opening would make of the files,
/// and writes nothing. Then every segment is decoded (`SegmentCheck`) and every table looked at as a whole
/// (`TableCheck`).
package struct DatabaseCheck {
    private let directory: DatabaseDirectory
    private let source: any FileSystem
    private let configuration: StoreConfiguration
    private var report = CheckReport()

    /// Decoded columns that are kept: a check reads each but once or twice.
    private static let cacheBytes = 64 << 20

    /// Checks the database in a directory.
    ///
    /// - Throws: 55P03 naming the process that has it open, 3D000 when the directory holds something else
    ///   or nothing. What is damaged is no error but part of the report.
    package static func run(
        path: String, fileSystem: any FileSystem, processorCount: Int
    ) throws(DemetraError) -> CheckReport {
        let lock = try ClosedDatabase.lock(path, fileSystem)
        var check = DatabaseCheck(path, fileSystem, processorCount)
        try check.run()
        return withExtendedLifetime(lock) { check.report }
    }

    private init(_ path: String, _ fileSystem: any FileSystem, _ processorCount: Int) {
        source = fileSystem
        directory = ClosedDatabase.directory(path, fileSystem, cacheBytes: Self.cacheBytes)
        configuration = StoreConfiguration(
            cacheBytes: Self.cacheBytes, processorCount: processorCount)
    }

    private mutating func run() throws(DemetraError) {
        try Recovery(directory: directory, configuration: configuration).checkDirectory()
        checkManifest()
        let logs = LogCheck(directory: directory, source: source)
        do throws(DemetraError) {
            let found = try Recovery(directory: directory, configuration: configuration).run()
            noteRecovery(found.report)
            let known = found.known
            checkSegments(known.values.map(\.record))
            checkTables(found.snapshot, known)
            noteStrangers(
                manifest: found.manifestNumber, firstLog: logs.firstLog,
                segments: Set(known.keys))
        } catch {
            // Whatever keeps the database from opening; each file is looked at by itself all the same.
            if report.isClean { report.findings.append(logs.finding(error)) }
            checkSegments(looseSegments())
        }
        countFiles()
        report.findings.sort { ($0.file, $0.offset ?? -1) < ($1.file, $1.offset ?? -1) }
    }

    // MARK: Manifest and log

    /// `CURRENT` and the manifest by themselves, to tell where they are damaged.
    private mutating func checkManifest() {
        guard source.exists(directory.path + "/CURRENT") else { return }
        do throws(DemetraError) {
            _ = try ManifestFile(directory: directory).read()
        } catch {
            let file = error.message.contains(ManifestFile.prefix) ? currentManifest() : "CURRENT"
            var (stored, computed): (UInt32?, UInt32?) = (nil, nil)
            var byteCount: Int?
            if file != "CURRENT", let bytes = try? ClosedDatabase.bytes(file, directory) {
                byteCount = bytes.count
                if bytes.count >= 4 {
                    var end = ByteReader(Array(bytes.suffix(4)), name: file)
                    stored = try? end.integer(UInt32.self)
                    computed = Checksum.crc32c(bytes.dropLast(4))
                }
            }
            report.findings.append(
                CheckReport.Finding(
                    .damage, file: file, offset: 0, byteCount: byteCount, stored: stored,
                    computed: computed, error.message, detail: error.detail))
        }
    }

    private func currentManifest() -> String {
        let bytes = (try? ClosedDatabase.bytes("CURRENT", directory)) ?? []
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private mutating func noteRecovery(_ recovery: RecoveryReport) {
        report.loggedCommitCount = recovery.replayedCommits
        guard let cut = recovery.cutFile else {
            if !recovery.isClosedInOrder {
                report.findings.append(
                    CheckReport.Finding(
                        .note, file: "", "the database was not closed in order",
                        detail:
                            "After a crash that is as it should be: every whole commit is there. "
                            + "If there was none, the log may have been cut between two commits."))
            }
            return
        }
        let file = ClosedDatabase.relative(cut, directory)
        report.findings.append(
            CheckReport.Finding(
                .note, file: file, byteCount: recovery.cutBytes,
                "\(recovery.cutBytes) bytes of an unfinished commit end the log",
                detail: "It was never acknowledged; the next opening cuts it off."))
    }

    // MARK: Segments

    /// Segments that can only be known by their files.
    private func looseSegments() -> [SegmentRecord] {
        ClosedDatabase.looseSegments(directory).map(\.record)
    }

    private mutating func checkSegments(_ records: [SegmentRecord]) {
        let directory = directory
        let sorted = records.sorted { $0.id < $1.id }
        let results = ParallelWork.map(
            count: sorted.count, threads: configuration.processorCount
        ) { index in SegmentCheck(record: sorted[index], directory: directory).run() }
        for result in results {
            report.findings += result.findings
            report.chunkCount += result.chunkCount
        }
    }

    // MARK: Tables

    private mutating func checkTables(_ snapshot: Snapshot, _ known: [SegmentID: KnownSegment]) {
        let damaged = Set(report.findings.filter { $0.severity == .damage }.map(\.file))
        var unreadable: Set<TableID> = []
        let states = snapshot.states.values.sorted {
            $0.definition.qualifiedName.text < $1.definition.qualifiedName.text
        }
        for state in states {
            let records = known.values.map(\.record).filter { $0.table == state.definition.id }
            report.tables.append(
                CheckReport.Table(
                    name: state.definition.qualifiedName.text, rowCount: state.rowCount,
                    segmentCount: records.count,
                    byteCount: records.reduce(0) { $0 + $1.byteCount }))
            let names = records.map { directory.segmentName($0.table, $0.id) }
            let isReadable = damaged.isDisjoint(with: names)
            if !isReadable { unreadable.insert(state.definition.id) }
            let check = TableCheck(
                state: state, present: snapshot.moment,
                threadCount: configuration.processorCount,
                isReadable: isReadable)
            report.findings += check.run()
        }
        report.findings += DefinitionCheck(snapshot: snapshot)
            .run { !unreadable.contains($0) }
    }

    // MARK: Other files

    /// Files that nobody names: remains of a crash that the next opening removes, or things from elsewhere.
    private mutating func noteStrangers(
        manifest: Int64, firstLog: Int64, segments: Set<SegmentID>
    ) {
        for (name, id) in (try? directory.segmentFiles(of: source)) ?? []
        where !segments.contains(id) {
            note(name, "no manifest and no log record names this segment")
        }
        for name in (try? source.list(directory.path + "/wal")) ?? [] {
            guard name.hasSuffix(".wal"), let number = Int64(name.dropLast(4)), number >= firstLog
            else {
                note("wal/" + name, "the manifest needs this file no more")
                continue
            }
        }
        for name in (try? source.list(directory.path + "/tmp")) ?? [] {
            note("tmp/" + name, "a file that was never finished")
        }
        for name in (try? source.list(directory.path)) ?? [] {
            if let number = ManifestFile.number(name) {
                noteOther(name, number, manifest)
            } else if !Recovery.ownNames.contains(name) {
                note(name, "not a file of a database")
            }
        }
    }

    /// The manifest before the one that counts is kept for a salvage; others are not.
    private mutating func noteOther(_ name: String, _ number: Int64, _ manifest: Int64) {
        guard number != manifest else { return }
        guard number == manifest - 1 else {
            return note(name, "a manifest that does not count")
        }
        let bytes = try? ClosedDatabase.bytes(name, directory)
        guard let bytes, (try? Manifest.decode(bytes, name: name)) != nil else {
            return note(name, "the manifest before the one that counts is damaged")
        }
    }

    private mutating func note(_ file: String, _ message: String) {
        report.findings.append(
            CheckReport.Finding(
                .note, file: file, message, detail: "It does no harm, and is not read."))
    }

    private mutating func countFiles() {
        for file in ClosedDatabase.files(directory.path, source) {
            report.fileCount += 1
            let size = try? source.openForReading(directory.path + "/" + file).byteCount()
            report.byteCount += size ?? 0
        }
    }
}
