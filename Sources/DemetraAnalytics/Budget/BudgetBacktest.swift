import DemetraFunctions
import DemetraTypes

/// What ALLOCATE_BUDGET would have gained over the splits that were really used.
///
/// For each of a few dates in the second half of the history:
///
/// 1. Curves are fitted to the periods before the date alone, and the money really spent from it to the next
///    date is split by them: the allocation knows nothing that was not known then.
/// 2. Curves fitted to the periods from the date on alone judge it: the steady outcome of the allocated
///    less that of the real split of the same money, draw by draw.
///
///        |---- allocation learns ----|-- test --|
///                                    |------ judge learns ------|
///
/// The two share no outcome of any one channel: a judge that had seen the allocation's data would repeat its
/// mistakes and praise them (the winner's curse). Only the level of demand that all channels have in common is
/// taken from the whole history (`DemandLevel`), so that the gain is that of its mean demand and not of the
/// season in which it was judged; gains in percent do not depend on it.
///
/// Tests overlap in what their judges saw, so they are summed as if they erred together: the widest interval.
struct BudgetBacktest: Sendable {
    /// One channel in one test.
    struct ChannelRow: Sendable {
        var channel: String
        var actualSpend: Double
        var allocatedSpend: Double
        var actualResponse: Double
        var allocatedResponse: Double
        var gains: [Double]
        var evidence: Evidence
        /// What the allocation's own curves expected of it.
        var promised: Double
    }

    /// One test.
    struct Test: Sendable {
        var periods: Range<Int>
        var channels: [ChannelRow]
        /// The sums of the channels by draw.
        var actual: [Double]
        var gains: [Double]
        var promised: Double { channels.reduce(0) { $0 + $1.promised } }
    }

    /// What one side of a test learned.
    private struct Curves: Sendable {
        var posteriors: [ChannelPosterior]
        /// What responses are to be multiplied by, draw by draw; empty for nothing.
        var demand: [Double] = []
    }

    /// The fewest periods: with less, neither side learns anything.
    static let leastPeriodCount = 8

    let history: SpendHistory
    let testCount: Int
    let limits: ChangeLimits
    let lookback: Int?
    let margin: Double
    let risk: Double
    let level: Double
    let seed: UInt64
    /// Periods that amounts stand for; allocations are whole cents of that.
    let unit: Double

    /// The periods of each test: from the middle on, the last one starting at three quarters.
    var tests: [Range<Int>] {
        let count = history.periodCount
        let (first, last) = (count / 2, count * 3 / 4)
        let wanted = max(1, min(testCount, last - first + 1))
        let starts = (0..<wanted).map { first + $0 * (last - first) / max(wanted - 1, 1) }
        return starts.indices.map { starts[$0]..<($0 + 1 < wanted ? starts[$0 + 1] : count) }
    }

    /// Runs all tests on the workers' threads.
    ///
    /// - Throws: 57014 when cancelled.
    func run(_ context: EvaluationContext) throws(DemetraError) -> [Test] {
        let tests = self.tests
        let slots = ResultSlots<Result<Curves, DemetraError>?>(
            count: 2 * tests.count, empty: nil)
        context.workers.forEach(2 * tests.count) { job in
            let start = tests[job / 2].lowerBound
            do throws(DemetraError) {
                let curves =
                    job % 2 == 0
                    ? Curves(
                        posteriors: try ResponsePosteriors.channels(
                            history.before(start), seed: seed, cancellation: context.cancellation))
                    : try judge(start, context.cancellation)
                slots.set(job, .success(curves))
            } catch { slots.set(job, .failure(error)) }
        }
        try context.cancellation.check()
        var curves: [Curves] = []
        for slot in slots.values {
            switch slot {
            case .success(let found): curves.append(found)
            case .failure(let error): throw error
            case nil: throw Self.lost
            }
        }
        var results: [Test] = []
        for (index, periods) in tests.enumerated() {
            results.append(
                try test(
                    periods, learned: curves[2 * index].posteriors, judge: curves[2 * index + 1],
                    context.cancellation))
        }
        return results
    }

