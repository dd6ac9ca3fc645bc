import DemetraCatalog
import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Glibc
import Testing

/// Random work on a table with history beside a model of it; every question to both must have one answer.
struct HistorySequence {
    /// What went wrong, with the seed that repeats it.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    private static let day: Int64 = 86_400_000_000
    private static let columns: [ChangeColumn] =
        [.commitTime, .commitSequence, .kind] + (0..<5).map { .old($0) }
        + (0..<5).map { .new($0) }

    private let seed: Seed
    private var random: SeededGenerator
    private let disk = MemoryFileSystem()
    private let clock = ManualClock(start: Timestamp(microseconds: 1_700_000_000_000_000))
    private var fixture: StoreFixture
    private var model = HistoryModel()
    private var steps: [String] = []

    init(_ seed: Seed) throws {
        self.seed = seed
        random = seed.generator
        fixture = try StoreFixture(disk, clock: clock, streams: true)
    }

    private var now: Int64 { clock.now().microseconds }
    private var moment: (number: Int, time: Int64) {
        let moment = fixture.store.snapshot().moment
        return (Int(moment.sequence.number), moment.time.microseconds)
    }

    static func run(_ seed: Seed) throws {
        var sequence = try HistorySequence(seed)
        do {
            try sequence.run()
        } catch {
            throw Violation(
                description:
                    "\(seed): \(error)\nsteps: \(sequence.steps.joined(separator: ", "))")
        }
    }

    private mutating func run() throws {
        try alter(random.oneIn(4) ? nil : 30 * Self.day)
        for _ in 0..<(8 + random.below(24)) {
            try step()
            model.tick(now)
        }
        try check()
        try checkFiles()
    }

    /// Whatever was done, a check of the files has nothing to say against it.
    private mutating func checkFiles() throws {
        fixture = try StoreFixture(MemoryFileSystem())
        let report = try DatabaseCheck.run(
            path: StoreFixture.path, fileSystem: disk, processorCount: 1)
        guard report.isClean else {
            throw Violation(description: "a check finds \(report.findings)")
        }
    }

    // MARK: Steps

    private mutating func step() throws {
        switch random.below(20) {
        case 0..<6: try replace()
        case 6..<8: try insertNew()
        case 8..<10: try delete()
        case 10..<12: try update()
        case 12..<14:
            steps.append("flush")
            try fixture.store.flush()
        case 14:
            steps.append("reopen")
            if random.oneIn(2) { try fixture.store.close() }
            fixture = try reopened()
        case 15..<18:
            let delta =
                random.oneIn(2) ? Int64(random.below(60)) : Int64(random.below(20)) * Self.day
            steps.append("advance \(delta)")
            clock.advance(microseconds: delta)
        case 18 where random.oneIn(3):
            try alter(random.oneIn(3) ? nil : Int64(1 + random.below(40)) * Self.day)
        default: try check()
        }
    }

    private mutating func reopened() throws -> StoreFixture {
        // A store that nobody holds gives its lock back, as a process that ends does.
        let idle = try StoreFixture(MemoryFileSystem())
        fixture = idle
        return try StoreFixture(disk, clock: clock, streams: true)
    }

    private mutating func randomRow(_ key: Int64) -> TestRow {
        // Often the row that is there already: a version that says nothing new.
        if let known = model.rows[key], random.oneIn(3) { return known }
        return TestRow.random(key, &random)
    }

