import DemetraCatalog
import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Rows that are written before their commit` {
    /// Chunks of a few hundred rows, so that a stream is many of them.
    private static var tight: StoreConfiguration {
        var configuration = StoreFixture.small
        configuration.memoryLimitBytes = 200_000
        return configuration
    }

    private static func rows(_ keys: some Sequence<Int64>, text: String = "new") -> [TestRow] {
        keys.map { TestRow(key: $0, text: text, amount: $0 % 1_000, factor: nil) }
    }

    private static func write(
        _ rows: [TestRow], _ store: Store, _ table: TableDefinition, _ conflict: ConflictAction
    ) throws -> BulkRows {
        try StoreFixture(store: store).stream(rows, table, conflict, batchRows: 100)
    }

    private static func commit(
        _ rows: BulkRows, _ store: Store, _ table: TableDefinition, _ conflict: ConflictAction
    ) throws {
        var transaction = WriteTransaction(snapshot: store.snapshot())
        transaction.insert(table.id, rows, onConflict: conflict)
        try store.commit(transaction)
    }

    private static func fixture(
        _ fileSystem: any FileSystem, _ first: [TestRow]
    ) throws -> (StoreFixture, TableDefinition) {
        let fixture = try StoreFixture(fileSystem, configuration: tight)
        try fixture.create("t")
        try fixture.insert(first, into: "t")
        return (fixture, try #require(fixture.store.snapshot().catalog.tables["t"]))
    }

    private static func segmentFiles(_ fileSystem: MemoryFileSystem) -> Int {
        guard fileSystem.exists("db/segments/1") else { return 0 }
        return fileSystem.list("db/segments/1").count
    }

    @Test func `many chunks are one commit, and are there after the next opening`() throws {
        let disk = MemoryFileSystem()
        do {
            let (fixture, table) = try Self.fixture(disk, Self.rows(-5..<0, text: "old"))
            let before = fixture.store.snapshot()
            let rows = try Self.write(Self.rows(0..<20_000), fixture.store, table, .error)
            #expect(Self.segmentFiles(disk) > 3)
            #expect(try fixture.rows("t").count == 5)
            try Self.commit(rows, fixture.store, table, .error)
            #expect(fixture.store.snapshot().sequence.number == before.sequence.number + 1)
            #expect(try fixture.rows("t").count == 20_005)
            try fixture.store.close()
        }
        let again = try StoreFixture(disk, configuration: Self.tight)
        let stored = try again.contents()["t"] ?? [:]
        #expect(stored.count == 20_005)
        #expect(stored[19_999]?.text == "new")
        try again.delete([3, 19_999], from: "t")
        #expect(try again.rows("t").count == 20_003)
    }

    @Test func `rows that are never committed leave no file`() throws {
        let disk = MemoryFileSystem()
        let (fixture, table) = try Self.fixture(disk, [])
        do {
            let rows = try Self.write(Self.rows(0..<5_000), fixture.store, table, .error)
            #expect(rows.count == 5_000)
            #expect(Self.segmentFiles(disk) > 0)
        }
        #expect(Self.segmentFiles(disk) == 0)
        #expect(try fixture.rows("t").isEmpty)
        #expect(fixture.store.memory.usedBytes < 10_000)
    }

    @Test func `files that a crash leaves are removed by the next opening`() throws {
        let disk = MemoryFileSystem()
        let (fixture, table) = try Self.fixture(disk, Self.rows(0..<5, text: "old"))
        let rows = try Self.write(Self.rows(100..<5_100), fixture.store, table, .error)
        // The process is gone here: its lock, not its files.
        let crashed = try disk.copied()
        #expect(Self.segmentFiles(crashed) > 0)
        let again = try StoreFixture(crashed, configuration: Self.tight)
        #expect(try again.rows("t").count == 5)
        #expect(Self.segmentFiles(crashed) == 0)
        #expect(rows.count == 5_000)
    }

    @Test func `a key that comes twice, chunks apart, is an error that names it`() throws {
        let (fixture, table) = try Self.fixture(MemoryFileSystem(), [])
        let rows = Self.rows(0..<9_000) + Self.rows([17])
        let error = #expect(throws: DemetraError.self) {
            try Self.write(rows, fixture.store, table, .error)
        }
        #expect(error?.sqlState == .uniqueViolation)
        #expect(error?.detail == "Key (key)=(17) already exists.")
    }

    @Test func `a key that the table has is an error`() throws {
        let (fixture, table) = try Self.fixture(MemoryFileSystem(), Self.rows([8_000]))
        let error = #expect(throws: DemetraError.self) {
            try Self.write(Self.rows(0..<9_000), fixture.store, table, .error)
        }
        #expect(error?.sqlState == .uniqueViolation)
        #expect(error?.detail == "Key (key)=(8000) already exists.")
    }

    @Test func `a key that another commit brings meanwhile is an error at the commit`() throws {
        let (fixture, table) = try Self.fixture(MemoryFileSystem(), Self.rows([-1]))
        let rows = try Self.write(Self.rows(0..<9_000), fixture.store, table, .error)
        try fixture.insert(Self.rows([4_000], text: "other"), into: "t")
        let error = #expect(throws: DemetraError.self) {
            try Self.commit(rows, fixture.store, table, .error)
        }
        #expect(error?.sqlState == .uniqueViolation)
        #expect(error?.detail == "Key (key)=(4000) already exists.")
        #expect(try fixture.rows("t").count == 2)
    }

    @Test(arguments: Seed.some(8))
    func `where the last writer wins, it does across chunks, commits and openings`(
        seed: Seed
    ) throws {
        var random = seed.generator
        let disk = MemoryFileSystem()
        var model: [Int64: TestRow] = [:]
        let old = Self.rows(Int64(0)..<3_000, text: "old")
        for row in old { model[row.key] = row }
        do {
            let (fixture, table) = try Self.fixture(disk, old)
            var rows: [TestRow] = []
            for _ in 0..<(4_000 + random.below(8_000)) {
                rows.append(.random(Int64(random.below(9_000)), &random))
            }
            let prepared = try Self.write(rows, fixture.store, table, .replace)
            // Commits that come between: they were earlier, so the stream wins.
            let between = (0..<200).map { _ in
                TestRow.random(Int64(random.below(12_000)), &random)
            }
            try fixture.insert(between, into: "t")
            let gone = (0..<20).map { _ in Int64(random.below(3_000)) }
            try fixture.delete(gone, from: "t")
            if random.oneIn(2) { try fixture.store.flush() }
            for row in between { model[row.key] = row }
            for key in gone { model[key] = nil }
            for row in rows { model[row.key] = row }
            try Self.commit(prepared, fixture.store, table, .replace)
            #expect(try fixture.contents()["t"] == model, "\(seed)")
            if random.oneIn(2) { try fixture.store.close() }
        }
        let again = try StoreFixture(try disk.copied(), configuration: Self.tight)
        #expect(try again.contents()["t"] == model, "\(seed)")
    }
}

extension MemoryFileSystem {
    /// The files as they are now, as a process that was killed leaves them.
    fileprivate func copied(_ path: String = "db") throws(DemetraError) -> MemoryFileSystem {
        let copy = MemoryFileSystem()
        var waiting = [path]
        while let next = waiting.popLast() {
            let names = list(next)
            waiting += names.map { next + "/" + $0 }
            guard names.isEmpty, exists(next) else { continue }
            let file = try open(next, creating: false)
            try copy.open(next, creating: true).append(
                try file.read(at: 0, count: try file.byteCount()))
        }
        return copy
    }
}
