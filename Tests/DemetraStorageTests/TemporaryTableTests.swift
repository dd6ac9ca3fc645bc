import DemetraCatalog
import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `A temporary table` {
    private static let name = "pg_temp_1.t"

    /// A database with rows of both kinds, in memory and in segments.
    private func fixture(_ disk: SimulatedFileSystem) throws -> StoreFixture {
        let fixture = try StoreFixture(disk)
        var random = Seed(5).generator
        try fixture.create("ads")
        try fixture.create(Self.name)
        for name in ["ads", Self.name] {
            try fixture.insert((0..<100).map { .random($0, &random) }, into: name)
            try fixture.insert((200..<210).map { .random($0, &random) }, into: name)
            try fixture.delete([3, 5, 205], from: name)
        }
        return fixture
    }

    @Test func `has rows like any other`() throws {
        let fixture = try fixture(SimulatedFileSystem(seed: Seed(1)))
        #expect(try fixture.rows(Self.name).count == 107)
        try fixture.store.flush()
        #expect(try fixture.rows(Self.name).count == 107)
        try fixture.store.vacuum(nil)
        #expect(try fixture.rows(Self.name).count == 107)
    }

    @Test(arguments: [false, true])
    func `is gone after a crash, with its files`(_ isFlushed: Bool) throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let before = try fixture(disk)
        if isFlushed { try before.store.flush() }
        let crashed = disk.afterCrash()
        let after = try StoreFixture(crashed)
        let catalog = after.store.snapshot().catalog
        #expect(catalog.relationNames == ["ads"])
        #expect(try after.rows("ads").count == 107)
        #expect(crashed.paths.filter { $0.hasPrefix("db/segments/2/") } == [])
        // Its number may be given to another table.
        try after.create("later")
        #expect(try after.rows("later") == [])
        try after.store.close()
        #expect(try CheckedDatabase.check(crashed).findings == [])
    }

    @Test func `is in memory only as far as the memtable goes`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create(Self.name)
        var random = Seed(5).generator
        // Nothing else is committed, and the memtable is flushed all the same.
        for start in stride(from: Int64(0), to: 600, by: 50) {
            try fixture.insert((start..<start + 50).map { .random($0, &random) }, into: Self.name)
        }
        #expect(disk.paths.contains { $0.hasPrefix("db/segments/1/") })
        #expect(try fixture.rows(Self.name).count == 600)
    }

    @Test func `is not in a backup`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try fixture(disk)
        try fixture.store.backup(to: "copy")
        let copy = try StoreFixture(disk, path: "copy")
        #expect(copy.store.snapshot().catalog.relationNames == ["ads"])
        #expect(disk.paths.filter { $0.hasPrefix("copy/segments/2/") } == [])
    }
}
