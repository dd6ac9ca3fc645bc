import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `The best time` {
    private let call = RelationCall(BestTimeFunction.function, SlotTable.schema)

    private func significant(_ found: [[String: Value]]) -> [[String: Value]] {
        found.filter { $0["significant"] == .boolean(true) }
    }

    @Test func `is found by hour, with its lift`() throws {
        let found = try call.named(SlotTable.rows(seed: 1) { _, hour in hour == 20 ? 1.5 : 1 })
        #expect(found.count == 24)
        let best = try #require(found.first { $0["rank"] == .integer(1) })
        #expect(best["hour"] == .integer(20))
        #expect(best["dow"] == .null)
        #expect(best["channel"] == .null)
        #expect(best["significant"] == .boolean(true))
        #expect((0.35...0.6).contains(best["lift"]?.number ?? .nan))
        #expect((best["p_best"]?.number ?? 0) > 0.99)
        #expect(significant(found).count == 1)
        #expect(call.notices.take().contains { $0.message.contains("not tested") })
    }

    @Test func `is found by weekday and by hour of the week`() throws {
        let rows = SlotTable.rows(seed: 2, days: 112) { dow, _ in dow == 6 ? 1.4 : 1 }
        let days = try call.named(rows, [("by", .text("dow"))])
        #expect(days.count == 7)
        #expect(significant(days).map { $0["dow"] } == [.integer(6)])
        #expect(days.allSatisfy { $0["hour"] == .null })
        let cells = try call.named(rows, [("by", .text("dow_hour"))])
        #expect(cells.count == 168)
        #expect(!significant(cells).isEmpty)
        #expect(significant(cells).allSatisfy { $0["dow"] == .integer(6) })
    }

    @Test func `of a week borrows from its weekday and its hour`() throws {
        // The evening is good every day, but no single cell has enough of its own.
        let rows = SlotTable.rows(seed: 3, days: 56) { _, hour in hour == 20 ? 1.6 : 1 }
        let found = try call.named(rows, [("by", .text("dow_hour"))])
        let evening = found.filter { $0["hour"] == .integer(20) }
        #expect(evening.allSatisfy { ($0["lift"]?.number ?? 0) > 0.2 })
        let spread = { (name: String) -> Double in
            let values = evening.map { $0[name]?.number ?? .nan }
            return (values.max() ?? 0) - (values.min() ?? 0)
        }
        #expect(spread("shrunk_rate") < spread("rate"))
    }

    @Test func `is told on the clocks of the account, in winter and in summer`() throws {
        // Always good at 09:00 in Berlin: 8 UTC in winter, 7 in summer.
        let zone = "CET-1CEST,M3.5.0,M10.5.0/3"
        let rules = try TimeZones.fixedOnly.rules(zone)
        let rows = SlotTable.rows(seed: 4, days: 365) { _, _ in 1 }.map { row -> [Value] in
            guard case .timestamptz(let time) = row[0] else { return row }
            let local = rules.local(time).microseconds
            var row = row
            if local / 3_600_000_000 % 24 == 9 { row[3] = .integer(row[3].count * 2) }
            return row
        }
        let berlin = try call.named(rows, [("tz", .text(zone))])
        #expect(significant(berlin).map { $0["hour"] } == [.integer(9)])
        let utc = try call.named(rows)
        #expect(significant(utc).map { $0["hour"] } == [.integer(7), .integer(8)])
        #expect(
            call.failure(rows, [("tz", .text("Mars/Olympus"))])?.sqlState == .invalidParameterValue)
    }

    @Test func `of each channel is its own`() throws {
        let rows =
            SlotTable.rows(seed: 5, channel: "a") { _, hour in hour == 3 ? 1.8 : 1 }
            + SlotTable.rows(seed: 6, channel: "b") { _, hour in hour == 15 ? 1.8 : 1 }
        let found = try call.named(rows, [("channel", .text("channel"))])
        #expect(found.count == 48)
        let best = significant(found)
        #expect(best.map { $0["channel"] } == [.text("a"), .text("b")])
        #expect(best.map { $0["hour"] } == [.integer(3), .integer(15)])
    }

    @Test func `needs impressions and more than one day`() throws {
        let rows = SlotTable.rows(seed: 7) { _, hour in hour == 3 ? 1.8 : 1 }
        let found = try call.named(rows, [("min_impressions", .integer(1_000_000_000))])
        #expect(found.allSatisfy { $0["rank"] == .null && $0["p_best"] == .null })
        #expect(significant(found).isEmpty)
        let day = try call.named(SlotTable.rows(seed: 7, days: 1) { _, hour in hour == 3 ? 9 : 1 })
        #expect(day.count == 24)
        #expect(significant(day).isEmpty)
    }

    @Test func `has intervals that cover the true rate`() throws {
        var (hits, count) = (0, 0)
        for seed in 0..<30 {
            let rows = SlotTable.rows(seed: UInt64(seed) + 50) { _, hour in
                1 + 0.02 * Double(hour)
            }
            for cell in try call.named(rows) {
                let hour = cell["hour"]?.number ?? 0
                // The days' factor has a mean of exp(0.2² / 2).
                let truth = 0.02 * (1 + 0.02 * hour) * 1.0202013400267558
                count += 1
                if cell["lower"]?.number ?? .nan <= truth, truth <= cell["upper"]?.number ?? .nan {
                    hits += 1
                }
            }
        }
        let coverage = Double(hits) / Double(count)
        #expect((0.85...0.99).contains(coverage), "\(coverage)")
    }

    @Test func `is the same bytes for any order of rows and number of threads`() throws {
        let rows = ["a", "b", "c"].flatMap { SlotTable.rows(seed: 8, channel: $0) { _, _ in 1 } }
        let arguments: [(String, Value)] = [
            ("channel", .text("channel")), ("by", .text("dow_hour")),
        ]
        var parallel = call
        parallel.workers = ManyWorkers()
        let one = try call.values(rows, arguments)
        #expect(try parallel.values(rows, arguments) == one)
        var generator = SeededGenerator(seed: 4)
        #expect(try call.values(rows.shuffled(using: &generator), arguments) == one)
    }

    @Test func `of few, empty or odd rows is none`() throws {
        #expect(try call.values([]).isEmpty)
        let one = SlotTable.row("a", 0, impressions: 1_000, clicks: 10)
        #expect(try call.named([one]).count == 1)
        let none = SlotTable.row("a", 1, impressions: 0, clicks: 0)
        let found = try call.named([one, none])
        #expect(found.count == 2)
        #expect(found[1]["rate"] == .null)
        let never = (0..<240).map { SlotTable.row("a", $0, impressions: 1_000, clicks: 0) }
        #expect(significant(try call.named(never)).isEmpty)
        let always = (0..<240).map { SlotTable.row("a", $0, impressions: 1_000, clicks: 1_000) }
        #expect(significant(try call.named(always)).isEmpty)
        let more = (0..<240).map {
            SlotTable.row("a", $0, impressions: 1_000, clicks: $0 % 24 == 0 ? 3_000 : 20)
        }
        _ = call.notices.take()
        #expect(try call.named(more).count == 24)
        #expect(
            call.notices.take().contains { $0.message.contains("more clicks than impressions") })
        let nulls = [[Value.null, .null, .null, .null]]
        #expect(try call.values(nulls).isEmpty)
        let far = [
            [
                Value.timestamptz(Timestamp(microseconds: .max - 1)), .text("a"), .integer(1),
                .integer(1),
            ],
            [
                .timestamptz(Timestamp(microseconds: .min + 2)), .text("a"), .integer(1),
                .integer(1),
            ],
        ]
        #expect(try call.values(far, [("tz", .text("+05"))]).isEmpty)
    }

    @Test func `of ten thousand channels is told`() throws {
        let many = (0..<10_000).flatMap { name in
            (0..<3).map { SlotTable.row("c\(name)", $0 * 7, impressions: 900, clicks: Int64($0)) }
        }
        #expect(try call.values(many, [("channel", .text("channel"))]).count == 30_000)
    }

    @Test func `of bad arguments is an error that names them`() {
        let rows = [SlotTable.row("a", 0, impressions: 1, clicks: 0)]
        func state(_ arguments: [(String, Value)]) -> SQLState? {
            call.failure(rows, arguments)?.sqlState
        }
        #expect(state([("by", .text("minute"))]) == .invalidParameterValue)
        #expect(state([("clicks", .text("click"))]) == .undefinedColumn)
        #expect(state([("min_impressions", .integer(-1))]) == .invalidParameterValue)
        #expect(state([("ts", .text("channel"))]) == .datatypeMismatch)
        let dates = RelationCall(BestTimeFunction.function, AdTable.schema)
        #expect(dates.failure([])?.sqlState == .datatypeMismatch)
        #expect(dates.failure([], [("by", .text("dow"))]) == nil)
        var cancelled = call
        cancelled.cancellation.cancel()
        #expect(cancelled.failure(rows)?.sqlState == .queryCanceled)
        cancelled.cancellation = CancellationFlag()
    }
}
