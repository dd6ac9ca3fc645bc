import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `A salvage` {
    private static let segment = "db/segments/1/000001.seg"

    /// Salvages and opens the result, which must be clean, and the source as it was.
    private static func salvage(
        _ disk: SimulatedFileSystem
    ) throws -> (report: SalvageReport, fixture: StoreFixture) {
        let before = disk.paths.filter { $0.hasPrefix("db/") }.map { disk.bytes($0) }
        let report = try Salvage.run(
            path: "db", to: "rescued", fileSystem: disk, processorCount: 1)
        let after = disk.paths.filter { $0.hasPrefix("db/") }.map { disk.bytes($0) }
        #expect(before == after, "the source must stay as it is")
        let check = try DatabaseCheck.run(path: "rescued", fileSystem: disk, processorCount: 1)
        #expect(check.isClean, "\(check.findings)")
        return (report, try StoreFixture(disk, path: "rescued"))
    }

    @Test func `of a good database keeps everything`() throws {
        let disk = try CheckedDatabase.disk()
        let whole = try StoreFixture(disk.afterCrash()).contents()
        let after = disk.afterCrash()
        let (report, fixture) = try Self.salvage(after)
        #expect(report.isComplete)
        #expect(report.tables.map(\.rowCount) == [98, 100])
        #expect(try fixture.contents() == whole)
    }

    @Test func `keeps all it can of every damaged byte, and says what is lost`() throws {
        let first = try CheckedDatabase.disk()
        let whole = try StoreFixture(first.afterCrash()).contents()
        for path in first.paths where !path.hasSuffix("LOCK") {
            for offset in stride(from: 0, to: first.bytes(path)?.count ?? 0, by: 7) {
                let disk = first.afterCrash()
                disk.flip(bit: offset % 8, at: offset, of: path)
                let (report, fixture) = try Self.salvage(disk)
                // What is complete is the same; what is not says so. A row without its amount is no row of
                // the tests, so their reading fails then.
                if (try? fixture.contents()) != whole {
                    #expect(!report.isComplete, "\(path), \(offset): nothing was said")
                }
            }
        }
    }

    @Test func `of a damaged column that may be NULL loses its values only`() throws {
        let first = try CheckedDatabase.disk()
        let offset = try Self.place(of: "text", first)
        let disk = first.afterCrash()
        disk.flip(bit: 0, at: offset, of: Self.segment)
        let (report, fixture) = try Self.salvage(disk)
        #expect(report.losses.count >= 1)
        #expect(report.losses.allSatisfy { $0.column == "text" && $0.table == "ads" })
        let rows = try fixture.rows("ads")
        #expect(rows.count == 98)
        #expect(rows.filter { $0.text == nil }.count > 50)
    }

    @Test func `of a damaged key loses the rows of the row group, with ids`() throws {
        let first = try CheckedDatabase.disk()
        let offset = try Self.place(of: "key", first)
        let disk = first.afterCrash()
        disk.flip(bit: 0, at: offset, of: Self.segment)
        let (report, fixture) = try Self.salvage(disk)
        let loss = try #require(report.losses.first)
        #expect(loss.table == "ads" && loss.column == nil)
        #expect(loss.file == "segments/1/000001.seg")
        #expect(loss.firstRow == 0)
        #expect(loss.rowCount.map { $0 > 50 } ?? false)
        #expect(try fixture.rows("budgets").count == 100)
        #expect(report.tables.first?.lostRowCount == loss.rowCount)
    }

    /// Where the chunk of a column begins.
    private static func place(of column: String, _ disk: SimulatedFileSystem) throws -> Int {
        for offset in 8..<(disk.bytes(segment)?.count ?? 0) {
            let other = disk.afterCrash()
            other.flip(bit: 0, at: offset, of: segment)
            let report = try DatabaseCheck.run(path: "db", fileSystem: other, processorCount: 1)
            let place = report.findings.first?.place ?? ""
            if place.contains("column \"\(column)\"") { return offset }
        }
        return 0
    }

    @Test func `of a log with a damaged record keeps the later ones`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads")
        let log = "db/wal/000001.wal"
        for key in 1...5 {
            try fixture.insert(
                [TestRow(key: Int64(key), text: nil, amount: 1, factor: nil)], into: "ads")
        }
        // The first record is the table's.
        let ends = Array(LogBytes.recordEnds(disk.bytes(log)).dropFirst())
        let after = disk.afterCrash()
        after.flip(bit: 0, at: ends[1] + 30, of: log)
        let (report, rescued) = try Self.salvage(after)
        #expect(try rescued.rows("ads").map(\.key).sorted() == [1, 2, 4, 5])
        let lost = report.losses.filter { $0.rowCount != nil }
        #expect(lost.map(\.rowCount) == [1])
        #expect(lost.first?.firstRow == 2)
        #expect(report.losses.contains { $0.reason.contains("stored crc32c") })
    }

    @Test func `without the manifest goes by the one before, and by the segments`() throws {
        let disk = try CheckedDatabase.disk()
        let manifest = try #require(disk.paths.last { $0.contains("MANIFEST-") })
        let whole = try StoreFixture(disk.afterCrash()).contents()
        let after = disk.afterCrash()
        after.cut(manifest, to: 20)
        let (report, fixture) = try Self.salvage(after)
        #expect(report.manifest == nil)
        #expect(!report.isComplete)
        let found = try fixture.contents()
        // Deleted rows may be back; nothing that was there is gone.
        for (name, rows) in whole {
            for (key, row) in rows { #expect(found[name]?[key] == row) }
        }
    }

    @Test func `without any manifest makes tables out of segments`() throws {
        let disk = try CheckedDatabase.disk()
        for path in disk.paths where path.contains("MANIFEST-") || path.hasSuffix("CURRENT") {
            try disk.remove(path)
        }
        let (report, fixture) = try Self.salvage(disk)
        #expect(report.tables.map(\.name) == ["table_1", "table_2"])
        #expect(try fixture.contents()["table_2"]?.count == 100)
        #expect(!report.isComplete)
    }

    @Test func `goes into an empty directory and no other`() throws {
        let disk = try CheckedDatabase.disk()
        _ = try Self.salvage(disk)
        let error = #expect(throws: DemetraError.self) { try Self.salvage(disk) }
        #expect(error?.sqlState == .duplicateFile)
    }
}
