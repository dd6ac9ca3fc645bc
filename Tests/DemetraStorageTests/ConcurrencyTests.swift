import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `Writers and readers at once` {
    ///     writers 1...4   insert, insert, insert ...        each a row of its own, acknowledged one by one
    ///     flusher         memtable -> segments, again and again, on its own thread
    ///     reader          snapshot, count, snapshot, count  never fewer rows than before
    @Test func `lose nothing and share syncs`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let configuration = StoreConfiguration(
            cacheBytes: 64 << 10, memtableBytes: 4_000, logBytes: 20_000, bulkRows: 60,
            processorCount: 2, flushesInBackground: true)
        let fixture = try StoreFixture(disk, configuration: configuration)
        try fixture.create("ads")
        let (writers, rows) = (4, 100)
        var seen = 0
        let errors = try fixture.insert(
            writers: writers, rows: rows, into: "ads", text: { "w\($0)" }
        ) {
            let count = try fixture.rows("ads").count
            #expect(count >= seen)
            seen = count
        }
        #expect(errors.isEmpty)
        #expect(try fixture.contents()["ads"]?.count == writers * rows)
        let again = try StoreFixture(disk.afterCrash())
        #expect(try again.contents()["ads"]?.count == writers * rows)
    }
}
