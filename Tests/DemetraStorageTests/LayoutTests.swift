import DemetraCatalog
import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

/// Rows whose hour is their amount: see `TestRow`.
private func row(_ key: Int64, hour: Int64) -> TestRow {
    TestRow(key: key, text: "campaign \(key % 7)", amount: hour, factor: nil)
}

@Suite struct `The layout of a table` {
    private static func segments(
        _ fixture: StoreFixture, _ name: String = "ads"
    ) throws -> [SegmentReport] {
        let snapshot = fixture.store.snapshot()
        let id = try #require(snapshot.catalog.tables[RelationName(name)]?.id)
        return try #require(snapshot.table(id)).segments.filter { $0.file != nil }
    }

    @Test(arguments: Seed.some(20))
    func `is by partition, then key, then time, however the rows came`(seed: Seed) throws {
        let fixture = try StoreFixture(SimulatedFileSystem(seed: seed))
        var random = seed.generator
        try fixture.create("ads", StoreFixture.partitioned(1))
        var keys = Array(0..<Int64(400))
        keys.shuffle(using: &random)
        for key in keys[..<100] {
            try fixture.insert([row(key, hour: Int64(random.below(200)))], into: "ads")
        }
        try fixture.insert(
            keys[100...].map { row($0, hour: Int64(random.below(200))) }, into: "ads")
        try fixture.store.vacuum(nil)
        let found = try fixture.rows("ads")
        let order = found.map { [$0.amount / 24, $0.key, $0.amount] }
        #expect(found.count == 400)
        #expect(zip(order, order.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
    }

    @Test func `follows the order that the table names`() throws {
        let fixture = try StoreFixture(SimulatedFileSystem(seed: Seed(1)))
        try fixture.create("ads") { table in
            StoreFixture.partitioned(30)(&table)
            table.order = [2, 1]
        }
        try fixture.insert((0..<200).map { row($0, hour: ($0 * 37) % 1_500) }, into: "ads")
        let found = try fixture.rows("ads")
        let order = found.map { ("\($0.amount / 720)", $0.text ?? "", $0.key) }
        // Partitions of 30 days have 720 hours and are counted from 1970.
        #expect(order.map(\.0) == order.map(\.0).sorted())
        for (left, right) in zip(order, order.dropFirst()) where left.0 == right.0 {
            #expect((left.1, left.2) < (right.1, right.2))
        }
    }

    @Test func `keeps rows without key and time as they came`() throws {
        let fixture = try StoreFixture(SimulatedFileSystem(seed: Seed(1)))
        var random = Seed(3).generator
        try fixture.create("ads", isKeyed: false)
        var rows: [TestRow] = []
        for _ in 0..<12 {
            let more: [TestRow] = (0..<(1 + random.below(100))).map { _ in
                .random(Int64(random.below(1_000)), &random)
            }
            try fixture.insert(more, into: "ads", onConflict: .error)
            rows += more
            if random.oneIn(3) { try fixture.store.flush() }
        }
        try fixture.store.vacuum(nil)
        #expect(try fixture.rows("ads") == rows)
    }

    @Test(arguments: Seed.some(30))
    func `lets every row be found by its id, wherever it was sorted to`(seed: Seed) throws {
        let disk = SimulatedFileSystem(seed: seed)
        var fixture = try StoreFixture(disk)
        var random = seed.generator
        try fixture.create("ads", StoreFixture.partitioned(2))
        var model: [Int64: TestRow] = [:]
        for step in 0..<40 {
            let rows = (0..<(1 + random.below(80))).map { _ in
                row(Int64(random.below(500)), hour: Int64(random.below(600)))
            }
            try fixture.insert(rows, into: "ads")
            for row in rows { model[row.key] = row }
            let gone = (0..<random.below(20)).map { _ in Int64(random.below(500)) }
            try fixture.delete(gone, from: "ads")
            for key in gone { model[key] = nil }
            switch random.below(8) {
            case 0, 1: try fixture.store.flush()
            case 2: try fixture.store.vacuum(nil)
            case 3 where step > 20:
                try fixture.store.close()
                fixture = try StoreFixture(disk)
            default: break
            }
            try Self.check(fixture, model)
        }
    }

