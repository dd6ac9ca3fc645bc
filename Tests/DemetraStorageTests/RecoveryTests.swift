import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `Recovery of the log` {
    /// A store with three commits of a row each, all in the log.
    private static func disk() throws -> (disk: SimulatedFileSystem, ends: [Int]) {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads")
        for key in 1...3 { try fixture.insert([row(Int64(key))], into: "ads") }
        let ends = LogBytes.recordEnds(disk.bytes(log))
        #expect(ends.count == 4)
        return (disk, ends)
    }

    private static let log = "db/wal/000001.wal"

    private static func row(_ key: Int64) -> TestRow {
        TestRow(key: key, text: "row \(key)", amount: key, factor: nil)
    }

    @Test func `cuts a torn record off at every byte and says so`() throws {
        let (first, ends) = try Self.disk()
        for length in ends[0]..<ends[3] {
            let disk = first.afterCrash()
            disk.cut(Self.log, to: length)
            let fixture = try StoreFixture(disk)
            let kept = ends.filter { $0 <= length }.count - 1
            #expect(try fixture.rows("ads").map(\.key) == (1...3).prefix(kept).map { Int64($0) })
            let cut = length - (ends.last { $0 <= length } ?? 0)
            #expect(fixture.store.recovery.cutBytes == cut)
            #expect(fixture.store.recovery.cutFile == (cut > 0 ? Self.log : nil))
            // What is written behind the cut is found again.
            try fixture.insert([Self.row(9)], into: "ads")
            let again = try StoreFixture(disk.afterCrash())
            #expect(try again.rows("ads").map(\.key).last == 9)
        }
    }

    @Test func `leaves room behind the last record and takes it for nothing else`() throws {
        let (disk, ends) = try Self.disk()
        let bytes = disk.bytes(Self.log) ?? []
        #expect(bytes.count > ends[3] && bytes[ends[3]...].allSatisfy { $0 == 0 })
        let fixture = try StoreFixture(disk.afterCrash())
        #expect(try fixture.rows("ads").map(\.key) == [1, 2, 3])
        #expect(fixture.store.recovery.notices.isEmpty)
    }

    @Test func `cuts a record off that was torn within the room, and writes on in its place`()
        throws
    {
        let (first, ends) = try Self.disk()
        for offset in ends[2]..<ends[3] {
            let disk = first.afterCrash()
            disk.flip(bit: offset % 8, at: offset, of: Self.log)
            let fixture = try StoreFixture(disk)
            #expect(try fixture.rows("ads").map(\.key) == [1, 2])
            #expect(fixture.store.recovery.cutFile == Self.log)
            try fixture.insert([Self.row(9)], into: "ads")
            let again = try StoreFixture(disk.afterCrash())
            #expect(try again.rows("ads").map(\.key) == [1, 2, 9])
            #expect(again.store.recovery.notices.isEmpty)
        }
    }

    @Test func `cuts the room off at an orderly end`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads")
        try fixture.insert([Self.row(1)], into: "ads")
        #expect((disk.bytes(Self.log) ?? []).last == 0)
        try fixture.store.close()
        let bytes = disk.bytes(Self.log) ?? []
        // The last one says that the log ends here.
        #expect(LogBytes.recordEnds(bytes).count == 3)
        #expect(bytes.count == LogBytes.recordEnds(bytes).last)
    }

    @Test func `calls a bad record before a good one damage, wherever the bit is`() throws {
        let (first, ends) = try Self.disk()
        for offset in ends[1]..<ends[2] {
            let disk = first.afterCrash()
            disk.flip(bit: offset % 8, at: offset, of: Self.log)
            do {
                _ = try StoreFixture(disk)
                Issue.record("byte \(offset) was not missed")
            } catch {
                #expect(error.sqlState == .dataCorrupted)
                #expect(
                    error.message == "a record of \"\(Self.log)\" is damaged at byte \(ends[1])")
                #expect(
                    error.detail?.contains("A good record follows at byte \(ends[2])") ?? false)
            }
        }
    }

    @Test func `names both checksums of a damaged record`() throws {
        let (disk, ends) = try Self.disk()
        let after = disk.afterCrash()
        after.flip(bit: 0, at: ends[1] + 30, of: Self.log)
        let error = #expect(throws: DemetraError.self) { _ = try StoreFixture(after) }
        let detail = error?.detail ?? ""
        #expect(detail.contains("Stored crc32c ") && detail.contains(", computed "))
    }

    @Test func `misses a log file that is gone`() throws {
        let (disk, _) = try Self.disk()
        let after = disk.afterCrash()
        try after.remove(Self.log)
        let error = #expect(throws: DemetraError.self) { _ = try StoreFixture(after) }
        #expect(error?.message == "log file \"\(Self.log)\" is missing")
    }
}

