import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `Edge cases of a forecast` {
    private typealias Table = ForecastTable

    private func days(_ points: [(Int, Double)], _ values: [(String, Value)] = [])
        throws(DemetraError) -> [[String: Value]]
    {
        try Table.call(
            Table.timed(
                points.map { (.date(CalendarDate(days: Table.start + Int32($0.0))), $0.1) }),
            schema: Table.timedSchema(.date), values)
    }

    private func dates(_ rows: [[String: Value]]) -> [String] {
        rows.map {
            switch $0["ts"] {
            case .date(let date):
                let parts = Civil.date(days: Int(date.days))
                return "\(parts.year)-\(parts.month)-\(parts.day)"
            default: return ""
            }
        }
    }

    @Test func `no rows give no rows, one and none usable are refused`() throws {
        #expect(try days([]).isEmpty)
        for points in [[(0, 1.0)], [(0, .nan), (1, .nan)], [(0, 1), (1, .infinity)]] {
            let error = #expect(throws: DemetraError.self) { try days(points) }
            #expect(error?.sqlState == .invalidParameterValue)
        }
        #expect(try days([(0, 1), (1, 2)], [("horizon", .integer(3))]).count == 3)
    }

    @Test func `values that are no numbers are left out and counted`() throws {
        var points = (0..<60).map { ($0, Double(100 + $0 % 7)) }
        points[10].1 = .nan
        points[11].1 = .infinity
        let result = try days(points)
        #expect(result.count == 7)
        #expect(
            result[0]["notice"]?.string.contains("2 rows without a usable time or value") == true)
        #expect(result[0]["notice"]?.string.contains("2 missing steps filled") == true)
    }

    @Test func `negative spend is left out, negative profit is not`() throws {
        let rows = (0..<60).map { day -> [Value] in
            [
                .date(CalendarDate(days: Table.start + Int32(day))),
                .double(day == 5 ? -50 : 100 + Double(day % 7)),
            ]
        }
        func notice(_ name: String) throws -> String {
            let schema = Schema([
                Field(name: "ts", type: .date), Field(name: name, type: .double),
            ])
            return try Table.call(rows, schema: schema, [("value", .text(name))])[0]["notice"]?
                .string ?? ""
        }
        #expect(try notice("spend").contains("1 row with a negative value left out"))
        #expect(try !notice("profit").contains("negative"))
    }

    @Test func `duplicates are summed, or what agg says`() throws {
        let points = (0..<40).flatMap { [($0, 10.0), ($0, 30.0)] }
        #expect(try days(points)[0]["forecast"] == .double(40))
        #expect(try days(points, [("agg", .text("avg"))])[0]["forecast"] == .double(20))
        #expect(try days(points, [("agg", .text("max"))])[0]["forecast"] == .double(30))
    }

    @Test func `gaps are filled and told of`() throws {
        let points = (0..<80).filter { $0 % 10 != 3 }.map { ($0, 50.5) }
        let result = try days(points)
        #expect(result[0]["notice"] == .text("8 missing steps filled"))
        #expect(result[0]["forecast"] == .double(50.5))
        let zeros = try days(points, [("fill", .text("zero")), ("method", .text("ses"))])
        #expect((zeros[0]["forecast"]?.number ?? 99) < 50)
    }

    @Test func `months are counted by the calendar`() throws {
        let first = (0..<30).map { month in
            (
                Civil.days(year: 2022 + month / 12, month: month % 12 + 1, day: 1)
                    - Int(Table.start), Double(month % 12)
            )
        }
        #expect(dates(try days(first, [("horizon", .integer(2))])) == ["2024-7-1", "2024-8-1"])
        let last = (0..<26).map { month -> (Int, Double) in
            let (year, number) = (2022 + month / 12, month % 12 + 1)
            let day = Civil.daysInMonth(year: year, month: number)
            return (
                Civil.days(year: year, month: number, day: day) - Int(Table.start),
                Double(month % 5)
            )
        }
        #expect(dates(try days(last, [("horizon", .integer(2))])) == ["2024-3-31", "2024-4-30"])
        #expect(try days(first).count == 12)
    }

    @Test func `weeks keep their day`() throws {
        let points = (0..<60).map { (7 * $0, Double($0 % 3)) }
        let result = try days(points, [("horizon", .integer(1))])
        #expect(result[0]["ts"] == .date(CalendarDate(days: Table.start + 420)))
    }

    @Test func `irregular times are gathered, whatever they are`() throws {
        let seed = UInt64.random(in: 0..<1 << 40)
        var generator = SeededGenerator(seed: seed)
        var time: Int64 = 1_700_000_000_000_000
        let points = (0..<300).map { _ -> (Value, Double) in
            time += Int64(generator.uniform() * 7_200e6) + 1
            return (.timestamp(Timestamp(microseconds: time)), generator.uniform())
        }
        let result = try Table.call(
            Table.timed(points), schema: Table.timedSchema(.timestamp), [("horizon", .integer(5))])
        #expect(result.count == 5, "seed \(seed)")
        #expect(result[0]["notice"]?.string.contains("irregular times") == true, "seed \(seed)")
    }

    @Test func `days of a time zone stay days when the clocks change`() throws {
        guard let berlin = TimeZoneRules(posix: "CET-1CEST,M3.5.0,M10.5.0/3") else {
            Issue.record("the zone was not read")
            return
        }
        // Local midnights around the end of March 2024.
        let first = Civil.days(year: 2024, month: 3, day: 1)
        let points = (0..<30).map { day -> (Value, Double) in
            let local = Timestamp(microseconds: Int64(first + day) * Civil.microsecondsPerDay)
            return (.timestamptz(berlin.instant(local)), Double(day % 7))
        }
        let result = try Table.call(
            Table.timed(points), schema: Table.timedSchema(.timestamptz),
            [("horizon", .integer(3))],
            zone: berlin)
        for (step, row) in result.enumerated() {
            let local = Timestamp(microseconds: Int64(first + 30 + step) * Civil.microsecondsPerDay)
            #expect(row["ts"] == .timestamptz(berlin.instant(local)))
        }
    }

    @Test func `a horizon or a season beyond the history is answered`() throws {
        let points = (0..<10).map { ($0, Double($0)) }
        #expect(try days(points, [("horizon", .integer(500))]).count == 500)
        #expect(try days(points, [("season", .integer(365)), ("horizon", .integer(3))]).count == 3)
        #expect(try days(points, [("horizon", .integer(10_000))]).count == 10_000)
    }

    @Test func `the ends of time are NULL, not a crash`() throws {
        let points: [(Value, Double)] = (0..<5).map {
            (
                .timestamp(
                    Timestamp(
                        microseconds: 9_213_990_000_000_000_000 + Int64($0)
                            * Civil.microsecondsPerDay)), Double($0)
            )
        }
        let result = try Table.call(
            Table.timed(points), schema: Table.timedSchema(.timestamp),
            [("horizon", .integer(2_000))])
        #expect(result.count == 2_000 && result.last?["ts"] == .null)
        let far: [(Value, Double)] = [
            (.timestamp(Timestamp(microseconds: -200_000_000_000_000_000)), 1),
            (.timestamp(Timestamp(microseconds: 9_200_000_000_000_000_000)), 2),
        ]
        #expect(
            try Table.call(Table.timed(far), schema: Table.timedSchema(.timestamp)).isEmpty == false
        )
    }

    @Test func `ten thousand series are answered`() throws {
        let rows = (0..<10_000).flatMap { series in
            (0..<6).map { day -> [Value] in
                [
                    .text("s\(series)"), .date(CalendarDate(days: Table.start + Int32(day))),
                    .double(Double(series % 17 + day)), .null,
                ]
            }
        }
        let result = try Table.call(
            rows, [("series", .text("channel")), ("horizon", .integer(2))])
        #expect(result.count == 20_000)
        #expect(result.allSatisfy { $0["forecast"] != .null })
    }

    @Test func `series that stop are zero for what is counted and others go on`() throws {
        let names = ["a", "b"]
        let rows = Table.rows(names, days: 60).enumerated().filter { index, _ in index != 20 }
            .map(\.element)
        let result = try Table.call(rows, [("series", .text("channel")), ("horizon", .integer(1))])
        #expect(result[0]["notice"]?.string.contains("1 missing step filled") == true)
        #expect(result[1]["notice"] == .null)
    }
}
