package import DemetraFunctions
package import DemetraTypes

/// Splits a budget over channels so that the expected outcome is greatest, but moves away from the
/// present mix only as far as the history supports it.
///
/// 1. Response curves with their uncertainty: `AttributedResponse` or `TotalResponse`.
/// 2. `DynamicProgram` on the mean curves, and on curves less some of their uncertainty, gives splits
///    within the bounds to aim at.
/// 3. `RiskStep` goes from the present mix towards them only as far as it pays for its risk.
/// 4. Amounts are rounded to cents that sum to the budget.
///
/// - Invariant: never recommends a split whose mean gain over the present mix is not positive.
package struct BudgetAllocator: Sendable {
    /// Deviations of a channel's own gain that are taken off its curve: none, so that everything is
    /// aimed at that may pay, and more, so that only what is well known moves.
    private static let cautions = [0, 0.5, 1]

    /// The history the curves come from.
    package let history: SpendHistory
    /// What is asked.
    package let problem: BudgetProblem
    /// Stops the work.
    package let cancellation: CancellationFlag
    /// Who does the work that comes in pieces.
    private let workers: any Workers

    /// Makes an allocator; arrays of `problem` are in the order of the history's channels.
    package init(
        history: SpendHistory, problem: BudgetProblem, cancellation: CancellationFlag,
        workers: any Workers = CallerWorkers()
    ) {
        self.history = history
        self.problem = problem
        self.cancellation = cancellation
        self.workers = workers
    }

    /// The recommendation.
    ///
    /// - Throws: 22023 for contradictory bounds, 57014 when cancelled.
    package func allocate() throws(DemetraError) -> BudgetAllocation {
        try allocate(posteriors())
    }

    /// The curves that the history allows.
    ///
    /// - Throws: 22023 for contradictory bounds, before anything is learnt; 57014 when cancelled.
    package func posteriors() throws(DemetraError) -> [ChannelPosterior] {
        try problem.check(channels: history.channels)
        return try ResponsePosteriors.channels(
            history, seed: problem.seed, cancellation: cancellation, workers: workers)
    }

    /// The recommendation under given response curves.
    ///
    /// - Throws: 22023 for contradictory bounds, 57014 when cancelled.
    package func allocate(
        _ posteriors: [ChannelPosterior]
    ) throws(DemetraError) -> BudgetAllocation {
        try problem.check(channels: history.channels)
        let limits = extrapolationLimits()
        var bounded = problem
        bounded.maximum = limits.maximum
        var most = 0.0
        for value in bounded.maximum { most += value }
        bounded.budget = min(problem.budget, most)
        let present = bounded.presentMix
        let step = RiskStep(
            problem: bounded, present: present, posteriors: posteriors, cancellation: cancellation)
        var targets: [[Double]] = []
        for caution in Self.cautions {
            targets.append(try optimum(bounded, posteriors, present, caution: caution))
        }
        let (target, improvement) = step.choose(among: targets)
        try cancellation.check()
        let unit = problem.unit
        let spend = CentRounding.rounded(
            target.map { $0 * unit }, total: total(target) * unit,
            minimum: zip(bounded.minimum, target).map { min($0, $1) * unit },
            maximum: bounded.maximum.map { $0 * unit }
        ).map { $0 / unit }
        return BudgetAllocation(
            channels: history.channels, current: problem.current, recommended: spend,
            present: present, observedMaximum: history.spend.map { $0.max() ?? 0 },
            minimum: bounded.minimum, maximum: bounded.maximum, posteriors: posteriors,
            improvement: improvement, problem: problem)
    }

    private func total(_ spend: [Double]) -> Double {
        var sum = 0.0
        for value in spend { sum += value }
        // Sums that miss the budget only by floating point are the budget.
        return abs(sum - problem.budget) <= 1e-9 * problem.budget ? problem.budget : sum
    }

    /// No more than 1.5 times the largest spend ever seen where the caller set no maximum, unless the
    /// budget could not be spent then.
    private func extrapolationLimits() -> (maximum: [Double], isRelaxed: Bool) {
        var limits = problem.maximum
        for index in limits.indices where limits[index] == .infinity {
            let seen = 1.5 * (history.spend[index].max() ?? 0)
            limits[index] = max(seen, problem.minimum[index])
        }
        var sum = 0.0
        for value in limits { sum += value }
        guard sum < problem.budget, problem.maximum.contains(.infinity) else {
            return (limits, false)
        }
        let relaxed = limits.indices.map {
            problem.maximum[$0] == .infinity ? max(problem.budget, limits[$0]) : limits[$0]
        }
        return (relaxed, true)
    }

    /// The best split when each channel's gain over the present mix counts for its mean less `caution`
    /// deviations.
    private func optimum(
        _ bounded: BudgetProblem, _ posteriors: [ChannelPosterior], _ present: [Double],
        caution: Double
    ) throws(DemetraError) -> [Double] {
        let program = DynamicProgram(
            minimum: bounded.minimum, maximum: bounded.maximum, budget: bounded.budget,
            mayKeepMoney: problem.targetROI != nil)
        let margin = problem.margin
        let price = problem.targetROI ?? 0
        let base = present.indices.map { posteriors[$0].draws(at: present[$0]) }
        return try program.solve(
            stepCount: caution == 0 ? 2_000 : 400, cancellation: cancellation
        ) { channel, spend in
            let plain = margin * posteriors[channel].mean(at: spend) - price * spend
            guard caution > 0 else { return plain }
            let gains = zip(posteriors[channel].draws(at: spend), base[channel]).map { $0 - $1 }
            return plain - caution * margin * OrderStatistics.deviation(gains)
        }
    }
}
