import DemetraCatalog
import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Transactions of several statements` {
    ///     transactions   begin, insert, delete, savepoint, back ... commit    several at once
    ///     others         insert and delete, committed by themselves
    ///     flusher        memtable -> segments
    @Test(arguments: Seed.some(60))
    func `commit what fits the commits since their beginning, and nothing else`(
        seed: Seed
    ) throws {
        var world = try TransactionWorld(seed: seed)
        for _ in 0..<120 { try world.step() }
        try world.finish()
    }

    @Test func `are of both kinds in these worlds`() throws {
        var (commits, conflicts) = (0, 0)
        for seed in 1...5 {
            var world = try TransactionWorld(seed: Seed(UInt64(seed)))
            for _ in 0..<120 { try world.step() }
            try world.finish()
            commits += world.commits
            conflicts += world.conflicts
        }
        #expect(commits > 5)
        #expect(conflicts > 5)
    }

    @Test func `that only read leave no commit behind`() throws {
        let fixture = try StoreFixture(SimulatedFileSystem(seed: Seed(1)))
        try fixture.create("ads")
        let before = fixture.store.snapshot().sequence
        let transaction = fixture.store.begin()
        #expect(try fixture.store.commit(transaction) == before)
        #expect(fixture.store.snapshot().sequence == before)
    }

    @Test func `keep nothing of what was overwritten on the way`() throws {
        let fixture = try StoreFixture(SimulatedFileSystem(seed: Seed(1)))
        try fixture.create("ads")
        let snapshot = fixture.store.snapshot()
        let table = try #require(snapshot.catalog.tables["ads"])
        var transaction = fixture.store.begin()
        for amount in 0..<50 {
            var write = WriteTransaction(snapshot: transaction.snapshot)
            let row = TestRow(key: 1, text: nil, amount: Int64(amount), factor: nil)
            write.insert(
                table.id, [StoreFixture.batch([row], table)], onConflict: .replace)
            try transaction.apply(write)
        }
        try fixture.store.commit(transaction)
        #expect(try fixture.rows("ads").map(\.amount) == [49])
        let morsels = fixture.store.snapshot().table(table.id)?.morsels(nil) ?? []
        #expect(morsels.map(\.rowCount) == [1])
    }

    @Test func `drop the segments of a transaction that nobody commits`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        try fixture.create("ads")
        let table = try #require(fixture.store.snapshot().catalog.tables["ads"])
        func files() throws -> [String] {
            guard disk.exists("db/segments/\(table.id.number)") else { return [] }
            return try disk.list("db/segments/\(table.id.number)")
        }
        do {
            var transaction = fixture.store.begin()
            let savepoint = transaction
            var write = WriteTransaction(snapshot: transaction.snapshot)
            let rows = (0..<200).map {
                TestRow(key: Int64($0), text: nil, amount: 1, factor: nil)
            }
            write.insert(table.id, [StoreFixture.batch(rows, table)], onConflict: .error)
            try transaction.apply(write)
            #expect(try !files().isEmpty)
            transaction = savepoint
            #expect(try files().isEmpty)
            try transaction.apply(write)
            #expect(try !files().isEmpty)
        }
        #expect(try files().isEmpty)
    }
}

/// Some transactions side by side over one table, and what each must see and come to.
private struct TransactionWorld {
    /// A row and the write that made it.
    struct Version: Equatable {
        let row: TestRow
        let number: Int
    }

    struct Open {
        var transaction: OpenTransaction
        let base: [Int64: Version]
        var view: [Int64: Version]
        /// Versions of the base that the transaction has deleted itself.
        var deleted: Set<Int64> = []
        /// Keys whose row of its own must not meet another.
        var strict: Set<Int64> = []
        var savepoint: Saved?
    }

    struct Saved {
        let transaction: OpenTransaction
        let view: [Int64: Version]
        let deleted: Set<Int64>
        let strict: Set<Int64>
    }

    private static let keyCount = 60
    let disk: SimulatedFileSystem
    let fixture: StoreFixture
    let table: TableDefinition
    var random: SeededGenerator
    var now: [Int64: Version] = [:]
    var open: [Open] = []
    var commits = 0
    var conflicts = 0
    private var written = 0

    init(seed: Seed) throws {
        disk = SimulatedFileSystem(seed: seed)
        fixture = try StoreFixture(disk)
        try fixture.create("ads")
        table = try #require(fixture.store.snapshot().catalog.tables["ads"])
        random = seed.generator
    }

    mutating func step() throws {
        switch random.below(14) {
        case 0...1 where open.count < 3:
            open.append(Open(transaction: fixture.store.begin(), base: now, view: now))
        case 2: try fixture.store.flush()
        case 3...4: try change(nil)
        case 5 where !open.isEmpty: try commit(open.remove(at: random.below(open.count)))
        case 6 where !open.isEmpty: open.remove(at: random.below(open.count))
        case 7 where !open.isEmpty: saveOrReturn(random.below(open.count))
        default: try change(open.isEmpty ? nil : random.below(open.count))
        }
        for one in open {
            #expect(try Self.contents(one.transaction.snapshot) == one.view.mapValues(\.row))
        }
        #expect(try fixture.contents()["ads"] == now.mapValues(\.row))
    }

    /// Commits the rest and looks at what a crash leaves.
    mutating func finish() throws {
        while !open.isEmpty { try commit(open.removeFirst()) }
        let again = try StoreFixture(disk.afterCrash())
        #expect(try again.contents()["ads"] == now.mapValues(\.row))
    }

    private static func contents(_ snapshot: Snapshot) throws -> [Int64: TestRow] {
        var result: [Int64: TestRow] = [:]
        for row in try StoreFixture.rows("ads", snapshot) {
            #expect(result.updateValue(row, forKey: row.key) == nil)
        }
        return result
    }

    private mutating func saveOrReturn(_ index: Int) {
        if let saved = open[index].savepoint, random.oneIn(2) {
            open[index].transaction = saved.transaction
            (open[index].view, open[index].deleted) = (saved.view, saved.deleted)
            open[index].strict = saved.strict
        } else {
            let one = open[index]
            open[index].savepoint = Saved(
                transaction: one.transaction, view: one.view, deleted: one.deleted,
                strict: one.strict)
        }
    }

    // MARK: Changes

    /// A statement in a transaction, or by itself.
    private mutating func change(_ index: Int?) throws {
        let view = index.map { open[$0].view } ?? now
        let snapshot = index.map { open[$0].transaction.snapshot } ?? fixture.store.snapshot()
        var write = WriteTransaction(snapshot: snapshot)
        var after = view
        var (deleted, strict): (Set<Int64>, Set<Int64>) = ([], [])
        let keys = (0..<(1 + random.below(8))).map { _ in Int64(random.below(Self.keyCount)) }
        switch random.below(3) {
        case 0:
            deleted = Set(keys).filter { view[$0] != nil }
            try delete(deleted.sorted(), snapshot, &write)
            for key in deleted { after[key] = nil }
        case 1:
            strict = Set(keys).filter { view[$0] == nil }
            insert(strict.sorted(), .error, &write, &after)
        default:
            // Now and then enough for a segment.
            let many = random.oneIn(6) ? (0..<80).map { Int64($0 % Self.keyCount) } : keys
            insert(many, .replace, &write, &after)
        }
        guard let index else {
            try fixture.store.commit(write)
            now = after
            return
        }
        try open[index].transaction.apply(write)
        let base = open[index].base
        open[index].deleted.formUnion(deleted.filter { base[$0] != nil && view[$0] == base[$0] })
        for key in after.keys where after[key] != view[key] {
            if strict.contains(key) {
                open[index].strict.insert(key)
            } else {
                open[index].strict.remove(key)
            }
        }
        open[index].view = after
    }

    private mutating func insert(
        _ keys: [Int64], _ conflict: ConflictAction, _ write: inout WriteTransaction,
        _ after: inout [Int64: Version]
    ) {
        let rows = keys.map { TestRow.random($0, &random) }
        write.insert(table.id, [StoreFixture.batch(rows, table)], onConflict: conflict)
        for row in rows {
            written += 1
            after[row.key] = Version(row: row, number: written)
        }
    }

    private func delete(
        _ keys: [Int64], _ snapshot: Snapshot, _ write: inout WriteTransaction
    ) throws {
        let key = try #require(table.primaryKey)
        let found = try snapshot.existingRows(
            in: table.id, key: key, [Vector(keys.map { .integer($0) }, type: .bigint)],
            count: keys.count)
        #expect(found.allSatisfy { $0 >= 0 })
        write.delete(
            table.id,
            rowIDs: Vector(type: .bigint, count: found.count, storage: .int64(Buffer(found))))
    }

    // MARK: Commit

    private mutating func commit(_ one: Open) throws {
        let isOutrun = one.deleted.contains { now[$0] != one.base[$0] }
        let own = one.view.filter { $0.value != one.base[$0.key] }
        let isTaken = own.keys.contains { key in
            guard one.strict.contains(key), let other = now[key] else { return false }
            // What the transaction has deleted or replaced itself is in nobody's way.
            return other != one.base[key]
        }
        do {
            try fixture.store.commit(one.transaction)
            #expect(!isOutrun && !isTaken)
            for (key, version) in one.base where one.view[key] == nil && now[key] == version {
                now[key] = nil
            }
            for (key, version) in own { now[key] = version }
            commits += 1
        } catch {
            conflicts += 1
            let expected: [SQLState] =
                (isOutrun ? [.serializationFailure] : []) + (isTaken ? [.uniqueViolation] : [])
            #expect(expected.contains(error.sqlState), "\(error)")
        }
    }
}
