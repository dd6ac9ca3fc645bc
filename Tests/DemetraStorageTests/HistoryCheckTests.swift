import DemetraCatalog
import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

/// A database whose manifest holds a history, and ways to change that behind the checksum's back.
struct TamperedHistory {
    private static let start = Timestamp(microseconds: 0x0006_1234_5678_9ABC)
    private static let manifest = "db/MANIFEST-"

    private let disk: SimulatedFileSystem
    private let clock: ManualClock
    private let path: String
    private let bytes: [UInt8]
    /// Times of the table's commits.
    private let times: [Timestamp]

    /// Five versions of one key, others that come and go, all in segments.
    init() throws {
        let first = SimulatedFileSystem(seed: Seed(1))
        let clock = ManualClock(start: Self.start)
        self.clock = clock
        let fixture = try StoreFixture(first, clock: clock)
        var random = Seed(3).generator
        var times: [Timestamp] = []
        func commit(_ work: () throws -> Void) throws {
            clock.advance(microseconds: 1_000)
            try work()
            times.append(fixture.store.snapshot().moment.time)
        }
        try fixture.create("ads") { $0.history = Interval(months: 3, days: 0, microseconds: 0) }
        try commit { try fixture.insert((0..<4).map { .random($0, &random) }, into: "ads") }
        for round in 0..<4 {
            try commit { try fixture.insert([.random(1, &random)], into: "ads") }
            if round == 1 { try commit { try fixture.delete([2], from: "ads") } }
            if round == 2 { try commit { try fixture.insert([.random(2, &random)], into: "ads") } }
        }
        try fixture.store.flush()
        try fixture.store.close()
        disk = first.afterCrash()
        self.times = times
        path = try #require(disk.paths.last { $0.hasPrefix(Self.manifest) })
        bytes = try #require(disk.bytes(path))
    }

    /// Where the timeline begins: at its base, the commit before the one that made the table, of which only the
    /// time is one microsecond earlier.
    func timelineOffset() throws -> Int {
        let time = Self.start.microseconds
        let places = bytes.indices.dropLast(8).filter { place in
            let found = bytes[place..<(place + 8)].reversed().reduce(Int64(0)) {
                $0 << 8 | Int64($1)
            }
            return found >= time - 1 && found < time + 1_000 && place > 40
        }
        return try #require(places.first) - 8
    }

    var end: Int { bytes.count - 4 }

    /// The database with one byte of the manifest changed and a checksum that fits.
    func changing(_ offset: Int, _ change: (UInt8) -> UInt8) throws -> SimulatedFileSystem {
        let copy = disk.afterCrash()
        var changed = Array(bytes.dropLast(4))
        changed[offset] = change(changed[offset])
        let checksum = Self.crc32c(changed)
        changed += (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
        copy.cut(path, to: 0)
        let file = try copy.open(path, creating: false)
        try file.append(changed)
        try file.sync()
        return copy
    }

    private static func crc32c(_ bytes: [UInt8]) -> UInt32 {
        var checksum = UInt32.max
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 {
                checksum = checksum >> 1 ^ (checksum & 1 == 0 ? 0 : 0x82F6_3B78)
            }
        }
        return ~checksum
    }

    /// The rows as of a time; nil when the history does not reach back so far.
    private func state(of table: TableSnapshot, at time: Timestamp) throws -> [TestRow]? {
        do throws(DemetraError) {
            return try StoreFixture.rows(try table.asOf(time, now: clock.now()))
        } catch {
            if error.sqlState == .snapshotTooOld { return nil }
            throw error
        }
    }

    /// Whether what is told of the past fits together: at each time a key is there once, and the changes between two
    /// times lead from the one state to the other.
    func contradiction(_ disk: SimulatedFileSystem) throws -> String? {
        let fixture = try StoreFixture(disk, clock: clock)
        defer { try? fixture.store.close() }
        let snapshot = fixture.store.snapshot()
        guard let table = snapshot.catalog.tables["ads"].flatMap({ snapshot.table($0.id) }) else {
            return nil
        }
        var states: [(time: Timestamp, rows: [Int64: TestRow])] = []
        for time in times {
            guard let rows = try state(of: table, at: time) else { continue }
            let byKey = Dictionary(rows.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
            if byKey.count < rows.count { return "a key is there twice at \(time)" }
            states.append((time, byKey))
        }
        for (before, after) in zip(states, states.dropFirst()) {
            let feed = try table.changes(after: before.time, through: after.time, now: clock.now())
            var rows = before.rows
            let changes = try HistorySequence.changes(feed)
            for change in changes where change.new == nil {
                if let old = change.old { rows[old.key] = nil }
            }
            for case let new? in changes.sorted(by: { $0.commit < $1.commit }).map(\.new) {
                rows[new.key] = new
            }
            guard rows == after.rows else { return "changes until \(after.time) lead elsewhere" }
        }
        return nil
    }
}

@Suite struct `A check of a history` {
    private static let contradictions = [
        "damaged", "that was never made", "at a row that was never added",
        "which is not in its history", "that was hidden before it was added",
        "versions of rows that were there together",
    ]

    @Test func `tells what was changed behind the checksum, or it contradicts nothing`() throws {
        let history = try TamperedHistory()
        var told: Set<String> = []
        var clean = 0
        for offset in try history.timelineOffset()..<history.end {
            for change in [1, 2, 4, 8, 16, 128, 255] as [UInt8] {
                let disk = try history.changing(offset) { $0 &+ change }
                let report = try CheckedDatabase.check(disk)
                for finding in report.findings {
                    told.formUnion(Self.contradictions.filter { finding.message.contains($0) })
                }
                guard report.isClean else { continue }
                clean += 1
                #expect(try history.contradiction(disk) == nil, "byte \(offset) + \(change)")
            }
        }
        #expect(clean > 0)
        #expect(Set(Self.contradictions).subtracting(told) == [])
    }
}
