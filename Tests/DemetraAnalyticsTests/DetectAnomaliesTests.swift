import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `Anomalies of a relation` {
    private static let schema = Schema([
        Field(name: "campaign", type: .text), Field(name: "ts", type: .date),
        Field(name: "value", type: .double),
    ])
    private let call = RelationCall(DetectAnomaliesFunction.function, Self.schema)

    /// `days` of each of some campaigns, with a spike on the 60th.
    private func rows(_ campaigns: [String], days: Int = 90, seed: UInt64 = 1) -> [[Value]] {
        var generator = SeededGenerator(seed: seed)
        return campaigns.flatMap { name in
            (0..<days).map { day -> [Value] in
                let noise = 1 + 0.05 * generator.normal()
                return row(name, day, 100 * noise * (day == 60 ? 4 : 1))
            }
        }
    }

    private func row(_ name: String, _ day: Int, _ value: Double) -> [Value] {
        [.text(name), .date(CalendarDate(days: Int32(20_000 + day))), .double(value)]
    }

    private func episodes(_ rows: [[String: Value]]) -> Int {
        rows.count { $0["is_anomaly"] == .boolean(true) }
    }

    @Test func `are told for each series, with its columns as they came`() throws {
        let found = try call.named(rows(["a", "b", "c"]), [("series", .text("campaign"))])
        #expect(found.count == 270)
        #expect(episodes(found) == 3)
        let alarm = try #require(found.first { $0["is_anomaly"] == .boolean(true) })
        #expect(alarm["campaign"] == .text("a"))
        #expect(alarm["ts"] == .date(CalendarDate(days: 20_060)))
        #expect(alarm["kind"] == .text("spike"))
        #expect(alarm["severity"] == .text("high"))
        #expect(alarm["episode"] == .integer(1))
        #expect(alarm["value"]?.number ?? 0 > alarm["upper"]?.number ?? 0)
    }

    @Test func `are the same bytes for any order of rows and number of threads`() throws {
        let rows = rows((0..<40).map { "c\($0)" })
        let arguments: [(String, Value)] = [("series", .text("campaign"))]
        let one = try call.values(rows, arguments)
        var parallel = call
        parallel.workers = ManyWorkers()
        #expect(try parallel.values(rows, arguments) == one)
        var generator = SeededGenerator(seed: 4)
        #expect(try call.values(rows.shuffled(using: &generator), arguments) == one)
        #expect(try call.values(rows, arguments) == one)
    }

    @Test func `survive times at both ends of the calendar`() throws {
        let far = [row("a", -2_400_000, 1), row("a", 106_000_000, 2)]
        #expect(try call.named(rows(["a"]) + far).count == 91)
        #expect(try call.named(far).count == 1)
    }

    @Test func `add up what stands twice at one time`() throws {
        let once = try call.named(rows(["a"]))
        let halves = rows(["a"]).flatMap { row -> [[Value]] in
            let half = Value.double(row[2].number / 2)
            return [[row[0], row[1], half], [row[0], row[1], half]]
        }
        let twice = try call.named(halves)
        #expect(twice.map { $0["is_anomaly"] } == once.map { $0["is_anomaly"] })
        #expect(twice.count == once.count)
    }

    @Test func `begin where since says, and are judged by what was before`() throws {
        let all = try call.named(rows(["a"]))
        let late = try call.named(rows(["a"]), [("since", .text("2024-11-29"))])
        #expect(late.first?["ts"] == .date(CalendarDate(days: 20_056)))
        #expect(late.map { $0["score"] } == all.suffix(late.count).map { $0["score"] })
    }

    @Test func `of few or empty rows are none`() throws {
        #expect(try call.values([]).isEmpty)
        let one = try call.named([row("a", 0, 5)])
        #expect(one.count == 1)
        #expect(one[0]["expected"] == .null)
        #expect(one[0]["is_anomaly"] == .boolean(false))
        let nothing = (0..<50).map { day in
            [Value.text("a"), .date(CalendarDate(days: Int32(day))), .null]
        }
        let found = try call.named(nothing)
        #expect(found.count == 50)
        #expect(episodes(found) == 0)
    }

    @Test func `take what is no number as missing and say so`() throws {
        var strange = rows(["a"])
        strange[70][2] = .double(.nan)
        strange[71][2] = .double(.infinity)
        strange.append([.text("a"), .null, .double(1)])
        let found = try call.named(strange)
        #expect(found.count == 90)
        #expect(found[70]["value"] == .null)
        #expect(found[70]["kind"] == .text("missing"))
        let messages = call.notices.take().map(\.message)
        #expect(messages.contains("2 values that are not finite numbers were taken as missing"))
        #expect(messages.contains("1 rows without a time were left out"))
    }

    @Test func `survive gaps, odd steps, negative and huge values`() throws {
        var generator = SeededGenerator(seed: 8)
        for scale in [1e-9, 1, 1e12, 1e300] {
            var day = 0
            let odd = (0..<300).map { _ -> [Value] in
                day += 1 + generator.index(below: 5) * generator.index(below: 4)
                return row("a", day, scale * generator.normal())
            }
            let found = try call.named(odd)
            #expect(found.count == 300)
            #expect(
                found.allSatisfy { row in
                    let score = row["score"]?.number ?? .nan
                    return score.isNaN || (0...1).contains(score)
                })
        }
    }

    @Test func `of ten thousand series are told`() throws {
        let many = (0..<10_000).flatMap { name in
            (0..<3).map { row("c\(name)", $0, Double(name + $0)) }
        }
        #expect(try call.values(many, [("series", .text("campaign"))]).count == 30_000)
    }

    @Test func `of case variants of a name are two series`() throws {
        let found = try call.named(
            rows(["Email", "email"], days: 40), [("series", .text("campaign"))])
        #expect(Set(found.map { $0["campaign"] }).count == 2)
    }

    @Test func `of bad arguments are errors that name them`() {
        func state(_ arguments: [(String, Value)]) -> SQLState? {
            call.failure(rows(["a"]), arguments)?.sqlState
        }
        #expect(state([("value", .text("valeu"))]) == .undefinedColumn)
        #expect(state([("value", .text("campaign"))]) == .datatypeMismatch)
        #expect(state([("ts", .text("campaign"))]) == .datatypeMismatch)
        #expect(state([("sensitivity", .double(1.5))]) == .invalidParameterValue)
        #expect(state([("sensitivity", .null)]) == .invalidParameterValue)
        #expect(state([("season", .integer(0))]) == .invalidParameterValue)
        #expect(state([("numerator", .text("value"))]) == .undefinedFunction)
        #expect(state([("sensitvity", .double(0.5))]) == .undefinedFunction)
        #expect(state([("since", .text("yesterdy"))]) != nil)
        #expect(state([("since", .text("5874897-01-01"))]) == .datetimeFieldOverflow)
    }
}
