import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `Testing budgets on the past` {
    private typealias Simulation = CampaignSimulation
    private let call = SpendCall(BacktestBudgetFunction.function)

    private func isTotal(_ row: [String: Value]) -> Bool { row["channel"] == .text("TOTAL") }

    @Test func `tests follow each other in the second half, and spend what was spent`() throws {
        let rows = try call.rows(Simulation.attributed(days: 80))
        #expect(rows.count == 3 * 4 + 1)
        let totals = rows.filter(isTotal)
        #expect(
            totals.map { $0["test"] } == [.integer(1), .integer(2), .integer(3), .null])
        let start = 19_000
        func date(_ day: Int) -> Value { .date(CalendarDate(days: Int32(start + day))) }
        #expect(totals.map { $0["test_start"] } == [date(40), date(50), date(60), date(40)])
        #expect(totals.map { $0["test_end"] } == [date(49), date(59), date(79), date(79)])
        for row in totals {
            let (a, b) = (row["actual_spend"]?.number ?? 0, row["allocated_spend"]?.number ?? 1)
            #expect(abs(a - b) < 0.02)
            let gain = row["gain"]?.number ?? .nan
            #expect(row["lower"]?.number ?? .nan <= gain && gain <= row["upper"]?.number ?? .nan)
        }
        let pooled = try #require(totals.last)
        #expect(pooled["notice"]?.string.contains("a gain of 25 % was") == true)
        #expect(pooled["p_gain_25"]?.number ?? -1 >= pooled["p_gain_40"]?.number ?? 2)
    }

    @Test func `an allocation knows nothing of its test, and a judge just demand from before it`()
        throws
    {
        let history = Simulation.attributed(days: 80)
        func changed(_ days: Range<Int>) -> [[Value]] {
            history.enumerated().map { index, row in
                days.contains(index / 3) && row[1] == .text("email")
                    ? [row[0], row[1], row[2], .double(9 * row[3].number)] : row
            }
        }
        func first(_ rows: [[Value]]) throws -> [[String: Value]] {
            try call.rows(rows).filter { $0["test"] == .integer(1) && !isTotal($0) }
        }
        let plain = try first(history)
        let later = try first(changed(40..<80))
        let earlier = try first(changed(0..<40))
        #expect(plain.map { $0["allocated_spend"] } == later.map { $0["allocated_spend"] })
        #expect(plain.map { $0["promised_gain"] } == later.map { $0["promised_gain"] })
        #expect(plain.map { $0["actual_response"] } != later.map { $0["actual_response"] })
        // One channel's past is not demand: all responses move a little, and alike.
        let levels = zip(plain, earlier).map { before, after in
            (after["actual_response"]?.number ?? .nan) / (before["actual_response"]?.number ?? .nan)
        }
        let level = try #require(levels.first)
        #expect(level > 0.9 && level < 1.1, "\(level)")
        for other in levels { #expect(abs(other / level - 1) < 1e-9) }
        #expect(plain.map { $0["allocated_spend"] } != earlier.map { $0["allocated_spend"] })
    }

    @Test func `the stated gain is right on average, and its interval holds most true ones`() throws
    {
        var (inside, count, stated, truth) = (0, 0, 0.0, 0.0)
        for seed in 1...15 as ClosedRange<UInt64> {
            let rows = try call.rows(Simulation.attributed(days: 160, seed: seed))
            for test in 1...3 {
                let parts = rows.filter { $0["test"] == .integer(Int64(test)) }
                var gain = 0.0
                for row in parts where !isTotal(row) {
                    let name = row["channel"]?.string ?? ""
                    gain += Simulation.response(name, row["allocated_spend"]?.number ?? .nan)
                    gain -= Simulation.response(name, row["actual_spend"]?.number ?? .nan)
                }
                let total = try #require(parts.first(where: isTotal))
                count += 1
                stated += total["gain"]?.number ?? .nan
                truth += gain
                if total["lower"]?.number ?? .nan <= gain, gain <= total["upper"]?.number ?? .nan {
                    inside += 1
                }
            }
        }
        #expect(truth > 0)
        // Fewer than the level says: three channels tell little of the demand they share.
        #expect(Double(inside) / Double(count) >= 0.7, "\(inside) of \(count)")
        // Honest on average, too.
        #expect(stated > 0.75 * truth && stated < 1.25 * truth, "\(stated) against \(truth)")
    }

    @Test func `the order of rows and the number of threads change nothing`() throws {
        let history = Simulation.attributed(days: 40)
        var generator = SeededGenerator(seed: 6)
        var threaded = call
        threaded.workers = ManyWorkers()
        #expect(
            try call.rows(history) == threaded.rows(history.shuffled(using: &generator)))
    }

    @Test func `short, empty, silent and extreme histories survive`() throws {
        #expect(try call.rows([]).isEmpty)
        let short = call.failure(Simulation.attributed(days: 7))
        #expect(short?.sqlState == .invalidParameterValue)
        #expect(short?.message.contains("at least 8 periods") == true)
        let least = try call.rows(Simulation.attributed(days: 8), [("tests", .integer(50))])
        #expect(least.filter(isTotal).count == 4)
        let silent = Simulation.attributed(days: 20).map { row in
            [row[0], row[1], .double(0), .double(1)] as [Value]
        }
        let total = try #require(try call.rows(silent).last)
        #expect(total["gain"]?.number == 0)
        #expect(total["gain_pct"] == .null)
        let unknown = Simulation.attributed(days: 20).map { row in
            [row[0], row[1], row[2], .null] as [Value]
        }
        #expect(try call.rows(unknown).last?["gain_pct"] == .null)
        for scale in [1e-9, 1e12] {
            let scaled = Simulation.attributed(days: 30).map { row in
                [row[0], row[1], .double(row[2].number * scale), .double(row[3].number * scale)]
            }
            #expect(try call.rows(scaled).last?["gain_pct"]?.number.isFinite == true)
        }
        let one = Simulation.attributed(days: 20).filter { $0[1] == .text("email") }
        #expect(abs(try call.rows(one).last?["gain_pct"]?.number ?? .nan) < 0.1)
    }

    @Test func `a raised flag stops the work, and bad arguments are refused`() {
        let stopped = call
        stopped.cancellation.cancel()
        let history = Simulation.attributed(days: 40)
        #expect(stopped.failure(history)?.sqlState == .queryCanceled)
        #expect(call.failure(history, [("tests", .integer(0))])?.sqlState == .invalidParameterValue)
        let misspelt = call.failure(history, [("test", .integer(2))])
        #expect(misspelt?.sqlState == .undefinedFunction)
        #expect(misspelt?.hint?.contains("tests") == true)
    }
}