    /// Every key leads to an id, and every id to the row.
    private static func check(_ fixture: StoreFixture, _ model: [Int64: TestRow]) throws {
        let snapshot = fixture.store.snapshot()
        let table = try #require(snapshot.catalog.tables["ads"])
        let key = try #require(table.primaryKey)
        let keys = model.keys.sorted()
        let ids = try snapshot.existingRows(
            in: table.id, key: key, [Vector(keys.map { .integer($0) }, type: .bigint)],
            count: keys.count)
        #expect(ids.allSatisfy { $0 >= 0 } && Set(ids).count == ids.count)
        let rows = try #require(snapshot.table(table.id))
        for part in [ids, Array(ids.prefix(5))] {
            let vector = Vector(type: .bigint, count: part.count, storage: .int64(Buffer(part)))
            let found = try rows.rows(withIDs: vector, columns: [0, 2])
            #expect(found[0].values == keys.prefix(part.count).map { .integer($0) })
            let amounts = found[1].values.map { value -> Int128? in
                if case .numeric(let amount) = value { amount.unscaled.narrow } else { nil }
            }
            let wanted = keys.prefix(part.count).map { model[$0].map { Int128($0.amount) } }
            #expect(amounts == wanted)
        }
        #expect(try fixture.contents()["ads"] == model)
    }

    @Test func `has few segments after many flushes, none written again and again`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads", StoreFixture.partitioned(1))
        var seen: [String: Int] = [:]
        let flushes = 256
        for flush in 0..<flushes {
            let rows = (0..<50).map { row(Int64(flush * 50 + $0), hour: Int64($0 % 48)) }
            try fixture.insert(rows, into: "ads")
            try fixture.store.flush()
            for segment in try Self.segments(fixture) {
                seen[segment.file ?? ""] = segment.rowCount + segment.hiddenCount
            }
        }
        #expect(try Self.segments(fixture).count <= 8)
        let written = seen.values.reduce(0, +)
        #expect(written < flushes * 50 * 12, "\(written) rows were written for \(flushes * 50)")
        #expect(try fixture.rows("ads").count == flushes * 50)
    }

    @Test func `gives a large partition segments of its own, and small ones one together`() throws {
        let configuration = StoreConfiguration(processorCount: 1, flushesInBackground: false)
        let fixture = try StoreFixture(
            SimulatedFileSystem(seed: Seed(1)), configuration: configuration)
        try fixture.create("ads", StoreFixture.partitioned(30))
        let large = (0..<Int64(70_000)).map { row($0, hour: 720 * 5 + $0 % 720) }
        let small = (0..<Int64(9_000)).map { row(100_000 + $0, hour: $0 % (720 * 12)) }
        try fixture.insert(large + small.filter { $0.amount / 720 != 5 }, into: "ads")
        let segments = try Self.segments(fixture)
        #expect(segments.count == 3)
        #expect(segments.contains { $0.rowCount == 70_000 && $0.groupCount == 2 })
        let spans = segments.compactMap(\.times).sorted { $0.lowerBound < $1.lowerBound }
        #expect(spans.count == 3)
        #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
    }

    @Test func `loses hidden rows, and the files of segments that are hidden as a whole`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads", StoreFixture.partitioned(1))
        try fixture.insert((0..<400).map { row($0, hour: $0) }, into: "ads")
        try fixture.delete((0..<150).map { $0 }, from: "ads")
        try fixture.store.vacuum(nil)
        #expect(try Self.segments(fixture).allSatisfy { $0.hiddenCount == 0 })
        #expect(try fixture.rows("ads").count == 250)
        try fixture.delete((150..<400).map { $0 }, from: "ads")
        try fixture.store.flush()
        #expect(disk.paths.filter { $0.hasSuffix(".seg") }.isEmpty)
    }

    @Test func `stays as it is where a segment is damaged`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        var fixture = try StoreFixture(disk)
        try fixture.create("ads", StoreFixture.partitioned(1))
        try fixture.insert((0..<100).map { row($0, hour: 1) }, into: "ads")
        try fixture.store.close()
        let path = try #require(disk.paths.first { $0.hasSuffix(".seg") })
        let file = try disk.open(path, creating: false)
        let bytes = try file.read(at: 0, count: try file.byteCount())
        try file.truncate(to: 0)
        try file.append(bytes.enumerated().map { $0 == 20 ? $1 ^ 1 : $1 })
        fixture = try StoreFixture(disk)
        try fixture.create("budgets", StoreFixture.partitioned(1))
        try fixture.insert((0..<10).map { row($0, hour: 1) }, into: "budgets")
        try fixture.insert((200..<260).map { row($0, hour: 1) }, into: "ads", onConflict: .error)
        try fixture.delete((0..<3).map { $0 }, from: "budgets")
        try fixture.store.flush()
        #expect(disk.paths.contains(path))
        #expect(try fixture.rows("budgets").count == 7)
        let error = #expect(throws: DemetraError.self) { try fixture.rows("ads") }
        #expect(error?.sqlState == .dataCorrupted)
    }
}