    /// The curves of the periods from one on, at the demand of the whole history.
    private func judge(
        _ start: Int, _ cancellation: CancellationFlag
    ) throws(DemetraError) -> Curves {
        let seen = history.from(start)
        // The judge's chance is not the allocation's.
        let seed = self.seed &+ 1
        guard case .attributed(let all) = history.outcome,
            case .attributed(let outcome) = seen.outcome
        else {
            return Curves(
                posteriors: try ResponsePosteriors.channels(
                    seen, seed: seed, cancellation: cancellation))
        }
        // The tests have the workers.
        let response = try AttributedResponse(
            seen, outcome: outcome, cancellation: cancellation, workers: CallerWorkers())
        let count = ResponsePosteriors.drawCount
        return Curves(
            posteriors: response.posteriors(drawCount: count, seed: seed),
            demand: DemandLevel.draws(
                history, outcome: all, from: start, fits: response.fits, count: count,
                seed: seed &+ 1))
    }

    private func test(
        _ periods: Range<Int>, learned: [ChannelPosterior], judge curves: Curves,
        _ cancellation: CancellationFlag
    ) throws(DemetraError) -> Test {
        let past = history.before(periods.lowerBound)
        let actual = history.spend.map { OrderStatistics.mean(Array($0[periods])) }
        let count = history.channels.count
        var problem = BudgetProblem(
            budget: actual.reduce(0, +), current: past.currentSpend(lookback: lookback),
            minimum: Array(repeating: 0, count: count),
            maximum: Array(repeating: .infinity, count: count))
        (problem.margin, problem.risk, problem.level) = (margin, risk, level)
        (problem.seed, problem.unit) = (seed, unit)
        try limits.apply(to: &problem, channels: history.channels, hasBounds: false)
        let allocated = try BudgetAllocator(
            history: past, problem: problem, cancellation: cancellation
        ).allocate(learned).rows.map(\.recommendedSpend)
        let judge = curves.posteriors
        let drawCount = judge.map(\.count).min() ?? 0
        let demand =
            curves.demand.isEmpty
            ? [Double](repeating: 1, count: drawCount) : Array(curves.demand.prefix(drawCount))
        let level = OrderStatistics.mean(demand)
        var test = Test(
            periods: periods, channels: [], actual: [Double](repeating: 0, count: drawCount),
            gains: [Double](repeating: 0, count: drawCount))
        for channel in 0..<count {
            let before = zip(judge[channel].draws(at: actual[channel]), demand).map { $0 * $1 }
            let after = zip(judge[channel].draws(at: allocated[channel]), demand).map { $0 * $1 }
            let gains = (0..<drawCount).map { after[$0] - before[$0] }
            for draw in 0..<drawCount {
                test.actual[draw] += before[draw]
                test.gains[draw] += gains[draw]
            }
            test.channels.append(
                ChannelRow(
                    channel: history.channels[channel], actualSpend: actual[channel],
                    allocatedSpend: allocated[channel],
                    actualResponse: level * judge[channel].mean(at: actual[channel]),
                    allocatedResponse: level * judge[channel].mean(at: allocated[channel]),
                    gains: gains,
                    evidence: judge[channel].evidence,
                    promised: learned[channel].mean(at: allocated[channel])
                        - learned[channel].mean(at: actual[channel])))
        }
        return test
    }

    private static let lost = DemetraError(.internalError, "a test of the budget was not run")
}

extension SpendHistory {
    /// The periods before one.
    func before(_ period: Int) -> SpendHistory { slice(0..<period, outcomesFrom: 0) }

    /// The periods from one on, after as much spend without its outcome as effects last.
    func from(_ period: Int) -> SpendHistory {
        slice(max(0, period - lagCount)..<periodCount, outcomesFrom: period)
    }

    private func slice(_ range: Range<Int>, outcomesFrom known: Int) -> SpendHistory {
        func visible(_ series: [Double]) -> [Double] {
            range.map { $0 < known ? .nan : series[$0] }
        }
        let outcome: Outcome
        switch self.outcome {
        case .attributed(let all): outcome = .attributed(all.map(visible))
        case .total(let all): outcome = .total(visible(all))
        }
        return SpendHistory(
            channels: channels, spend: spend.map { Array($0[range]) }, outcome: outcome,
            controls: controls.map { Array($0[range]) },
            weekdays: weekdays.isEmpty ? [] : Array(weekdays[range]), periodDays: periodDays,
            firstDays: firstDays.isEmpty ? [] : Array(firstDays[range]))
    }
}
