import DemetraCatalog
import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Batches that were loaded under a name` {
    private func load(
        _ id: String, _ key: Int64, into fixture: StoreFixture, base: Snapshot? = nil
    ) throws(DemetraError) {
        let snapshot = base ?? fixture.store.snapshot()
        guard let table = snapshot.catalog.tables["ads"] else { return }
        let row = TestRow(key: key, text: nil, amount: key, factor: nil)
        var write = WriteTransaction(snapshot: snapshot)
        write.insert(table.id, [StoreFixture.batch([row], table)], onConflict: .error)
        write.load(batch: id, table.id, rowCount: 1)
        try fixture.store.commit(write)
    }

    private func known(_ id: String, _ fixture: StoreFixture) -> LoadedBatch? {
        let snapshot = fixture.store.snapshot()
        return snapshot.catalog.tables["ads"].flatMap { snapshot.loadedBatch(id, of: $0.id) }
    }

    @Test func `are known after a crash, from the log and from the manifest`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads")
        for key in 0..<40 {
            try load("batch \(key)", Int64(key), into: fixture)
            if key == 20 { try fixture.store.flush() }
        }
        let again = try StoreFixture(disk.afterCrash())
        for key in 0..<40 { #expect(known("batch \(key)", again)?.rowCount == 1) }
        #expect(known("batch 40", again) == nil)
    }

    @Test func `are loaded once, also when two try at once`() throws {
        let fixture = try StoreFixture(SimulatedFileSystem(seed: Seed(1)))
        try fixture.create("ads")
        let base = fixture.store.snapshot()
        try load("same", 1, into: fixture, base: base)
        let error = #expect(throws: DemetraError.self) {
            try load("same", 2, into: fixture, base: base)
        }
        #expect(error?.sqlState == .serializationFailure)
        #expect(try fixture.rows("ads").map(\.key) == [1])
    }

    @Test func `go with their transaction and with their table`() throws {
        let fixture = try StoreFixture(SimulatedFileSystem(seed: Seed(1)))
        try fixture.create("ads")
        let table = try #require(fixture.store.snapshot().catalog.tables["ads"])
        var transaction = fixture.store.begin()
        var write = WriteTransaction(snapshot: transaction.snapshot)
        write.load(batch: "one", table.id, rowCount: 0)
        try transaction.apply(write)
        #expect(transaction.snapshot.loadedBatch("one", of: table.id) != nil)
        #expect(known("one", fixture) == nil)
        try fixture.store.commit(transaction)
        #expect(known("one", fixture) != nil)
        try fixture.drop("ads")
        try fixture.create("ads")
        #expect(known("one", fixture) == nil)
    }

    @Test func `are forgotten when ten thousand newer ones came`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads")
        let table = try #require(fixture.store.snapshot().catalog.tables["ads"])
        for start in stride(from: 0, to: 25_000, by: 500) {
            var write = WriteTransaction(snapshot: fixture.store.snapshot())
            for number in start..<(start + 500) {
                write.load(batch: "b\(number)", table.id, rowCount: 0)
            }
            try fixture.store.commit(write)
        }
        #expect(known("b0", fixture) == nil)
        #expect(known("b15000", fixture) != nil)
        #expect(known("b24999", fixture) != nil)
        #expect(fixture.store.snapshot().loadedBatches(of: table.id).count < 20_000)
    }
}
