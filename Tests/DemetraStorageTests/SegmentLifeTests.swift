import DemetraCatalog
import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Segments and snapshots` {
    private static func segments(_ disk: SimulatedFileSystem) -> [String] {
        disk.paths.filter { $0.hasSuffix(".seg") }
    }

    @Test func `a snapshot reads what it saw while its segments are replaced`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        var random = Seed(2).generator
        try fixture.create("ads")
        let old: [TestRow] = (0..<100).map { .random($0, &random) }
        try fixture.insert(old, into: "ads")
        try fixture.store.flush()
        var before: Snapshot? = fixture.store.snapshot()
        let file = Self.segments(disk)
        #expect(file.count == 1)

        try fixture.insert((0..<100).map { .random($0, &random) }, into: "ads")
        try fixture.store.flush()
        #expect(Set(Self.segments(disk)).isSuperset(of: file), "a reader holds the file")
        if let before { #expect(try StoreFixture.rows("ads", before) == old) }
        before = nil
        #expect(Set(Self.segments(disk)).isDisjoint(with: file), "nobody reads the file")
        #expect(try fixture.rows("ads").count == 100)
    }

    @Test func `row ids found in a snapshot hold after flush and merge`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads")
        for key in 0..<90 {
            try fixture.insert(
                [TestRow(key: Int64(key), text: "a", amount: Int64(key), factor: nil)], into: "ads")
        }
        try fixture.delete((0..<90).filter { $0 % 3 == 0 }, from: "ads")
        let snapshot = fixture.store.snapshot()
        let table = try #require(snapshot.catalog.tables["ads"])
        let key = try #require(table.primaryKey)
        let wanted = Vector([.integer(40), .integer(50), .integer(61)], type: .bigint)
        let ids = try snapshot.existingRows(in: table.id, key: key, [wanted], count: 3)
        try fixture.store.flush()
        try fixture.insert([TestRow(key: 500, text: "b", amount: 1, factor: nil)], into: "ads")
        try fixture.store.flush()

        let vector = Vector(type: .bigint, count: 3, storage: .int64(Buffer(ids)))
        let now = try #require(fixture.store.snapshot().table(table.id))
        #expect(try now.rows(withIDs: vector, columns: [0])[0].values == wanted.values)
        var transaction = WriteTransaction(snapshot: snapshot)
        transaction.delete(table.id, rowIDs: vector)
        try fixture.store.commit(transaction)
        let left = Set(try fixture.rows("ads").map(\.key))
        #expect(left.isDisjoint(with: [40, 50, 61]) && left.count == 58)
        #expect(throws: DemetraError.self) { try fixture.store.commit(transaction) }
    }

    @Test func `a flush is no change to a transaction that requires none`() throws {
        let fixture = try StoreFixture(SimulatedFileSystem(seed: Seed(1)))
        var random = Seed(2).generator
        try fixture.create("ads")
        try fixture.insert((0..<20).map { .random($0, &random) }, into: "ads")
        let snapshot = fixture.store.snapshot()
        let id = try #require(snapshot.catalog.tables["ads"]?.id)
        var transaction = WriteTransaction(snapshot: snapshot)
        transaction.requireUnchanged(id)
        try fixture.store.flush()
        try fixture.store.commit(transaction)
        try fixture.insert([.random(1, &random)], into: "ads")
        let error = #expect(throws: DemetraError.self) { try fixture.store.commit(transaction) }
        #expect(error?.sqlState == .serializationFailure)
    }

    @Test func `flushes leave few segments, however small they are`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads")
        for key in 0..<200 {
            try fixture.insert(
                [TestRow(key: Int64(key), text: nil, amount: 1, factor: nil)], into: "ads")
            try fixture.store.flush()
        }
        #expect(Self.segments(disk).count <= 10)
        #expect(
            disk.paths.filter { $0.contains("MANIFEST-") }.count == 2,
            "the one before is kept for a salvage")
        #expect(disk.paths.filter { $0.hasSuffix(".wal") }.count == 1)
        #expect(try fixture.rows("ads").map(\.key) == (0..<200).map { Int64($0) })
    }

    @Test func `files that nothing names are removed at open`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads")
        try fixture.store.close()
        try disk.createDirectory("db/segments/1")
        for name in ["db/segments/1/000077.seg", "db/tmp/half", "db/MANIFEST-000099"] {
            _ = try disk.open(name, creating: true)
        }
        let again = try StoreFixture(disk)
        #expect(
            !disk.paths.contains { $0.contains("77") || $0.contains("half") || $0.contains("99") })
        #expect(try again.rows("ads").isEmpty)
    }

    @Test func `a dropped table's files go with the next flush`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        var random = Seed(2).generator
        try fixture.create("ads")
        try fixture.insert((0..<100).map { .random($0, &random) }, into: "ads")
        try fixture.drop("ads")
        #expect(Self.segments(disk).count == 1, "a crash now would replay the insert")
        try fixture.store.flush()
        #expect(Self.segments(disk).isEmpty)
    }

    @Test(arguments: Seed.some(20))
    func `pruned reads find what whole reads find`(seed: Seed) throws {
        var random = seed.generator
        let fixture = try StoreFixture(SimulatedFileSystem(seed: seed))
        try fixture.create("ads")
        for _ in 0..<12 {
            let first = Int64(random.below(2_000))
            try fixture.insert(
                (0..<Int64(1 + random.below(90))).map { .random(first + $0, &random) }, into: "ads")
            if random.oneIn(3) { try fixture.store.flush() }
        }
        let all = try fixture.rows("ads")
        for _ in 0..<30 {
            let bound = Int64(random.below(2_100))
            let predicate = PruningPredicate(terms: [
                .compare(column: 0, .greaterOrEqual, .integer(bound)),
                .compare(column: 0, .less, .integer(bound + 50)),
            ])
            let pruned = try StoreFixture.rows("ads", fixture.store.snapshot(), pruning: predicate)
            let range = bound..<(bound + 50)
            #expect(
                pruned.filter { range.contains($0.key) } == all.filter { range.contains($0.key) },
                "\(seed)")
        }
    }

    @Test func `zone maps know least, greatest, nulls and the exact sum`() throws {
        let fixture = try StoreFixture(SimulatedFileSystem(seed: Seed(1)))
        var random = Seed(8).generator
        try fixture.create("ads")
        let rows: [TestRow] = (0..<150).map { .random($0, &random) }
        try fixture.insert(rows, into: "ads")
        try fixture.store.flush()
        let snapshot = fixture.store.snapshot()
        let id = try #require(snapshot.catalog.tables["ads"]?.id)
        let table = try #require(snapshot.table(id))
        let amounts = try #require(table.zoneMap(column: 2))
        #expect(amounts.sum == rows.reduce(0) { $0 + Int128($1.amount) })
        #expect(
            amounts.minimum
                == .numeric(Decimal(unscaled: Int128(rows.map(\.amount).min() ?? 0), scale: 2)))
        let texts = try #require(table.zoneMap(column: 1))
        #expect(texts.nullCount == rows.count { $0.text == nil })
        #expect(texts.maximum == rows.compactMap(\.text).max().map { .text($0) })
        #expect(texts.sum == nil)
    }

    @Test func `a column that is added is null in old segments`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        var random = Seed(2).generator
        try fixture.create("ads")
        try fixture.insert((0..<100).map { .random($0, &random) }, into: "ads")
        let snapshot = fixture.store.snapshot()
        var definition = try #require(snapshot.catalog.tables["ads"])
        definition.columns.remove(at: 1)
        definition.columns.append(
            ColumnDefinition(id: 9, name: "note", type: .text))
        var transaction = WriteTransaction(snapshot: snapshot)
        transaction.change(.putTable(definition))
        try fixture.store.commit(transaction)
        for store in [fixture.store, try Self.reopened(fixture, disk)] {
            let table = try #require(store.snapshot().table(definition.id))
            let reader = try #require(table.morsels(nil).first).makeReader(columns: [0, 4])
            #expect(try reader.read(column: 0, batch: 0).value(at: 7) == .integer(7))
            #expect(try reader.read(column: 4, batch: 0).value(at: 7) == .null)
        }
    }

    private static func reopened(
        _ fixture: StoreFixture, _ disk: SimulatedFileSystem
    ) throws -> Store {
        try fixture.store.flush()
        try fixture.store.close()
        return try StoreFixture(disk).store
    }
}