    private mutating func replace() throws {
        var rows: [TestRow] = []
        if random.oneIn(8) {
            // So many that half of them come as a stream in two chunks; each key once, since a stream that takes a
            // key back to what is stored writes it, as the model does not.
            for key in 0..<(61 + random.below(120)) { rows.append(randomRow(Int64(key))) }
            if random.oneIn(2) { rows.removeFirst() }
        } else {
            for _ in 0..<(1 + random.below(5)) {
                rows.append(randomRow(Int64(random.below(random.oneIn(6) ? 150 : 12))))
            }
        }
        let count = rows.count
        steps.append("replace \(count)")
        let before = moment.number
        try fixture.insert(rows, into: "ads", onConflict: .replace)
        let (number, time) = moment
        if number > before { model.replace(rows, number: number, time: time) }
        let expected = model.rows.merging(
            rows.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        guard expected == model.rows else {
            throw Violation(description: "rows that say something new made no commit")
        }
    }

    private mutating func insertNew() throws {
        let fresh = (0..<(1 + random.below(4))).map { _ in Int64(random.below(200)) }
        let keys = Set(fresh).subtracting(model.keys).sorted()
        guard !keys.isEmpty else { return }
        var rows: [TestRow] = []
        for key in keys { rows.append(TestRow.random(key, &random)) }
        steps.append("insert \(keys)")
        try fixture.insert(rows, into: "ads", onConflict: .error)
        model.replace(rows, number: moment.number, time: moment.time)
    }

    private mutating func someKeys() -> [Int64] {
        let known = model.keys
        guard !known.isEmpty else { return [] }
        if random.oneIn(6) { return known }
        let picked = (0..<(1 + random.below(4))).map { _ in known[random.below(known.count)] }
        return Set(picked).sorted()
    }

    private mutating func delete() throws {
        let keys = someKeys()
        guard !keys.isEmpty else { return }
        steps.append("delete \(keys)")
        try fixture.delete(keys, from: "ads")
        model.delete(keys, number: moment.number, time: moment.time)
    }

    /// An UPDATE: rows go and come in one commit, some under another key.
    private mutating func update() throws {
        let keys = someKeys()
        guard !keys.isEmpty else { return }
        var free = Int64(1_000 + random.below(1_000))
        var rows: [TestRow] = []
        for key in keys {
            let isMoved = random.oneIn(3) && model.rows[free] == nil
            rows.append(TestRow.random(isMoved ? free : key, &random))
            free += 1
        }
        steps.append("update \(keys)")
        try fixture.update(keys, to: rows, in: "ads")
        model.update(keys, rows, number: moment.number, time: moment.time)
    }

    private mutating func alter(_ history: Int64?) throws {
        steps.append("history \(history.map { "\($0 / Self.day)d" } ?? "off")")
        let snapshot = fixture.store.snapshot()
        var table =
            snapshot.catalog.tables["ads"]
            ?? StoreFixture.definition(snapshot.catalog.nextTableNumber, "ads")
        table.history = history.map { Interval(months: 0, days: 0, microseconds: $0) }
        var transaction = WriteTransaction(snapshot: snapshot)
        transaction.change(.putTable(table))
        try fixture.store.commit(transaction)
        model.alter(
            history: history, isNew: snapshot.catalog.tables["ads"] == nil,
            number: moment.number, time: moment.time)
    }

    // MARK: Questions

    private mutating func check() throws {
        steps.append("check")
        let snapshot = fixture.store.snapshot()
        let present = try StoreFixture.rows("ads", snapshot)
        guard model.rows == Dictionary(uniqueKeysWithValues: present.map { ($0.key, $0) }) else {
            throw Violation(description: "the present differs")
        }
        for _ in 0..<2 { try checkState(at: someTime(), snapshot) }
        try checkChanges(snapshot)
    }

    /// Near a commit, mostly.
    private mutating func someTime() -> Int64 {
        guard !model.commits.isEmpty, !random.oneIn(6) else {
            return now - Int64(random.below(50)) * Self.day
        }
        let commit = model.commits[random.below(model.commits.count)]
        return commit.time + Int64(random.below(3)) - 1
    }

    private func checkState(at time: Int64, _ snapshot: Snapshot) throws {
        guard let table = snapshot.catalog.tables["ads"].flatMap({ snapshot.table($0.id) }) else {
            throw Violation(description: "the table is gone")
        }
        let verdict = model.verdict(time, now: now)
        do throws(DemetraError) {
            let past = try table.asOf(Timestamp(microseconds: time), now: clock.now())
            guard verdict != .refused else {
                throw DemetraError(.internalError, "a state that is not kept was answered")
            }
            let rows = try StoreFixture.rows(past)
            let count = try past.countRows()
            guard count == rows.count, rows.count == Set(rows.map(\.key)).count else {
                throw DemetraError(.internalError, "\(count) rows counted, \(rows.count) read")
            }
            let expected = model.rows(at: time)
            try Self.checkExtremes(past, expected.keys.sorted())
            guard Dictionary(uniqueKeysWithValues: rows.map { ($0.key, $0) }) == expected else {
                throw DemetraError(
                    .internalError,
                    "the state at \(time) differs: \(rows.count) rows, "
                        + "\(expected.count) expected")
            }
        } catch {
            let isRefusal = ["72000", "55000"].contains(error.sqlState.code)
            guard isRefusal, verdict != .answered else { throw error }
        }
    }

    /// Least and greatest keys, where zone maps and a look at a few row groups tell them.
    private static func checkExtremes(
        _ table: TableSnapshot, _ keys: [Int64]
    ) throws(DemetraError) {
        for isGreatest in [false, true] {
            guard let value = try table.extreme(column: 0, isGreatest: isGreatest) else { continue }
            guard let key = isGreatest ? keys.last : keys.first, value == .integer(key) else {
                throw DemetraError(.internalError, "\(value) is no extreme of \(keys)")
            }
        }
    }

    private mutating func checkChanges(_ snapshot: Snapshot) throws {
        var (start, end) = (someTime(), someTime())
        if start > end { (start, end) = (end, start) }
        guard let table = snapshot.catalog.tables["ads"].flatMap({ snapshot.table($0.id) }) else {
            return
        }
        let verdict = model.verdict(start, now: now)
        do throws(DemetraError) {
            let feed = try table.changes(
                after: Timestamp(microseconds: start), through: Timestamp(microseconds: end),
                now: clock.now())
            guard verdict != .refused else {
                throw DemetraError(.internalError, "changes that are not kept were answered")
            }
            let found = try Self.changes(feed)
            let expected = model.changes(after: start, through: end)
            guard found.count == expected.count, Set(found) == Set(expected) else {
                let wrong = Set(found).symmetricDifference(expected)
                throw DemetraError(
                    .internalError,
                    "changes of \(start)...\(end) differ by \(wrong.count): "
                        + "\(wrong.prefix(3))")
            }
        } catch {
            let isRefusal = ["72000", "55000"].contains(error.sqlState.code)
            guard isRefusal, verdict != .answered else { throw error }
        }
    }

    static func changes(_ feed: ChangeFeed) throws(DemetraError) -> [HistoryModel.Change] {
        let budget = MemoryBudget(name: "test", limitBytes: 1 << 30)
        var changes: [HistoryModel.Change] = []
        for part in 0..<feed.partCount {
            let reader = try ChangeReader(feed, part: part, columns: columns, budget: budget)
            while let batch = try reader.next() {
                for row in 0..<batch.count {
                    let values = batch.vectors.map { $0.value(at: row) }
                    guard case .integer(let number) = values[1], case .text(let kind) = values[2]
                    else { throw DemetraError(.internalError, "a change without a kind") }
                    changes.append(
                        HistoryModel.Change(
                            commit: Int(number), kind: kind,
                            old: try StoreFixture.row(Array(values[3..<8])),
                            new: try StoreFixture.row(Array(values[8..<13]))))
                }
            }
        }
        return changes
    }
}

@Suite struct `History of a table` {
    /// `DEMETRA_SEQUENCES=50000` for a long run.
    private static let count =
        getenv("DEMETRA_SEQUENCES").flatMap { Int(String(cString: $0)) } ?? 4_000

    /// Shares of the seeds, side by side.
    private static let shareCount = 2

    @Test(arguments: 0..<shareCount)
    func `is at every time what a plain model remembers`(share: Int) throws {
        let seeds = Seed.some(Self.count)
        for index in stride(from: share, to: seeds.count, by: Self.shareCount) {
            try HistorySequence.run(seeds[index])
        }
    }
}
