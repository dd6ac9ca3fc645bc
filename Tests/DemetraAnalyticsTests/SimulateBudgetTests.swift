import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `Simulating a budget` {
    private typealias Simulation = CampaignSimulation
    private let call = SpendCall(SimulateBudgetFunction.function)

    private func spends(_ rows: [[String: Value]], _ column: String) -> [(String?, Value)] {
        rows.filter { $0["channel"] != .text("TOTAL") }.map {
            ($0["channel"]?.string, $0[column] ?? .null)
        }
    }

    @Test func `a recommended split is expected to bring what was said when it was recommended`()
        throws
    {
        let history = Simulation.attributed(days: 90)
        let present = try call.rows(history, spends: [])
        let budget = try #require(present.last?["current_spend"]?.number)
        let advice = try SpendCall(AllocateBudgetFunction.function).rows(
            history, [("budget", .double(budget))])
        let simulated = try call.rows(history, spends: spends(advice, "recommended_spend"))
        #expect(simulated.count == 4)
        for (left, right) in zip(advice, simulated) {
            #expect(left["recommended_spend"] == right["spend"])
            for column in ["current_spend", "current_response", "evidence"] {
                #expect(left[column] == right[column])
            }
            for column in ["expected_response", "lower", "upper", "marginal_roi"] {
                let (a, b) = (left[column]?.number ?? .nan, right[column]?.number ?? .nan)
                #expect(abs(a - b) <= 1e-9 * abs(a), "\(column)")
            }
            let (a, b) = (left["p_improve"]?.number ?? .nan, right["p_improve"]?.number ?? .nan)
            #expect(abs(a - b) < 0.01)
        }
    }

    @Test func `the present mix gains nothing, and more money in it neither wins nor loses`()
        throws
    {
        let history = Simulation.attributed(days: 60)
        let present = try call.rows(history, spends: [])
        for row in present {
            #expect(row["gain"]?.number == 0)
            #expect(row["change"]?.number == 0)
            #expect(row["p_improve"]?.number == 0.5)
            #expect(row["p_profit"]?.number == 0.5)
        }
        let twice = spends(present, "current_spend").map { ($0.0, Value.double(2 * $0.1.number)) }
        let total = try #require(try call.rows(history, spends: twice).last)
        #expect(total["channel"] == .text("TOTAL"))
        #expect(total["gain"]?.number ?? 0 > 0)
        #expect(total["p_improve"]?.number == 0.5)
    }

    @Test func `channels left out keep their present spend and say so`() throws {
        let rows = try call.rows(
            Simulation.attributed(days: 60), spends: [("email", .double(150)), ("tiktok", .null)])
        #expect(rows.map { $0["channel"]?.string } == ["email", "facebook", "tiktok", "TOTAL"])
        #expect(rows[0]["spend"]?.number == 150)
        #expect(rows[0]["notice"] == .null)
        for row in rows[1...2] {
            #expect(row["spend"] == row["current_spend"])
            #expect(row["notice"]?.string.contains("keeps its present spend") == true)
        }
        let sum = rows.prefix(3).reduce(0) { $0 + ($1["expected_response"]?.number ?? .nan) }
        #expect(abs(sum - (rows[3]["expected_response"]?.number ?? .nan)) < 1e-6)
    }

    @Test func `names that no row has, names given twice and negative money are refused`() {
        let history = Simulation.attributed(days: 20)
        let unknown = call.failure(history, spends: [("emial", .double(1))])
        #expect(unknown?.sqlState == .invalidParameterValue)
        #expect(unknown?.message.contains("\"emial\"") == true)
        #expect(unknown?.hint?.contains("\"email\"") == true)
        let twice = call.failure(history, spends: [("email", .double(1)), ("email", .double(2))])
        #expect(twice?.sqlState == .invalidParameterValue)
        let negative = call.failure(history, spends: [("email", .double(-1))])
        #expect(negative?.sqlState == .invalidParameterValue)
        #expect(call.failure(history)?.sqlState == .undefinedFunction)
        let level = call.failure(history, [("level", .double(1))], spends: [])
        #expect(level?.sqlState == .invalidParameterValue)
    }

    @Test func `a spend beyond anything seen is simulated and called extrapolated`() throws {
        let rows = try call.rows(
            Simulation.attributed(days: 60), spends: [("email", .double(1e5))])
        #expect(rows[0]["notice"]?.string.contains("above the largest spend seen") == true)
        let response = rows[0]["expected_response"]?.number ?? .nan
        #expect(response.isFinite && response > rows[0]["current_response"]?.number ?? .nan)
    }

    @Test func `intervals cover the true response of moderate changes`() throws {
        var (inside, count) = (0, 0)
        for seed in 1...15 as ClosedRange<UInt64> {
            let proposal: [(String?, Value)] = [
                ("email", .double(140)), ("facebook", .double(280)), ("tiktok", .double(280)),
            ]
            let rows = try call.rows(
                Simulation.attributed(days: 120, seed: seed), [("totals", .boolean(false))],
                spends: proposal)
            #expect(rows.count == 3)
            for row in rows {
                let truth = Simulation.response(
                    row["channel"]?.string ?? "", row["spend"]?.number ?? .nan)
                count += 1
                if row["lower"]?.number ?? .nan <= truth, truth <= row["upper"]?.number ?? .nan {
                    inside += 1
                }
            }
        }
        #expect(Double(inside) / Double(count) >= 0.8)
    }

    @Test func `the order of rows and the number of threads change nothing`() throws {
        let history = Simulation.attributed(days: 50)
        var generator = SeededGenerator(seed: 4)
        let proposal: [(String?, Value)] = [("email", .double(10)), ("tiktok", .double(500))]
        let first = try call.rows(history, spends: proposal)
        var threaded = call
        threaded.workers = ManyWorkers()
        let mixed = try threaded.rows(
            history.shuffled(using: &generator), spends: proposal.reversed())
        #expect(first == mixed)
    }

    @Test func `amounts of a week are seven times those of a day`() throws {
        let history = Simulation.attributed(days: 60)
        let day = try call.rows(history, spends: [("email", .double(100))])
        let week = try call.rows(
            history, [("per", .text("week"))], spends: [("email", .double(700))])
        for (left, right) in zip(day, week) {
            for column in ["spend", "current_spend", "expected_response", "lower", "gain"] {
                let (a, b) = (left[column]?.number ?? .nan, right[column]?.number ?? .nan)
                #expect(abs(7 * a - b) <= 1e-9 * abs(b), "\(column)")
            }
            #expect(left["p_improve"] == right["p_improve"])
        }
    }

    @Test func `empty, short, odd and extreme histories survive`() throws {
        #expect(try call.rows([], spends: [("email", .double(1))]).isEmpty)
        let short = call.failure(Simulation.attributed(days: 1), spends: [])
        #expect(short?.sqlState == .invalidParameterValue)
        #expect(short?.message.hasPrefix("SIMULATE_BUDGET needs at least 2 periods") == true)
        var odd = Simulation.attributed(days: 30)
        odd.append([.null, .text("email"), .double(1), .double(1)])
        odd.append([.date(CalendarDate(days: 19_003)), .text("email"), .double(-5), .double(1)])
        odd.append([.date(CalendarDate(days: 19_003)), .null, .double(.infinity), .double(.nan)])
        for day in 0..<30 {
            let date = CalendarDate(days: Int32(19_000 + day))
            odd.append([.date(date), .text("radio"), .double(0), .null])
        }
        let rows = try call.rows(
            odd, spends: [("radio", .double(50)), (nil, .double(3)), ("email", .double(.nan))])
        let radio = try #require(rows.first { $0["channel"] == .text("radio") })
        #expect(radio["expected_response"]?.number == 0)
        #expect(radio["evidence"] == .text("none"))
        #expect(radio["notice"]?.string.contains("never spent") == true)
        #expect(rows.last?["notice"]?.string.contains("3 rows were left out") == true)
        for scale in [1e-9, 1e12] {
            let scaled = Simulation.attributed(days: 30).map { row in
                [row[0], row[1], .double(row[2].number * scale), .double(row[3].number * scale)]
            }
            let total = try #require(
                try call.rows(scaled, spends: [("email", .double(150 * scale))]).last)
            #expect(total["expected_response"]?.number.isFinite == true)
            #expect(total["p_improve"]?.number.isFinite == true)
        }
    }

    @Test func `a raised flag stops the work`() {
        let stopped = call
        stopped.cancellation.cancel()
        let error = stopped.failure(Simulation.attributed(days: 60), spends: [])
        #expect(error?.sqlState == .queryCanceled)
    }

    @Test func `one total outcome of many channels is simulated too`() throws {
        var wide = call
        wide.schema = Schema([
            Field(name: "date", type: .date), Field(name: "spend_tv", type: .double),
            Field(name: "spend_radio", type: .double), Field(name: "revenue", type: .double),
        ])
        var generator = SeededGenerator(seed: 8)
        let history = (0..<60).map { week -> [Value] in
            let (tv, radio) = (50 + 100 * generator.uniform(), 100 + 300 * generator.uniform())
            return [
                .date(CalendarDate(days: Int32(19_000 + 7 * week))), .double(tv), .double(radio),
                .double(500 + 3 * tv + 0.2 * radio + 10 * generator.normal()),
            ]
        }
        let rows = try wide.rows(
            history, [("spend", .text("spend_%"))],
            spends: [("tv", .double(140)), ("radio", .double(200))])
        #expect(rows.map { $0["channel"]?.string } == ["radio", "tv", "TOTAL"])
        #expect(rows[1]["gain"]?.number ?? 0 > 0)
        let prefixed = wide.failure(
            history, [("spend", .text("spend_%"))], spends: [("spend_tv", .double(1))])
        #expect(prefixed?.sqlState == .invalidParameterValue)
    }
}
