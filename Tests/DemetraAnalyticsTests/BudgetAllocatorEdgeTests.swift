import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `Edge cases of a budget` {
    private typealias Simulation = CampaignSimulation
    private let function = AllocateBudgetFunction.function

    private func allocate(
        _ rows: [[Value]], schema: Schema = CampaignSimulation.schema, budget: Value,
        _ values: [(String, Value)] = [], bounds: [[Value]]? = nil
    ) throws(DemetraError) -> [[String: Value]] {
        try Simulation.call(
            function, rows, schema: schema, [("budget", budget)] + values, bounds: bounds)
    }

    private func failure(
        _ rows: [[Value]] = CampaignSimulation.attributed(days: 20), budget: Value = .integer(700),
        _ values: [(String, Value)] = [], bounds: [[Value]]? = nil
    ) -> DemetraError? {
        do {
            _ = try allocate(rows, budget: budget, values, bounds: bounds)
            return nil
        } catch { return error }
    }

    @Test func `infeasible minimums name both sums`() {
        let bounds: [[Value]] = [
            [.text("email"), .double(600), .null], [.text("tiktok"), .double(600), .null],
        ]
        let error = failure(budget: .integer(1_000), bounds: bounds)
        #expect(error?.sqlState == .invalidParameterValue)
        #expect(error?.message == "minimum spends sum to 1200, above the budget 1000")
    }

    @Test(arguments: [Value.null, .double(-1), .double(.nan), .double(.infinity)])
    func `a budget that is no amount is refused`(budget: Value) {
        #expect(failure(budget: budget)?.sqlState == .invalidParameterValue)
    }

    @Test func `a level out of range is refused`() {
        for level in [0.4, 1, 2] {
            let error = failure([], budget: .integer(1), [("level", .double(level))])
            #expect(error?.sqlState == .invalidParameterValue)
        }
    }

    @Test func `an unknown column suggests the nearest`() {
        let error = failure(budget: .integer(700), [("outcome", .text("revenu"))])
        #expect(error?.sqlState == .undefinedColumn)
        #expect(error?.hint?.contains("revenue") == true)
    }

    @Test func `an unknown argument suggests the nearest`() {
        let error = failure(budget: .integer(700), [("max_chang", .double(1))])
        #expect(error?.sqlState == .undefinedFunction)
        #expect(error?.hint?.contains("max_change") == true)
    }

    @Test func `a text column as spend is a type error`() {
        let error = failure(budget: .integer(700), [("spend", .text("channel"))])
        #expect(error?.sqlState == .datatypeMismatch)
    }

    @Test func `an empty relation gives no rows`() throws {
        #expect(try allocate([], budget: .integer(700)).isEmpty)
    }

    @Test func `one period is too little`() {
        let error = failure(Simulation.attributed(days: 1))
        #expect(error?.sqlState == .invalidParameterValue)
        #expect(error?.message.contains("at least 2 periods") == true)
    }

    @Test func `a budget of zero recommends nothing`() throws {
        let rows = try allocate(Simulation.attributed(days: 20), budget: .integer(0))
        #expect(rows.allSatisfy { $0["recommended_spend"]?.number == 0 })
    }

    @Test func `one channel gets the whole budget`() throws {
        let rows = Simulation.attributed(days: 20).filter { $0[1] == .text("email") }
        let result = try allocate(rows, budget: .integer(150))
        #expect(result.count == 1)
        #expect(result.first?["recommended_spend"]?.number == 150)
    }

    @Test func `negative spends and infinities are left out`() throws {
        var rows = Simulation.attributed(days: 30)
        let clean = try allocate(rows, budget: .integer(700))
        rows.append([
            .date(CalendarDate(days: 19_003)), .text("email"), .double(-500), .double(1),
        ])
        rows.append([
            .date(CalendarDate(days: 19_004)), .text("email"), .double(.infinity), .double(1),
        ])
        rows.append([.null, .text("email"), .double(1), .double(1)])
        #expect(try allocate(rows, budget: .integer(700)) == clean)
    }

    @Test func `a channel that never spent stays where its bounds hold it`() throws {
        var rows = Simulation.attributed(days: 30)
        for day in 0..<30 {
            rows.append([
                .date(CalendarDate(days: Int32(19_000 + day))), .text("radio"), .double(0),
                .double(0),
            ])
        }
        let result = try allocate(rows, budget: .integer(700))
        let radio = try #require(result.first { $0["channel"] == .text("radio") })
        #expect(radio["recommended_spend"]?.number == 0)
        #expect(radio["evidence"] == .text("none"))
    }

    @Test func `minimums that equal maximums fix every channel`() throws {
        let bounds: [[Value]] = [
            [.text("email"), .double(100), .double(100)],
            [.text("facebook"), .double(200), .double(200)],
            [.text("tiktok"), .double(300), .double(300)],
        ]
        let rows = try allocate(
            Simulation.attributed(days: 20), budget: .integer(700), bounds: bounds)
        #expect(rows.map { $0["recommended_spend"]?.number } == [100, 200, 300])
        #expect(rows.allSatisfy { $0["reason"]?.string.contains("100 of the budget") == true })
    }

    @Test(arguments: [1e-9, 1e12])
    func `huge and tiny amounts work`(scale: Double) throws {
        let rows = Simulation.attributed(days: 30).map { row in
            [row[0], row[1], .double(row[2].number * scale), .double(row[3].number * scale)]
        }
        let result = try allocate(rows, budget: .double(700 * scale))
        let sum = result.reduce(0) { $0 + ($1["recommended_spend"]?.number ?? .nan) }
        #expect(abs(sum - 700 * scale) < 1e-6 * 700 * scale)
    }

    @Test func `a raised flag stops the work`() {
        let flag = CancellationFlag()
        flag.cancel()
        #expect(throws: DemetraError.self) {
            try Simulation.call(
                function, Simulation.attributed(days: 20), [("budget", .integer(700))],
                cancellation: flag)
        }
    }

    @Test func `channels of a wide table lose the common prefix and keep the mix without evidence`()
        throws
    {
        let schema = Schema([
            Field(name: "date", type: .date), Field(name: "spend_tv", type: .double),
            Field(name: "spend_radio", type: .double), Field(name: "revenue", type: .double),
        ])
        let rows: [[Value]] = (0..<60).map { week in
            [
                .date(CalendarDate(days: Int32(19_000 + 7 * week))), .double(100), .double(300),
                .double(1_000 + Double(week % 3)),
            ]
        }
        let result = try allocate(
            rows, schema: schema, budget: .integer(400), [("spend", .text("spend_%"))])
        #expect(result.map { $0["channel"]?.string } == ["radio", "tv"])
        #expect(result.map { $0["evidence"]?.string } == ["none", "none"])
        #expect(result.map { $0["recommended_spend"]?.number } == [300, 100])
    }
}
