import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

/// How far a budget moves, and what one outcome of all channels tells of each.
@Suite struct `Learning and daring with budgets` {
    /// Channels that return `factor` times their spend in each draw, next to spends of 100 that may change by half.
    private func allocation(_ factors: [[Double]]) throws -> BudgetAllocation {
        let channels = ["a", "b", "c"].prefix(factors.count).map { $0 }
        let spend = channels.map { _ in [100.0, 100, 100, 100] }
        let history = SpendHistory(
            channels: channels, spend: spend, outcome: .total([1, 2, 3, 4]), periodDays: 7)
        let problem = BudgetProblem(
            budget: 100 * Double(channels.count), current: channels.map { _ in 100 },
            minimum: channels.map { _ in 50 }, maximum: channels.map { _ in 150 })
        // Far below half saturation a curve is a straight line.
        let posteriors = factors.map { draws in
            ChannelPosterior(
                draws.map {
                    ResponseCurve(maximum: $0 * 1e9, logHalfSaturation: 20.723, slope: 1)
                }, evidence: .strong)
        }
        return try BudgetAllocator(
            history: history, problem: problem, cancellation: CancellationFlag()
        ).allocate(posteriors)
    }

    @Test func `a great chance that is not sure enough gives way to a small one that is`() throws {
        let sure = [Double](repeating: 1.2, count: 8)
        let dull = [Double](repeating: 1, count: 8)
        let split = try allocation([[3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 0, 0], dull, sure])
        #expect(split.rows.map { $0.recommendedSpend.rounded() } == [100, 50, 150])
        #expect(split.rows[0].improvement == 1)
    }

    @Test func `a chance that is not sure enough moves nothing where no other is`() throws {
        let dull = [Double](repeating: 1, count: 8)
        let split = try allocation([[3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 0, 0], dull])
        #expect(split.rows.map(\.recommendedSpend) == [100, 100])
        #expect(split.rows[0].improvement == 0.5)
    }

    @Test func `late effects are strongest after their delay, and weigh one together`() {
        let late = AdstockKernel(retention: 0.5, lagCount: 8, delay: 3).weights
        #expect(abs(late.reduce(0, +) - 1) < 1e-12)
        #expect(late.firstIndex(of: late.max() ?? 0) == 3)
        #expect(abs(late[2] - late[4]) < 1e-12 && late[2] < late[3])
        #expect(AdstockKernel(retention: 0, lagCount: 4, delay: 2).weights == [0, 0, 1, 0])
    }

    /// Days of two channels, the first of which acts three days later, and the second not at all.
    private func lateHistory(seed: UInt64) -> SpendHistory {
        var generator = SeededGenerator(seed: seed)
        let days = 200
        let spend = (0..<2).map { _ in
            (0..<days).map { _ in 100 * (0.2 + 1.6 * generator.uniform()) }
        }
        let outcome = (0..<days).map { day in
            1_000 + 200 * spend[0][max(day - 3, 0)] / (100 + spend[0][max(day - 3, 0)])
                + 5 * generator.normal()
        }
        return SpendHistory(
            channels: ["late", "none"], spend: spend, outcome: .total(outcome),
            weekdays: (0..<days).map { $0 % 7 }, periodDays: 1)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `an effect that comes days later is found, and its size`(seed: UInt64) throws {
        let found = try ResponsePosteriors.channels(
            lateHistory(seed: seed), seed: 42, cancellation: CancellationFlag())
        let gain = found[0].mean(at: 150) - found[0].mean(at: 50)
        let truth = 200 * (150.0 / 250 - 50.0 / 150)
        #expect(abs(gain - truth) < 0.2 * truth, "seed \(seed): \(gain) instead of \(truth)")
        let nothing = found[1].mean(at: 150) - found[1].mean(at: 50)
        #expect(nothing < 0.2 * truth, "seed \(seed): \(nothing) of a channel without effect")
    }

    @Test func `the number of threads changes no bit of an allocation`() throws {
        var call = SpendCall(AllocateBudgetFunction.function)
        let history = CampaignSimulation.attributed(days: 60)
        let wide = Schema([
            Field(name: "date", type: .date), Field(name: "spend_a", type: .double),
            Field(name: "spend_b", type: .double), Field(name: "revenue", type: .double),
        ])
        let late = lateHistory(seed: 3)
        guard case .total(let outcome) = late.outcome else {
            Issue.record("the history has no total outcome")
            return
        }
        let rows: [[Value]] = outcome.indices.map { day in
            [
                .date(CalendarDate(days: Int32(19_000 + day))), .double(late.spend[0][day]),
                .double(late.spend[1][day]), .double(outcome[day]),
            ]
        }
        let options: [(String, Value)] = [("budget", .double(700))]
        for (schema, history, more) in [
            (call.schema, history, []), (wide, rows, [("spend", Value.text("spend_%"))]),
        ] {
            call.schema = schema
            call.workers = CallerWorkers()
            let plain = try call.rows(history, options + more)
            call.workers = ManyWorkers()
            #expect(try plain == call.rows(history, options + more))
            #expect(!plain.isEmpty)
        }
        call.cancellation.cancel()
        #expect(
            call.failure(rows, options + [("spend", .text("spend_%"))])?.sqlState == .queryCanceled)
    }
}