@Suite struct `Retention` {
    private static let hour: Int64 = 3_600_000_000

    private func open(_ disk: SimulatedFileSystem, _ clock: ManualClock) throws -> StoreFixture {
        StoreFixture(
            store: try Store.open(
                path: StoreFixture.path, fileSystem: disk, clock: clock,
                configuration: StoreFixture.small))
    }

    @Test func `drops what is older, in files and in memory, and stays so after reopening`() throws
    {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let clock = ManualClock(start: Timestamp(microseconds: 1_000 * Self.hour))
        var fixture = try open(disk, clock)
        try fixture.create("ads") { table in
            StoreFixture.partitioned(10)(&table)
            table.retention = Interval(days: 20)
        }
        try fixture.insert((0..<1_000).map { row($0, hour: $0) }, into: "ads")
        try fixture.insert([row(2_000, hour: 1), row(2_001, hour: 900)], into: "ads")
        let before = fixture.store.snapshot()
        let expired = try fixture.store.vacuum(nil)
        // 20 days are 480 hours: hour 520 is the first that stays.
        #expect(expired.map(\.count) == [521])
        #expect(try fixture.rows("ads").map(\.amount).min() == 520)
        #expect(try fixture.rows("ads").count == 481)
        #expect(try StoreFixture.rows("ads", before).count == 1_002, "a snapshot sees what it saw")
        try fixture.store.close()
        fixture = try open(disk, clock)
        #expect(try fixture.rows("ads").count == 481)

        clock.advance(microseconds: 480 * Self.hour)
        try fixture.store.flush()
        #expect(try fixture.store.vacuum(nil).isEmpty == false)
        #expect(try fixture.rows("ads").isEmpty)
    }

    @Test func `is for ever without the option, and counts months as the calendar does`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let clock = ManualClock(start: Timestamp(microseconds: 24 * 59 * Self.hour))
        let fixture = try open(disk, clock)
        try fixture.create("ads", StoreFixture.partitioned(10))
        try fixture.insert((0..<100).map { row($0, hour: $0 * 24) }, into: "ads")
        #expect(try fixture.store.vacuum(nil).isEmpty)
        // It is the 1st of March 1970, and a month before it is the 1st of February.
        try fixture.alter("ads") { $0.retention = Interval(months: 1) }
        #expect(try fixture.store.vacuum(nil).map(\.count) == [31])
    }
}

