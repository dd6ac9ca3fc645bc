import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

/// A database for checks and salvages.
enum CheckedDatabase {
    /// Two tables with rows in segments, in the log, and hidden.
    static func disk() throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        var random = Seed(3).generator
        for name in ["ads", "budgets"] {
            try fixture.create(name)
            try fixture.insert((0..<100).map { .random($0, &random) }, into: name)
        }
        try fixture.store.flush()
        try fixture.delete([3, 5], from: "ads")
        try fixture.store.flush()
        try fixture.insert([.random(200, &random)], into: "ads")
        try fixture.delete([7], from: "ads")
        try fixture.store.close()
        return disk.afterCrash()
    }

    static func check(_ disk: any FileSystem) throws -> CheckReport {
        try DatabaseCheck.run(path: StoreFixture.path, fileSystem: disk, processorCount: 2)
    }
}

@Suite struct `A check of a database` {
    private static let segment = "db/segments/1/000001.seg"

    @Test func `of a good one finds nothing and counts what is there`() throws {
        let disk = try CheckedDatabase.disk()
        let writes = disk.writeCount
        let report = try CheckedDatabase.check(disk)
        #expect(report.findings == [])
        #expect(report.isClean)
        #expect(report.tables.map(\.name) == ["ads", "budgets"])
        #expect(report.tables.map(\.rowCount) == [98, 100])
        #expect(report.chunkCount > 10)
        #expect(report.fileCount >= 5 && report.byteCount > 1_000)
        #expect(disk.writeCount == writes, "a check writes nothing")
    }

    @Test func `finds a flipped bit at every byte of every file, or says the same as before`()
        throws
    {
        let first = try CheckedDatabase.disk()
        let whole = try StoreFixture(first.afterCrash()).contents()
        var detected = 0
        for path in first.paths where !path.hasSuffix("LOCK") {
            for offset in 0..<(first.bytes(path)?.count ?? 0) {
                let disk = first.afterCrash()
                disk.flip(bit: offset % 8, at: offset, of: path)
                let report = try CheckedDatabase.check(disk)
                if !report.findings.isEmpty {
                    detected += 1
                    continue
                }
                #expect(try StoreFixture(disk).contents() == whole, "\(path), \(offset)")
            }
        }
        #expect(detected > 1_000)
    }

    @Test func `names file, chunk, offset and both checksums`() throws {
        let disk = try CheckedDatabase.disk()
        disk.flip(bit: 0, at: 150, of: Self.segment)
        let report = try CheckedDatabase.check(disk)
        let finding = try #require(report.findings.first)
        #expect(report.findings.count == 1)
        #expect(finding.severity == .damage)
        #expect(finding.file == "segments/1/000001.seg")
        #expect(finding.place?.contains("column \"") ?? false)
        #expect((finding.offset ?? 0) <= 150)
        #expect(finding.storedChecksum?.count == 8 && finding.computedChecksum?.count == 8)
        #expect(finding.storedChecksum != finding.computedChecksum)
    }

    @Test
    func `tells where a record of the log is damaged, and looks at the segments all the same`()
        throws
    {
        let disk = try CheckedDatabase.disk()
        let log = try #require(disk.paths.first { $0.hasSuffix(".wal") })
        disk.flip(bit: 1, at: 30, of: log)
        disk.flip(bit: 0, at: 150, of: Self.segment)
        let report = try CheckedDatabase.check(disk)
        let files = Set(report.findings.map { "db/" + $0.file })
        #expect(files == [log, Self.segment])
        let record = try #require(report.findings.first { $0.file.hasSuffix(".wal") })
        #expect(record.offset == 8)
        #expect(record.storedChecksum != nil && record.computedChecksum != nil)
    }

    @Test func `calls files that nobody names harmless`() throws {
        let disk = try CheckedDatabase.disk()
        for name in ["db/segments/1/000099.seg", "db/tmp/CURRENT", "db/MANIFEST-000099"] {
            _ = try disk.open(name, creating: true)
        }
        let report = try CheckedDatabase.check(disk)
        #expect(report.isClean)
        #expect(
            report.findings.map(\.file)
                == ["MANIFEST-000099", "segments/1/000099.seg", "tmp/CURRENT"])
    }

    @Test func `says how much of an unfinished commit ends the log`() throws {
        let disk = try CheckedDatabase.disk()
        let log = try #require(disk.paths.first { $0.hasSuffix(".wal") })
        disk.cut(log, to: (LogBytes.recordEnds(disk.bytes(log)).last ?? 0) - 3)
        let report = try CheckedDatabase.check(disk)
        #expect(report.isClean)
        #expect(report.findings.map(\.file) == [String(log.dropFirst(3))])
        #expect(report.findings.first?.message.hasSuffix("end the log") ?? false)
    }

    @Test func `waits for nobody: a database that is open is refused`() throws {
        let disk = try CheckedDatabase.disk()
        let fixture = try StoreFixture(disk)
        let error = #expect(throws: DemetraError.self) { try CheckedDatabase.check(disk) }
        #expect(error?.sqlState == .lockNotAvailable)
        try fixture.store.close()
        #expect(try CheckedDatabase.check(disk).isClean)
    }

    @Test func `refuses what is no database`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let none = #expect(throws: DemetraError.self) { try CheckedDatabase.check(disk) }
        #expect(none?.sqlState == .invalidCatalogName)
        try disk.createDirectory("db")
        _ = try disk.open("db/holiday.jpg", creating: true)
        let other = #expect(throws: DemetraError.self) { try CheckedDatabase.check(disk) }
        #expect(other?.message == "\"db\" is not a Demetra database")
    }
}
