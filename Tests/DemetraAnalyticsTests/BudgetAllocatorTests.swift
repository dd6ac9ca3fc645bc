import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `Allocating a budget` {
    private typealias Simulation = CampaignSimulation
    private let function = AllocateBudgetFunction.function

    private func allocate(
        _ rows: [[Value]], schema: Schema = CampaignSimulation.schema, budget: Double,
        _ values: [(String, Value)] = [], bounds: [[Value]]? = nil
    ) throws(DemetraError) -> [[String: Value]] {
        try Simulation.call(
            function, rows, schema: schema, [("budget", .double(budget))] + values, bounds: bounds)
    }

    private func cents(_ rows: [[String: Value]], _ column: String = "recommended_spend") -> Int {
        rows.reduce(0) { $0 + Int((($1[column]?.number ?? 0) * 100).rounded()) }
    }

    @Test(arguments: [700.0, 1_234.57, 0.99, 250.01, 3_000])
    func `recommended spends sum to the budget to the cent`(budget: Double) throws {
        let rows = try allocate(Simulation.attributed(days: 60), budget: budget)
        #expect(rows.count == 3)
        let sum = rows.reduce(0) { $0 + ($1["recommended_spend"]?.number ?? .nan) }
        #expect(abs(sum - budget) < 0.005)
        if budget >= 1 { #expect(cents(rows) == Int((budget * 100).rounded())) }
    }

    @Test func `every recommendation lies within its bounds`() throws {
        let bounds: [[Value]] = [
            [.text("email"), .double(50), .double(120)],
            [.text("facebook"), .double(100), .double(100)],
            [.text("tiktok"), .double(0), .null],
        ]
        let rows = try allocate(Simulation.attributed(days: 60), budget: 700, bounds: bounds)
        let spend = rows.map { $0["recommended_spend"]?.number ?? .nan }
        #expect(rows.map { $0["channel"]?.string } == ["email", "facebook", "tiktok"])
        #expect(spend[0] >= 50 && spend[0] <= 120)
        #expect(spend[1] == 100)
        #expect(rows[1]["reason"]?.string.contains("held at 100") == true)
        #expect(cents(rows) == 70_000)
    }

    @Test func `without bounds no channel changes by more than half`() throws {
        let rows = try allocate(Simulation.attributed(days: 90), budget: 700)
        for row in rows {
            let current = row["current_spend"]?.number ?? .nan
            let share = current / rows.reduce(0) { $0 + ($1["current_spend"]?.number ?? 0) } * 700
            let recommended = row["recommended_spend"]?.number ?? .nan
            #expect(recommended >= share * 0.5 - 0.02 && recommended <= share * 1.5 + 0.02)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `the split beats the present mix on concave channels`(seed: UInt64) throws {
        let rows = try allocate(
            Simulation.attributed(days: 120, seed: seed), budget: 700,
            [("max_change", .integer(2))])
        var (before, after) = (0.0, 0.0)
        let total = rows.reduce(0) { $0 + ($1["current_spend"]?.number ?? 0) }
        for row in rows {
            let name = row["channel"]?.string ?? ""
            let share = (row["current_spend"]?.number ?? 0) / total * 700
            before += Simulation.response(name, share)
            after += Simulation.response(name, row["recommended_spend"]?.number ?? 0)
        }
        #expect(after > before * 1.05)
    }

    @Test func `the order of rows and a repeated run change nothing`() throws {
        let rows = Simulation.attributed(days: 50)
        var generator = SeededGenerator(seed: 9)
        let first = try allocate(rows, budget: 700)
        let again = try allocate(rows, budget: 700)
        let mixed = try allocate(rows.shuffled(using: &generator), budget: 700)
        #expect(first == again)
        #expect(first == mixed)
    }

    @Test func `the output has the documented columns in order`() {
        #expect(
            AllocateBudgetFunction.schema.fields.map(\.name) == [
                "channel", "current_spend", "recommended_spend", "change", "change_pct",
                "current_response", "expected_response", "lower", "upper", "marginal_roi",
                "p_improve", "evidence", "binding", "reason",
            ])
    }

    @Test func `intervals hold the expected response and widen with the level`() throws {
        let rows = Simulation.attributed(days: 60)
        let narrow = try allocate(rows, budget: 700, [("level", .double(0.5))])
        let wide = try allocate(rows, budget: 700, [("level", .double(0.95))])
        for (left, right) in zip(narrow, wide) {
            let (a, b) = (left["lower"]?.number ?? .nan, left["upper"]?.number ?? .nan)
            let (c, d) = (right["lower"]?.number ?? .nan, right["upper"]?.number ?? .nan)
            #expect(a <= b && c <= a && b <= d)
        }
    }

    @Test func `a total row adds the channels up`() throws {
        let rows = try allocate(
            Simulation.attributed(days: 40), budget: 700, [("totals", .boolean(true))])
        #expect(rows.last?["channel"] == .text("TOTAL"))
        #expect(rows.last?["recommended_spend"]?.number == 700)
    }

    @Test func `a target return may leave money over and says so`() throws {
        let rows = try allocate(
            Simulation.attributed(days: 60), budget: 5_000,
            [("target_roi", .double(1)), ("max_change", .integer(10))])
        let sum = rows.reduce(0) { $0 + ($1["recommended_spend"]?.number ?? .nan) }
        #expect(sum < 4_999)
        #expect(rows.allSatisfy { $0["reason"]?.string.contains("of the budget is left") == true })
    }

    @Test func `weekly amounts of daily rows are seven times the daily ones`() throws {
        let rows = Simulation.attributed(days: 60)
        let daily = try allocate(rows, budget: 700)
        let weekly = try allocate(rows, budget: 4_900, [("per", .text("week"))])
        for (left, right) in zip(daily, weekly) {
            let (a, b) = (left["current_spend"]?.number ?? .nan, right["current_spend"]?.number)
            #expect(abs(a * 7 - (b ?? .nan)) < 1e-6 * a)
        }
        #expect(cents(weekly) == 490_000)
    }
}