@Suite struct `A damaged file` {
    /// Two tables in segments, one with a row in the log as well.
    private static func disk() throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        var random = Seed(3).generator
        for name in ["ads", "budgets"] {
            try fixture.create(name)
            try fixture.insert((0..<100).map { .random($0, &random) }, into: name)
        }
        try fixture.store.flush()
        try fixture.store.close()
        return disk.afterCrash()
    }

    private static let segment = "db/segments/1/000001.seg"

    @Test func `of one table leaves the others readable and the database open`() throws {
        let disk = try Self.disk()
        let length = disk.bytes(Self.segment)?.count ?? 0
        disk.cut(Self.segment, to: length - 1)
        let fixture = try StoreFixture(disk)
        #expect(try fixture.rows("budgets").count == 100)
        let error = #expect(throws: DemetraError.self) { try fixture.rows("ads") }
        #expect(error?.sqlState == .dataCorrupted)
        #expect(
            error?.message
                == "segment \"segments/1/000001.seg\" has \(length - 1) bytes instead of \(length)")
        #expect(fixture.store.recovery.damages.count == 1)
        // Writing goes on, and a flush does not forget the damaged segment.
        try fixture.insert(
            [TestRow(key: 1_000, text: nil, amount: 1, factor: nil)], into: "budgets")
        try fixture.store.flush()
        try fixture.store.close()
        let again = try StoreFixture(disk.afterCrash())
        #expect(try again.rows("budgets").count == 101)
        #expect(again.store.recovery.damages.count == 1)
    }

    @Test func `is found at every byte of a segment, or the bit does not matter`() throws {
        let first = try Self.disk()
        let whole = try StoreFixture(first.afterCrash()).rows("ads")
        for offset in 0..<(first.bytes(Self.segment)?.count ?? 0) {
            let disk = first.afterCrash()
            disk.flip(bit: offset % 8, at: offset, of: Self.segment)
            let fixture = try StoreFixture(disk)
            #expect(try fixture.rows("budgets").count == 100)
            do {
                let rows = try fixture.rows("ads")
                #expect(offset < 8 && rows == whole, "a flipped bit at \(offset) went unseen")
            } catch {
                #expect(error.sqlState == .dataCorrupted, "\(offset): \(error)")
                #expect(error.message.contains("segments/1/000001.seg"), "\(error)")
            }
        }
    }

    @Test func `is found at every byte of the manifest and of CURRENT`() throws {
        let first = try Self.disk()
        let manifest = first.paths.last { $0.contains("MANIFEST-") } ?? ""
        for path in [manifest, "db/CURRENT"] {
            for offset in 0..<(first.bytes(path)?.count ?? 0) {
                for cut in [true, false] {
                    let disk = first.afterCrash()
                    if cut {
                        disk.cut(path, to: offset)
                    } else {
                        disk.flip(bit: offset % 8, at: offset, of: path)
                    }
                    do {
                        _ = try StoreFixture(disk)
                        Issue.record("byte \(offset) of \(path) was not missed, cut: \(cut)")
                    } catch {
                        #expect(
                            [.dataCorrupted, .featureNotSupported].contains(error.sqlState),
                            "\(path), \(offset): \(error)")
                        #expect(error.message.contains("db/"), "\(error)")
                    }
                }
            }
        }
    }

    @Test func `says which chunk is damaged, where, and both checksums`() throws {
        let disk = try Self.disk()
        disk.flip(bit: 0, at: 150, of: Self.segment)
        let error = #expect(throws: DemetraError.self) { try StoreFixture(disk).rows("ads") }
        #expect(
            error?.message.hasPrefix("checksum mismatch in segment \"segments/1/000001.seg\", ")
                ?? false)
        #expect(error?.detail?.contains(" bytes at offset ") ?? false)
    }
}

@Suite struct `Opening a directory` {
    @Test func `that holds something else is refused and leaves it alone`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        try disk.createDirectory("db")
        _ = try disk.open("db/holiday.jpg", creating: true)
        let error = #expect(throws: DemetraError.self) { _ = try StoreFixture(disk) }
        #expect(error?.sqlState == .invalidCatalogName)
        #expect(error?.message == "\"db\" is not a Demetra database")
        #expect(disk.paths == ["db/holiday.jpg"])
    }

    @Test func `of a later format version is refused`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        _ = try StoreFixture(disk)
        let after = disk.afterCrash()
        // The version follows the eight bytes of the magic.
        after.flip(bit: 5, at: 8, of: "db/MANIFEST-000001")
        let error = #expect(throws: DemetraError.self) { _ = try StoreFixture(after) }
        #expect(error?.sqlState == .featureNotSupported)
        #expect(
            error?.message
                == "manifest \"db/MANIFEST-000001\" has format version 35; this Demetra reads up to 4"
        )
    }

    @Test func `with a log of a later version is refused`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let first = try StoreFixture(disk)
        try first.store.close()
        let after = disk.afterCrash()
        // The last byte of the magic is the version's digit: 4 becomes 5.
        let log = try #require(after.paths.filter { $0.hasSuffix(".wal") }.max())
        after.flip(bit: 0, at: 7, of: log)
        let error = #expect(throws: DemetraError.self) { _ = try StoreFixture(after) }
        #expect(error?.sqlState == .featureNotSupported)
        #expect(
            error?.message
                == "\"\(log)\" has format version 5; this Demetra reads up to 4")
    }

    @Test func `that another store holds is refused`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let first = try StoreFixture(disk)
        let error = #expect(throws: DemetraError.self) { _ = try StoreFixture(disk) }
        #expect(error?.sqlState == .lockNotAvailable)
        try first.store.close()
        _ = try StoreFixture(disk)
    }

    @Test func `whose CURRENT is gone is called damaged, not made anew`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        try StoreFixture(disk).create("ads")
        let after = disk.afterCrash()
        try after.remove("db/CURRENT")
        let error = #expect(throws: DemetraError.self) { _ = try StoreFixture(after) }
        #expect(error?.message == "file \"db/CURRENT\" is missing")
        #expect(error?.sqlState == .dataCorrupted)
    }
}
