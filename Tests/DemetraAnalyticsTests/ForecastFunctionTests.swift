import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Dispatch
import Testing

/// As many threads as the machine has, in whatever order it likes.
private struct DispatchWorkers: Workers {
    func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}

@Suite struct `FORECAST from SQL` {
    private typealias Table = ForecastTable
    private let channels = ["Email", "Search", "TikTok"]

    @Test func `gives each series its rows, in order, with the types of its columns`() throws {
        let rows = Table.rows(channels, days: 120)
        let result = try Table.call(
            rows, [("series", .text("channel")), ("horizon", .integer(7))])
        #expect(result.count == 21)
        #expect(
            result.map { $0["channel"]?.string ?? "" }
                == channels.flatMap { Array(repeating: $0, count: 7) })
        for (index, row) in result.enumerated() {
            let day = Table.start + 120 + Int32(index % 7)
            #expect(row["ts"] == .date(CalendarDate(days: day)))
            #expect(row["level"] == .double(0.9))
            let value = row["forecast"]?.number ?? .nan
            #expect(row["lower"]?.number ?? .nan <= value && value <= row["upper"]?.number ?? .nan)
        }
    }

    @Test func `a season is the horizon when none is given`() throws {
        #expect(try Table.call(Table.rows(["a"], days: 60)).count == 7)
    }

    @Test func `the order of rows and the number of threads change no bit`() throws {
        let rows = Table.rows((0..<40).map { "s\($0)" }, days: 90)
        let values: [(String, Value)] = [("series", .text("channel")), ("totals", .boolean(true))]
        let alone = try Table.call(rows, values)
        var generator = SeededGenerator(seed: 5)
        var shuffled = rows
        for index in shuffled.indices.reversed() {
            shuffled.swapAt(index, Int(generator.uniform() * Double(index + 1)))
        }
        #expect(try Table.call(shuffled, values) == alone)
        #expect(try Table.call(rows, values, workers: DispatchWorkers()) == alone)
    }

    @Test func `totals are the sums of their parts`() throws {
        let result = try Table.call(
            Table.rows(channels, days: 120),
            [("series", .text("channel")), ("horizon", .integer(14)), ("totals", .boolean(true))])
        #expect(result.count == 4 * 14)
        for step in 0..<14 {
            let day = Value.date(CalendarDate(days: Table.start + 120 + Int32(step)))
            let rows = result.filter { $0["ts"] == day }
            let parts = rows.filter { $0["channel"] != .null }.reduce(0) {
                $0 + ($1["forecast"]?.number ?? 0)
            }
            let total = rows.first { $0["channel"] == .null }
            #expect(abs((total?["forecast"]?.number ?? 0) - parts) < 1e-9 * parts)
            #expect(total?["notice"]?.string.contains("total of 3 series") == true)
        }
    }

    @Test func `two series columns have totals of both levels`() throws {
        let schema = Schema(
            [Field(name: "region", type: .integer)] + Table.schema.fields)
        let rows = [1, 2].flatMap { region in
            Table.rows(channels, days: 60, seed: UInt64(region)).map {
                [Value.integer(Int64(region))] + $0
            }
        }
        let result = try Table.call(
            rows, schema: schema,
            [
                ("series", .text("region, channel")), ("horizon", .integer(1)),
                ("totals", .boolean(true)),
            ])
        #expect(result.count == 6 + 2 + 1)
        func sum(_ isPart: ([String: Value]) -> Bool) -> Double {
            result.filter(isPart).reduce(0) { $0 + ($1["forecast"]?.number ?? 0) }
        }
        let leaves = sum { $0["channel"] != .null }
        let regions = sum { $0["channel"] == .null && $0["region"] != .null }
        let all = sum { $0["region"] == .null }
        #expect(abs(leaves - regions) < 1e-6 && abs(leaves - all) < 1e-6)
    }

    @Test func `a ratio is forecast by its parts`() throws {
        let result = try Table.call(
            Table.rows(["a"], days: 120),
            [("numerator", .text("y")), ("denominator", .text("views")), ("horizon", .integer(7))])
        #expect(result.count == 7)
        for row in result {
            #expect(abs((row["forecast"]?.number ?? .nan) - 0.01) < 0.001)
            #expect((row["lower"]?.number ?? .nan) > 0.005)
            #expect((row["upper"]?.number ?? .nan) < 0.015)
        }
    }

    @Test func `a denominator of nothing but zeros gives NULL and says why`() throws {
        let rows = Table.rows(["a"], days: 60).map { Array($0.dropLast()) + [.double(0)] }
        let result = try Table.call(
            rows, [("numerator", .text("y")), ("denominator", .text("views"))])
        #expect(result.allSatisfy { $0["forecast"] == .null })
        #expect(result.first?["notice"]?.string.contains("denominator is 0") == true)
    }

    @Test func `the back-test gives rows of the past`() throws {
        let result = try Table.call(
            Table.rows(["a"], days: 100), [("horizon", .integer(7)), ("backtest", .boolean(true))])
        #expect(result.count == 6 * 7)
        for row in result {
            guard case .date(let date) = row["ts"] else {
                Issue.record("no date")
                return
            }
            #expect(date.days < Table.start + 100 && date.days >= Table.start + 30)
        }
        #expect(result.first?["notice"] == .text("back-test 1 of 6"))
    }

    @Test func `holidays are a table`() throws {
        let days: [Int32] = [30, 65, 100]
        var rows = Table.rows(["a"], days: 120)
        for day in days { rows[Int(day)][2] = .double(900) }
        let dates = (days + [122]).map {
            [Value.date(CalendarDate(days: Table.start + $0)), .text("sale")]
        }
        let with = try Table.call(rows, [], holidays: dates)
        let without = try Table.call(rows)
        #expect((with[2]["forecast"]?.number ?? 0) > (without[2]["forecast"]?.number ?? 0) + 150)
    }

    @Test func `one bad series leaves the others, or ends the call when asked`() throws {
        let rows = Table.rows(["good"], days: 60) + Table.rows(["tiktok"], days: 1)
        let values: [(String, Value)] = [("series", .text("channel"))]
        let result = try Table.call(rows, values)
        #expect(result.count == 8)
        #expect(result.last?["forecast"] == .null && result.last?["ts"] == .null)
        let message = "series 'tiktok' has 1 row, FORECAST needs at least 2"
        #expect(result.last?["notice"] == .text(message))
        let error = #expect(throws: DemetraError.self) {
            try Table.call(rows, values + [("on_error", .text("abort"))])
        }
        #expect(error?.sqlState == .invalidParameterValue && error?.message == message)
    }

    @Test func `spellings that differ in case alone are told of and not merged`() throws {
        let notices = NoticeBoard()
        let rows = Table.rows(["Facebook Ads", "facebook ads"], days: 30)
        let result = try Table.call(
            rows, [("series", .text("channel")), ("horizon", .integer(1))], notices: notices)
        #expect(result.count == 2)
        #expect(notices.take().contains { $0.message.contains("differ in case alone") })
    }

    @Test func `wrong arguments are refused with their state`() {
        func state(_ values: [(String, Value)]) -> SQLState? {
            do {
                _ = try Table.call(Table.rows(["a"], days: 20), values)
                return nil
            } catch { return error.sqlState }
        }
        #expect(state([("value", .text("clicks"))]) == .undefinedColumn)
        #expect(state([("series", .text("chanel"))]) == .undefinedColumn)
        #expect(state([("ts", .text("day"))]) == .undefinedColumn)
        #expect(state([("value", .text("channel"))]) == .datatypeMismatch)
        #expect(state([("ts", .text("channel"))]) == .datatypeMismatch)
        for horizon in [0, -1, 10_001] {
            #expect(state([("horizon", .integer(Int64(horizon)))]) == .invalidParameterValue)
        }
        #expect(state([("horizon", .null)]) == .invalidParameterValue)
        #expect(state([("level", .double(1))]) == .invalidParameterValue)
        #expect(state([("level", .double(.nan))]) == .invalidParameterValue)
        #expect(state([("method", .text("magic"))]) == .invalidParameterValue)
        #expect(state([("freq", .text("fortnight"))]) == .invalidParameterValue)
        #expect(state([("freq", .text("hour"))]) == .invalidParameterValue)
        #expect(state([("season", .integer(0))]) == .invalidParameterValue)
        #expect(state([("agg", .text("median"))]) == .invalidParameterValue)
        #expect(state([("fill", .text("guess"))]) == .invalidParameterValue)
        #expect(state([("on_error", .text("ignore"))]) == .invalidParameterValue)
        #expect(state([("numerator", .text("y"))]) == .invalidParameterValue)
        #expect(state([("colour", .text("red"))]) == .undefinedFunction)
    }

    @Test func `a raised flag stops the call`() {
        let flag = CancellationFlag()
        flag.cancel()
        let error = #expect(throws: DemetraError.self) {
            try Table.call(Table.rows(["a"], days: 60), cancellation: flag)
        }
        #expect(error?.sqlState == .queryCanceled)
    }
}
