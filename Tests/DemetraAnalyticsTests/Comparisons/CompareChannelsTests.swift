import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Foundation
import Testing

@Suite struct `Channels compared` {
    private let call = RelationCall(CompareChannelsFunction.function, AdTable.schema)

    private func row(
        _ channel: String, _ day: Int, spend: Double, revenue: Double, clicks: Int64 = 10,
        impressions: Int64 = 1_000
    ) -> [Value] {
        [
            .date(CalendarDate(days: AdTable.start + Int32(day))), .text(channel), .text("a"),
            .text("F"), .double(spend), .double(revenue), .integer(clicks), .integer(impressions),
            .integer(1),
        ]
    }

    private func by(_ found: [[String: Value]], _ channel: String) throws -> [String: Value] {
        try #require(found.first { $0["channel"] == .text(channel) })
    }

    @Test func `have the ratio of sums, never the mean of ratios`() throws {
        let rows = (0..<10).flatMap { day in
            [
                row("A", day, spend: 100, revenue: 100), row("A", day, spend: 1, revenue: 50),
                row("B", day, spend: 10, revenue: 30),
            ]
        }
        let found = try call.named(rows)
        let a = try by(found, "A")
        #expect(abs((a["value"]?.number ?? .nan) - (1_500.0 / 1_010 - 1)) < 1e-12)
        #expect(a["spend"] == .double(1_010))
        #expect(a["n"] == .integer(10))
        #expect(abs((a["diff"]?.number ?? .nan) - (1_500.0 / 1_010 - 3)) < 1e-12)
        #expect(a["verdict"] == .text("worse"))
        #expect(try by(found, "B")["verdict"] == .text("better"))
        #expect(try by(found, "B")["p_best"] == .double(1))
    }

