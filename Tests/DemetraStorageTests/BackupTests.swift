import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `A backup` {
    private static func fixture(_ disk: SimulatedFileSystem) throws -> StoreFixture {
        let fixture = try StoreFixture(disk)
        var random = Seed(3).generator
        for name in ["ads", "budgets"] {
            try fixture.create(name)
            try fixture.insert((0..<100).map { .random($0, &random) }, into: name)
        }
        try fixture.store.flush()
        try fixture.delete([3, 5], from: "ads")
        try fixture.insert([.random(200, &random)], into: "ads")
        return fixture
    }

    @Test func `holds what the database held, and opens as one`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try Self.fixture(disk)
        let before = try fixture.contents()
        try fixture.store.backup(to: "copies/one")
        // What comes later is not in it.
        try fixture.delete([7], from: "ads")
        try fixture.store.flush()
        let report = try DatabaseCheck.run(
            path: "copies/one", fileSystem: disk, processorCount: 1)
        #expect(report.isClean)
        let copy = try StoreFixture(disk, path: "copies/one")
        #expect(try copy.contents() == before)
        // It lives on as a database of its own.
        try copy.delete([9], from: "budgets")
        try copy.store.flush()
        try copy.store.close()
        let again = try StoreFixture(disk, path: "copies/one")
        #expect(try again.rows("budgets").count == 99)
        #expect(try fixture.rows("budgets").count == 100)
    }

    @Test func `goes into an empty directory and no other`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try Self.fixture(disk)
        try disk.createDirectory("copies/one")
        try fixture.store.backup(to: "copies/one/")
        let error = #expect(throws: DemetraError.self) {
            try fixture.store.backup(to: "copies/one")
        }
        #expect(error?.sqlState == .duplicateFile)
        #expect(error?.message == "directory \"copies/one\" is not empty")
    }

    @Test func `that failed leaves nothing, and is made the next time`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try Self.fixture(disk)
        let before = disk.paths
        disk.plan(.diskFull, after: 9)
        let error = #expect(throws: DemetraError.self) {
            try fixture.store.backup(to: "copies/one")
        }
        #expect(error?.sqlState == .diskFull)
        #expect(disk.paths == before)
        try fixture.store.backup(to: "copies/one")
        let copy = try StoreFixture(disk, path: "copies/one")
        #expect(try copy.contents() == fixture.contents())
    }

    @Test func `refuses to copy damage`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try Self.fixture(disk)
        disk.flip(bit: 0, at: 150, of: "db/segments/1/000001.seg")
        let error = #expect(throws: DemetraError.self) {
            try fixture.store.backup(to: "copies/one")
        }
        #expect(error?.sqlState == .dataCorrupted)
        #expect(error?.message.contains("segments/1/000001.seg") ?? false)
        #expect(!disk.exists("copies/one"))
    }
}