@Suite struct `Columns that come and go` {
    @Test func `leave the files alone, and old rows have the value of then`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        var fixture = try StoreFixture(disk)
        try fixture.create("ads")
        try fixture.insert((0..<100).map { row($0, hour: $0) }, into: "ads")
        try fixture.insert((100..<110).map { row($0, hour: $0) }, into: "ads")
        let files = disk.paths.filter { $0.hasSuffix(".seg") }
        try fixture.alter("ads") { table in
            let column = ColumnDefinition(
                id: table.nextColumnID, name: "rate", type: .integer, missingValue: .integer(7))
            table.nextColumnID += 1
            table.columns.append(column)
        }
        #expect(disk.paths.filter { $0.hasSuffix(".seg") } == files)
        for _ in 0..<3 {
            let snapshot = fixture.store.snapshot()
            let id = try #require(snapshot.catalog.tables["ads"]?.id)
            let table = try #require(snapshot.table(id))
            var values: [Value] = []
            for morsel in table.morsels(nil) {
                #expect(morsel.zoneMap(column: 5).minimum == .integer(7))
                #expect(morsel.zoneMap(column: 5).sum == Int128(7 * morsel.rowCount))
                let reader = try morsel.makeReader(columns: [5])
                for batch in 0..<reader.batchCount {
                    values += try reader.read(column: 5, batch: batch).values
                }
            }
            #expect(values == Array(repeating: .integer(7), count: 110))
            try fixture.store.vacuum(nil)
            try fixture.store.close()
            fixture = try StoreFixture(disk)
        }
    }

    @Test func `are others when a name is used again`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        var fixture = try StoreFixture(disk)
        try fixture.create("ads")
        try fixture.insert((0..<100).map { row($0, hour: $0) }, into: "ads")
        try fixture.alter("ads") { $0.columns.remove(at: 4) }
        try fixture.alter("ads") { table in
            table.columns.append(
                ColumnDefinition(id: table.nextColumnID, name: "factor", type: .double))
            table.nextColumnID += 1
        }
        try fixture.store.close()
        fixture = try StoreFixture(disk)
        #expect(try fixture.rows("ads").allSatisfy { $0.factor == nil })
        #expect(fixture.store.snapshot().catalog.tables["ads"]?.columns.last?.id == 6)
    }
}

@Suite struct `Bloom filters` {
    @Test(arguments: Seed.some(10))
    func `skip row groups without a key, and none that has it`(seed: Seed) throws {
        let disk = SimulatedFileSystem(seed: seed)
        var fixture = try StoreFixture(disk)
        var random = seed.generator
        try fixture.create("ads", StoreFixture.partitioned(30))
        var keys = (0..<Int64(600)).map { $0 * 1_000_003 }
        keys.shuffle(using: &random)
        for start in stride(from: 0, to: 300, by: 100) {
            try fixture.insert(
                keys[start..<(start + 100)].map { row($0, hour: Int64(random.below(400))) },
                into: "ads")
        }
        try fixture.store.close()
        fixture = try StoreFixture(disk)
        let snapshot = fixture.store.snapshot()
        let id = try #require(snapshot.catalog.tables["ads"]?.id)
        let table = try #require(snapshot.table(id))
        #expect(table.morsels(nil).count == 3)
        var found = 0
        for (index, key) in keys.enumerated() {
            let pruning = PruningPredicate(terms: [.compare(column: 0, .equal, .integer(key))])
            let isThere = index < 300
            found += table.morsels(pruning).count - (isThere ? 1 : 0)
            let rows = try StoreFixture.rows("ads", snapshot, pruning: pruning)
            #expect(rows.contains { $0.key == key } == isThere)
            let member = PruningPredicate(terms: [.isMember(column: 0, [.integer(key)])])
            #expect(table.morsels(member).count == table.morsels(pruning).count)
        }
        // Of 1,500 groups that do not have the key, few are read: one in two hundred is expected.
        #expect(found < 60, "\(found) groups were read in vain")
        let key = try #require(snapshot.catalog.tables["ads"]?.primaryKey)
        let ids = try snapshot.existingRows(
            in: id, key: key, [Vector(keys[290..<310].map { .integer($0) }, type: .bigint)],
            count: 20)
        #expect(ids.map { $0 >= 0 } == (0..<20).map { $0 < 10 })
    }
}

@Suite struct `A store that is opened only to write` {
    @Test func `leaves no worn segments behind when it is closed`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        var fixture = try StoreFixture(disk)
        try fixture.create("ads", StoreFixture.partitioned(30))
        try fixture.insert((0..<100).map { row($0, hour: $0) }, into: "ads")
        try fixture.store.close()
        for pass in 0..<5 {
            fixture = try StoreFixture(disk)
            try fixture.insert((0..<70).map { row($0, hour: $0 + 1) }, into: "ads")
            try fixture.store.close()
            fixture = try StoreFixture(disk)
            let snapshot = fixture.store.snapshot()
            let id = try #require(snapshot.catalog.tables["ads"]?.id)
            let segments = try #require(snapshot.table(id)).segments
            let hidden = segments.reduce(0) { $0 + $1.hiddenCount }
            #expect(hidden <= 100 / 4, "pass \(pass)")
            #expect(try fixture.rows("ads").count == 100)
            try fixture.store.close()
        }
    }
}