    @Test(arguments: ["roi", "roas", "ctr"])
    func `that are better are found, and only they`(metric: String) throws {
        var table = AdTable()
        table.lift = ["TikTok": 2]
        let found = try call.named(table.rows(seed: 5), [("metric", .text(metric))])
        #expect(found.count == 5)
        #expect(try by(found, "TikTok")["verdict"] == .text("better"))
        #expect(try by(found, "TikTok")["significant"] == .boolean(true))
        #expect((try by(found, "TikTok")["p_best"]?.number ?? 0) > 0.95)
        #expect(
            !found.contains { $0["channel"] != .text("TikTok") && $0["verdict"] == .text("better") }
        )
        for one in found {
            let value = one["value"]?.number ?? .nan
            #expect((one["lower"]?.number ?? .nan) <= value)
            #expect((one["upper"]?.number ?? .nan) >= value)
            #expect((one["diff_lower"]?.number ?? .nan) <= (one["diff"]?.number ?? .nan))
        }
    }

    @Test func `by cost are better when they cost less`() throws {
        let rows = (0..<20).flatMap { day in
            [
                row("cheap", day, spend: 10 + Double(day % 3), revenue: 1),
                row("dear", day, spend: 30 + Double(day % 5), revenue: 1),
            ]
        }
        for metric in ["cpa", "cpc"] {
            let found = try call.named(rows, [("metric", .text(metric))])
            #expect(try by(found, "cheap")["verdict"] == .text("better"))
            #expect(try by(found, "cheap")["p_best"] == .double(1))
            #expect(try by(found, "dear")["verdict"] == .text("worse"))
        }
    }

    @Test func `cover the true rate as often as the level says`() throws {
        var table = AdTable()
        (table.channels, table.days) = (["A", "B", "C"], 40)
        var (hits, count) = (0, 0)
        // The mean of a lognormal factor is exp(s²/2): shock 0.3, noise 0.5; clicks 0.3.
        table.noise = 0.5
        let roas = 2 * 1.0460278599087169 * 1.1331484530668263
        let rate = 0.02 * 1.0460278599087169
        for seed in 0..<60 {
            let rows = table.rows(seed: UInt64(seed) + 77)
            for (metric, truth) in [("roas", roas), ("ctr", rate)] {
                for one in try call.named(rows, [("metric", .text(metric))]) {
                    count += 1
                    let lower = one["lower"]?.number ?? .nan
                    if lower <= truth, truth <= one["upper"]?.number ?? .nan { hits += 1 }
                }
            }
        }
        let coverage = Double(hits) / Double(count)
        #expect((0.84...0.96).contains(coverage), "\(coverage)")
    }

    @Test func `are the same bytes for any order of rows and number of threads`() throws {
        let rows = AdTable().rows(seed: 3)
        var parallel = call
        parallel.workers = ManyWorkers()
        var generator = SeededGenerator(seed: 9)
        for metric in ["roi", "ctr"] {
            let arguments: [(String, Value)] = [("metric", .text(metric))]
            let one = try call.values(rows, arguments)
            #expect(try parallel.values(rows, arguments) == one)
            #expect(try call.values(rows.shuffled(using: &generator), arguments) == one)
        }
        #expect(
            try call.values(rows, [("seed", .integer(1))])
                != call.values(rows, [("seed", .integer(2))]))
    }

    @Test func `against one of them leave that one out`() throws {
        let rows = AdTable().rows(seed: 3)
        let found = try call.named(rows, [("baseline", .text("Email"))])
        let email = try by(found, "Email")
        #expect(email["verdict"] == .text("baseline"))
        #expect(email["diff"] == .null)
        let video = try by(found, "Video")
        let expected = (video["value"]?.number ?? 0) - (email["value"]?.number ?? 0)
        #expect(abs((video["diff"]?.number ?? .nan) - expected) < 1e-9)
        let error = call.failure(rows, [("baseline", .text("Emial"))])
        #expect(error?.sqlState == .invalidParameterValue)
        #expect(error?.hint == "Perhaps you meant 'Email'.")
    }

    @Test func `of fewer than five days get no interval`() throws {
        let rows =
            (0..<4).map { row("new", $0, spend: 10, revenue: 1_000) }
            + (0..<30).map { row("old", $0, spend: 10, revenue: 10 + Double($0 % 7)) }
        let found = try call.named(rows)
        let new = try by(found, "new")
        #expect(new["value"] == .double(99))
        #expect(new["lower"] == .null)
        #expect(new["p_value"] == .null)
        #expect(new["p_best"] == .null)
        #expect(new["verdict"] == .text("too little data"))
        // Its rest is too short to compare with as well.
        #expect(try by(found, "old")["verdict"] == .text("too little data"))
        #expect(try by(found, "old")["p_value"] == .null)
        #expect(try by(found, "old")["lower"] != .null)
    }

    @Test func `without spend have no value, and it is said`() throws {
        let rows =
            (0..<20).map { row("free", $0, spend: 0, revenue: 5) }
            + (0..<20).flatMap { day in
                [
                    row("a", day, spend: 5, revenue: Double(day % 4)),
                    row("b", day, spend: 5, revenue: Double(day % 3)),
                ]
            }
        let found = try call.named(rows)
        #expect(try by(found, "free")["value"] == .null)
        #expect(try by(found, "free")["verdict"] == .text("too little data"))
        #expect(
            call.notices.take().map(\.message).contains(
                "channel 'free' without spend has no roi"))
    }

    @Test func `leave out what is no number or negative, and say so`() throws {
        let clean = AdTable().rows(seed: 4)
        let usual = try call.values(clean)
        _ = call.notices.take()
        let dirty =
            clean + [
                row("Email", 1, spend: .nan, revenue: 1),
                row("Email", 1, spend: .infinity, revenue: 1),
                row("Email", 1, spend: 1, revenue: -.infinity),
                row("Email", 2, spend: -5, revenue: 1),
            ]
        #expect(try call.values(dirty) == usual)
        let messages = call.notices.take().map(\.message)
        #expect(messages.contains("3 rows without a finite revenue or spend were left out"))
        #expect(messages.contains("1 rows with a negative spend or count were left out"))
    }

    @Test func `of one, none or equal rows are no news`() throws {
        #expect(try call.values([]).isEmpty)
        let one = try call.named([row("a", 0, spend: 1, revenue: 2)])
        #expect(one.count == 1)
        #expect(one[0]["value"] == .double(1))
        #expect(one[0]["verdict"] == .text("too little data"))
        let alone = try call.named((0..<30).map { row("a", $0, spend: 1, revenue: Double($0 % 3)) })
        #expect(alone[0]["verdict"] == .text("no difference shown"))
        #expect(alone[0]["diff"] == .null)
        let constant = (0..<30).flatMap { day in
            ["a", "b", "c"].map { row($0, day, spend: 0.1, revenue: 0.3) }
        }
        for metric in ["roi", "ctr", "cpc"] {
            let found = try call.named(constant, [("metric", .text(metric))])
            #expect(found.allSatisfy { $0["verdict"] == .text("no difference shown") })
            #expect(found.allSatisfy { $0["p_value"] == .double(1) })
        }
        let nothing = (0..<30).map { day in
            AdTable.schema.fields.indices.map {
                $0 == 0 ? row("", day, spend: 0, revenue: 0)[0] : .null
            }
        }
        let found = try call.named(nothing)
        #expect(found.count == 1)
        #expect(found[0]["channel"] == .null)
        #expect(found[0]["value"] == .null)
    }

    @Test func `survive any scale`() throws {
        for scale in [1e-9, 1e12, 1e160] {
            let rows = AdTable().rows(seed: 6).map { row -> [Value] in
                var row = row
                for place in [AdTable.column("spend"), AdTable.column("revenue")] {
                    row[place] = .double(row[place].number * scale)
                }
                return row
            }
            let found = try call.named(rows)
            #expect(found.count == 5)
            #expect(found.allSatisfy { ($0["upper"]?.number ?? .nan) > -1 })
        }
    }

    @Test func `of ten thousand are told within memory and time`() throws {
        let many = (0..<10_000).flatMap { name in
            (0..<5).map { row("c\(name)", $0, spend: 1, revenue: Double((name + $0) % 7)) }
        }
        let found = try call.values(many)
        #expect(found.count == 10_000)
        #expect(call.notices.take().contains { $0.message.contains("too many") })
    }

    @Test func `that differ in case alone are named, not merged`() throws {
        let rows = (0..<10).flatMap { day in
            ["Facebook Ads", "facebook ads"].map { row($0, day, spend: 1, revenue: 2) }
        }
        #expect(try call.values(rows).count == 2)
        #expect(
            call.notices.take().map(\.message).contains(
                "channels 'Facebook Ads' and 'facebook ads' differ in case alone and are compared apart"
            ))
    }

    @Test func `with more clicks than impressions are compared as ratios`() throws {
        let rows = (0..<20).flatMap { day in
            [
                row("odd", day, spend: 1, revenue: 1, clicks: 2_000),
                row("even", day, spend: 1, revenue: 1, clicks: 100 + Int64(day)),
            ]
        }
        let found = try call.named(rows, [("metric", .text("ctr"))])
        #expect(try by(found, "odd")["value"] == .double(2))
        #expect(call.notices.take().contains { $0.message.contains("above 1") })
    }

    @Test func `without a column of time take rows as days`() throws {
        let schema = Schema([
            Field(name: "Channel", type: .text), Field(name: "cost", type: .double),
            Field(name: "Revenue", type: .double),
        ])
        let call = RelationCall(CompareChannelsFunction.function, schema)
        let rows = (0..<6_000).map { index -> [Value] in
            let isFirst = index % 2 == 0
            let revenue = Double(index % 7) * (isFirst ? 2.0 : 1.0)
            return [Value.text(isFirst ? "a" : "b"), Value.double(1), Value.double(revenue)]
        }
        let found = try call.named(rows)
        #expect(found.allSatisfy { $0["n"] == .integer(3_000) })
        #expect(found[0]["verdict"] == .text("better"))
        #expect(call.notices.take().contains { $0.message.contains("without a column of time") })
        var generator = SeededGenerator(seed: 9)
        #expect(try call.values(rows.shuffled(using: &generator)) == call.values(rows))
    }

    @Test func `end when cancelled`() {
        var cancelled = call
        cancelled.cancellation = CancellationFlag()
        cancelled.cancellation.cancel()
        #expect(cancelled.failure(AdTable().rows(seed: 1))?.sqlState == .queryCanceled)
    }

    @Test func `of bad arguments are errors that name them`() {
        let rows = AdTable().rows(seed: 1)
        func error(_ arguments: [(String, Value)]) -> DemetraError? {
            call.failure(rows, arguments)
        }
        #expect(error([("metric", .text("roj"))])?.sqlState == .invalidParameterValue)
        #expect(error([("metric", .text("roj"))])?.hint == "Perhaps you meant 'roi'.")
        #expect(error([("correction", .text("bonferroni"))])?.sqlState == .invalidParameterValue)
        #expect(error([("level", .double(1))])?.sqlState == .invalidParameterValue)
        #expect(error([("level", .double(0.3))])?.sqlState == .invalidParameterValue)
        #expect(error([("spend", .text("spent"))])?.sqlState == .undefinedColumn)
        #expect(error([("spend", .text("channel"))])?.sqlState == .datatypeMismatch)
        #expect(error([("channel", .text("chanel"))])?.sqlState == .undefinedColumn)
        #expect(error([("ts", .text("channel"))])?.sqlState == .datatypeMismatch)
        #expect(error([("chanel", .text("channel"))])?.sqlState == .undefinedFunction)
    }

    /// Revenue of a day is log-normal: few days bring most of it when `spread` is large.
    @Test(arguments: [
        (days: 10, spread: 0.3, least: 0.84), (days: 20, spread: 1, least: 0.82),
        (days: 60, spread: 1, least: 0.84),
    ])
    func `have intervals that hold the true ratio about as often as they say`(
        days: Int, spread: Double, least: Double
    ) throws {
        let seed: UInt64 = 2_026
        var generator = SeededGenerator(seed: seed)
        let channels = (0..<120).map { "c\($0)" }
        let rows = (0..<days).flatMap { day in
            channels.map { channel in
                let revenue = exp(spread * generator.normal() - spread * spread / 2) * 200
                return row(channel, day, spend: 100, revenue: revenue)
            }
        }
        let found = try call.named(rows, [("metric", .text("roas")), ("level", .double(0.9))])
        var held = 0
        for answer in found {
            let lower = try #require(answer["lower"]?.number)
            let upper = try #require(answer["upper"]?.number)
            if lower <= 2, 2 <= upper { held += 1 }
            // What is called significant has a difference whose interval leaves zero out.
            guard answer["significant"] == .boolean(true) else { continue }
            let ends = (answer["diff_lower"]?.number ?? 0, answer["diff_upper"]?.number ?? 0)
            #expect(ends.0 > 0 || ends.1 < 0)
        }
        let share = Double(held) / Double(channels.count)
        #expect(share >= least && share <= 0.98, "\(share) of 120 channels, seed \(seed)")
    }
}
