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
/// The two share no outcome: a judge that had seen the allocation's data would repeat its mistakes and
/// praise them (the winner's curse).
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
        let slots = ResultSlots<Result<[ChannelPosterior], DemetraError>?>(
            count: 2 * tests.count, empty: nil)
        context.workers.forEach(2 * tests.count) { job in
            let start = tests[job / 2].lowerBound
            let seen = job % 2 == 0 ? history.before(start) : history.from(start)
            do throws(DemetraError) {
                slots.set(
                    job,
                    .success(
                        try ResponsePosteriors.channels(
                            // The judge's chance is not the allocation's.
                            seen, seed: seed &+ UInt64(job % 2),
                            cancellation: context.cancellation)))
            } catch { slots.set(job, .failure(error)) }
        }
        try context.cancellation.check()
        var posteriors: [[ChannelPosterior]] = []
        for slot in slots.values {
            switch slot {
            case .success(let found): posteriors.append(found)
            case .failure(let error): throw error
            case nil: throw Self.lost
            }
        }
        var results: [Test] = []
        for (index, periods) in tests.enumerated() {
            results.append(
                try test(
                    periods, learned: posteriors[2 * index], judge: posteriors[2 * index + 1],
                    context.cancellation))
        }
        return results
    }

    private func test(
        _ periods: Range<Int>, learned: [ChannelPosterior], judge: [ChannelPosterior],
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
        let drawCount = judge.map(\.count).min() ?? 0
        var test = Test(
            periods: periods, channels: [], actual: [Double](repeating: 0, count: drawCount),
            gains: [Double](repeating: 0, count: drawCount))
        for channel in 0..<count {
            let before = judge[channel].draws(at: actual[channel])
            let after = judge[channel].draws(at: allocated[channel])
            let gains = (0..<drawCount).map { after[$0] - before[$0] }
            for draw in 0..<drawCount {
                test.actual[draw] += before[draw]
                test.gains[draw] += gains[draw]
            }
            test.channels.append(
                ChannelRow(
                    channel: history.channels[channel], actualSpend: actual[channel],
                    allocatedSpend: allocated[channel],
                    actualResponse: judge[channel].mean(at: actual[channel]),
                    allocatedResponse: judge[channel].mean(at: allocated[channel]), gains: gains,
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
