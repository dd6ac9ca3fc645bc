import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `Drivers of a change` {
    private let call = RelationCall(DriversFunction.function, AdTable.schema)
    /// The first and the second half of 60 days from 2024-10-04 on.
    private let periods: [(String, Value)] = [
        ("period_a", .text("2024-10-04/2024-11-02")), ("period_b", .text("2024-11-03/2024-12-02")),
    ]

    /// Rows of which some columns are multiplied in the second half.
    private func rows(
        seed: UInt64, noise: Double = 0.3, _ channel: String, _ factors: [String: Double]
    ) -> [[Value]] {
        AdTable(noise: noise).rows(seed: seed).map { row in
            guard case .date(let date) = row[0], date.days >= AdTable.start + 30,
                row[1] == .text(channel)
            else { return row }
            var row = row
            for (name, factor) in factors {
                let place = AdTable.column(name)
                row[place] = .double(row[place].number * factor)
            }
            return row
        }
    }

    private func number(_ row: [String: Value], _ name: String) -> Double {
        row[name]?.number ?? .nan
    }

    private func ratio(_ rows: [[Value]], _ metric: String, isB: Bool) -> Double {
        var sums: [String: Double] = [:]
        for row in rows {
            guard case .date(let date) = row[0], (date.days >= AdTable.start + 30) == isB else {
                continue
            }
            for name in ["spend", "revenue", "clicks", "impressions", "conversions"] {
                sums[name, default: 0] += row[AdTable.column(name)].number
            }
        }
        let parts = [
            "roas": ("revenue", "spend"), "roi": ("revenue", "spend"),
            "cpa": ("spend", "conversions"),
            "cpc": ("spend", "clicks"), "ctr": ("clicks", "impressions"),
            "cvr": ("conversions", "clicks"),
        ]
        guard let (top, bottom) = parts[metric] else { return sums[metric] ?? 0 }
        return (sums[top] ?? 0) / (sums[bottom] ?? 0)
    }

    @Test(arguments: ["roi", "roas", "cpa", "cpc", "ctr", "cvr", "spend", "revenue", "clicks"])
    func `sum to the change, to the last digit that numbers have`(metric: String) throws {
        for by in ["channel", "channel, age", "gender"] {
            let rows = rows(seed: 3, "TikTok", ["revenue": 2, "spend": 1.7])
            let found = try call.named(
                rows, periods + [("metric", .text(metric)), ("by", .text(by))])
            let change = ratio(rows, metric, isB: true) - ratio(rows, metric, isB: false)
            let effects = found.reduce(0) { $0 + number($1, "effect") }
            let size = abs(ratio(rows, metric, isB: false)) + abs(change)
            #expect(abs(effects - change) <= 1e-12 * size, "\(metric) \(by)")
            guard found[0]["rate_effect"] != .null else { continue }
            let parts = found.reduce(0) {
                $0 + number($1, "rate_effect") + number($1, "mix_effect")
            }
            #expect(abs(parts - change) <= 1e-12 * size, "\(metric) \(by)")
        }
    }

    @Test func `that do better show in the rate`() throws {
        let found = try call.named(rows(seed: 4, "TikTok", ["revenue": 2]), periods)
        let first = found[0]
        #expect(first["channel"] == .text("TikTok"))
        #expect(first["verdict"] == .text("raised"))
        #expect(number(first, "rate_effect") > 5 * abs(number(first, "mix_effect")))
        #expect(number(first, "rate_lower") > 0)
        #expect(abs(number(first, "value_b") / number(first, "value_a") - 2) < 0.8)
    }

    @Test func `that get more money show in the mix`() throws {
        // TikTok returns three times as much, and now gets three times the money.
        var table = AdTable(noise: 0.2)
        table.lift = ["TikTok": 3]
        let rows = table.rows(seed: 5).map { row -> [Value] in
            guard case .date(let date) = row[0], date.days >= AdTable.start + 30,
                row[1] == .text("TikTok")
            else { return row }
            var row = row
            row[4] = .double(row[4].number * 3)
            row[5] = .double(row[5].number * 3)
            return row
        }
        let first = try call.named(rows, periods)[0]
        #expect(first["channel"] == .text("TikTok"))
        #expect(number(first, "mix_effect") > 3 * abs(number(first, "rate_effect")))
        #expect(number(first, "mix_lower") > 0)
        #expect(number(first, "share_b") > 2 * number(first, "share_a") - 0.3)
    }

    @Test func `that came or went are all mix`() throws {
        let rows = AdTable().rows(seed: 6).filter { row in
            guard case .date(let date) = row[0] else { return false }
            let isB = date.days >= AdTable.start + 30
            return !(isB && row[1] == .text("Email")) && !(!isB && row[1] == .text("Video"))
        }
        let found = try call.named(rows, periods)
        for name in ["Email", "Video"] {
            let one = try #require(found.first { $0["channel"] == .text(name) })
            #expect(number(one, "rate_effect") == 0)
            #expect(one[name == "Email" ? "value_b" : "value_a"] == .null)
        }
        let change = ratio(rows, "roas", isB: true) - ratio(rows, "roas", isB: false)
        #expect(abs(found.reduce(0) { $0 + number($1, "effect") } - change) < 1e-12)
    }

    @Test func `have a total when asked, whose effect is the change`() throws {
        let rows = rows(seed: 7, "Email", ["revenue": 3])
        let found = try call.named(rows, periods + [("totals", .boolean(true))])
        #expect(found.count == 6)
        let total = try #require(found.last)
        #expect(total["channel"] == .null)
        let change = ratio(rows, "roas", isB: true) - ratio(rows, "roas", isB: false)
        #expect(abs(number(total, "effect") - change) < 1e-12)
        #expect(number(total, "lower") < change)
        #expect(total["share_a"] == .double(1))
    }

    @Test func `may be asked for in any form of period`() throws {
        let rows = rows(seed: 8, "Email", ["revenue": 3])
        let usual = try call.values(
            rows,
            [
                ("period_a", .text("2024-10-01/2024-10-31")),
                ("period_b", .text("2024-11-01/2024-11-30")),
            ])
        let months = try call.values(
            rows, [("period_a", .text("2024-10")), ("period_b", .text("2024-11"))])
        let days = { (text: String) in try ValueText.parse(text, as: .date) }
        let arrays = try call.values(
            rows,
            [
                ("period_a", .array([try days("2024-10-01"), try days("2024-10-31")])),
                ("period_b", .array([.text("2024-11-01"), .text("2024-11-30")])),
            ])
        #expect(arrays == usual)
        // A period that begins on another day has other samples, but the same rows here.
        #expect(months == usual)
    }

    @Test func `are the same bytes for any order of rows and number of threads`() throws {
        let rows = AdTable().rows(seed: 9)
        let arguments = periods + [("by", Value.text("channel, age, gender"))]
        var parallel = call
        parallel.workers = ManyWorkers()
        let one = try call.values(rows, arguments)
        #expect(try parallel.values(rows, arguments) == one)
        var generator = SeededGenerator(seed: 4)
        #expect(try call.values(rows.shuffled(using: &generator), arguments) == one)
    }

    @Test func `of few, empty or equal rows are none`() throws {
        #expect(try call.values([], periods).isEmpty)
        let rows = AdTable().rows(seed: 10)
        let early = try call.named(
            rows, [("period_a", .text("2020-01-01")), ("period_b", .text("2024-10-10/2024-11-11"))])
        #expect(early.count == 5)
        #expect(early.allSatisfy { $0["effect"] == .null && $0["value_a"] == .null })
        #expect(call.notices.take().map(\.message).contains("there are no rows in period_a"))
        let short = try call.named(
            rows,
            [
                ("period_a", .text("2024-10-05/2024-10-08")),
                ("period_b", .text("2024-10-10/2024-11-11")),
            ])
        #expect(short.allSatisfy { $0["verdict"] == .text("too little data") })
        #expect(short.allSatisfy { $0["effect"] != .null && $0["lower"] == .null })
        let constant = rows.map { row -> [Value] in
            var row = row
            (row[4], row[5]) = (.double(0.1), .double(0.3))
            return row
        }
        let found = try call.named(constant, periods)
        #expect(found.allSatisfy { $0["verdict"] == .text("no effect shown") })
        let nothing = rows.map { row in [row[0], row[1]] + row.dropFirst(2).map { _ in Value.null }
        }
        #expect(try call.values(nothing, periods).isEmpty)
    }

    @Test func `of ten thousand segments are told`() throws {
        let many = (0..<10_000).flatMap { name in
            [0, 40].map { day -> [Value] in
                var row = AdTable(channels: ["c\(name)"], days: 1).rows(seed: UInt64(name))[0]
                row[0] = .date(CalendarDate(days: AdTable.start + Int32(day + name % 7)))
                return row
            }
        }
        #expect(try call.values(many, periods).count == 10_000)
    }

    @Test func `of bad arguments are errors that name them`() {
        let rows = AdTable().rows(seed: 1)
        func error(_ a: Value, _ b: Value) -> DemetraError? {
            call.failure(rows, [("period_a", a), ("period_b", b)])
        }
        let good = Value.text("2024-11-03/2024-12-02")
        #expect(call.failure(rows)?.sqlState == .undefinedFunction)
        #expect(error(.text("2024-10-04/2024-11-03"), good)?.message == "the periods overlap")
        #expect(error(.text("2024-10-09/2024-10-04"), good)?.sqlState == .invalidParameterValue)
        #expect(error(.text("2024-10-0x/2024-10-04"), good) != nil)
        #expect(error(.text("2024-13"), good) != nil)
        #expect(error(.text(""), good) != nil)
        #expect(
            error(.text("2024-10-01/2024-10-02/2024-10-03"), good)?.sqlState
                == .invalidParameterValue)
        #expect(error(.null, good)?.sqlState == .invalidParameterValue)
        #expect(error(.integer(5), good)?.sqlState == .datatypeMismatch)
        #expect(error(.array([]), good)?.sqlState == .invalidParameterValue)
        #expect(error(.text("infinity"), good)?.sqlState == .invalidParameterValue)
        let more = periods + [("metric", Value.text("profit"))]
        #expect(call.failure(rows, more)?.sqlState == .invalidParameterValue)
        #expect(
            call.failure(rows, periods + [("by", .text("chanel"))])?.sqlState == .undefinedColumn)
        #expect(call.failure(rows, periods + [("by", .text(""))])?.sqlState == .undefinedFunction)
        let cancelled = RelationCall(DriversFunction.function, AdTable.schema)
        cancelled.cancellation.cancel()
        #expect(cancelled.failure(rows, periods)?.sqlState == .queryCanceled)
    }
}
