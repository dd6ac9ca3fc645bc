package import DemetraTypes

/// Splits a budget over channels so that the expected outcome is greatest, but moves away from the
/// present mix only as far as the history supports it.
///
/// 1. Response curves with their uncertainty: `AttributedResponse` or `TotalResponse`.
/// 2. `DynamicProgram` on the mean curves gives the best split within the bounds.
/// 3. The risk step walks from the present mix towards it while mean gain - risk * deviation rises.
/// 4. Amounts are rounded to cents that sum to the budget.
///
/// - Invariant: never recommends a split whose mean gain over the present mix is not positive.
package struct BudgetAllocator: Sendable {
    /// Draws of the posterior that are kept.
    package static let drawCount = 400

    /// The history the curves come from.
    package let history: SpendHistory
    /// What is asked.
    package let problem: BudgetProblem
    /// Stops the work.
    package let cancellation: CancellationFlag

    /// Makes an allocator; arrays of `problem` are in the order of the history's channels.
    package init(
        history: SpendHistory, problem: BudgetProblem, cancellation: CancellationFlag
    ) {
        self.history = history
        self.problem = problem
        self.cancellation = cancellation
    }

    /// The recommendation.
    ///
    /// - Throws: 22023 for contradictory bounds, 57014 when cancelled.
    package func allocate() throws(DemetraError) -> BudgetAllocation {
        try problem.check(channels: history.channels)
        let posteriors = try self.posteriors()
        let limits = extrapolationLimits()
        var bounded = problem
        bounded.maximum = limits.maximum
        var most = 0.0
        for value in bounded.maximum { most += value }
        bounded.budget = min(problem.budget, most)
        let present = bounded.presentMix
        let steps = try optimum(bounded, posteriors)
        let (target, improvement) = riskStep(from: present, to: steps, posteriors)
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

    private func posteriors() throws(DemetraError) -> [ChannelPosterior] {
        switch history.outcome {
        case .attributed(let outcome):
            return try AttributedResponse.posteriors(
                history, outcome: outcome, drawCount: Self.drawCount, seed: problem.seed,
                cancellation: cancellation)
        case .total(let outcome):
            let found = try TotalResponse.posteriors(
                history, outcome: outcome, drawCount: Self.drawCount, seed: problem.seed,
                cancellation: cancellation)
            let flat = ResponseCurve(maximum: 0, logHalfSaturation: 0, slope: 1)
            return found
                ?? history.channels.map { _ in
                    ChannelPosterior(
                        Array(repeating: flat, count: HillKernel.lanes), evidence: .none)
                }
        }
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

    private func optimum(
        _ bounded: BudgetProblem, _ posteriors: [ChannelPosterior]
    ) throws(DemetraError) -> [Double] {
        let program = DynamicProgram(
            minimum: bounded.minimum, maximum: bounded.maximum, budget: bounded.budget,
            mayKeepMoney: problem.targetROI != nil)
        let margin = problem.margin
        let price = problem.targetROI ?? 0
        return try program.solve(cancellation: cancellation) { channel, spend in
            margin * posteriors[channel].mean(at: spend) - price * spend
        }
    }

    /// Walks towards `target` while mean - risk * deviation of the gain rises; also gives the share of
    /// draws that gain.
    private func riskStep(
        from present: [Double], to target: [Double], _ posteriors: [ChannelPosterior]
    ) -> (spend: [Double], improvement: Double) {
        let base = outcomes(present, posteriors)
        let price = (problem.targetROI ?? 0)
        var best = 0.0
        var chosen = present
        var improvement = 0.5
        for step in 1...10 {
            let share = Double(step) / 10
            let spend = present.indices.map { present[$0] + share * (target[$0] - present[$0]) }
            let saved = price * zip(present, spend).reduce(0) { $0 + $1.0 - $1.1 }
            let gains = zip(outcomes(spend, posteriors), base).map {
                problem.margin * ($0 - $1) + saved
            }
            let value =
                OrderStatistics.mean(gains) - problem.risk * OrderStatistics.deviation(gains)
            if value > best {
                best = value
                chosen = spend
                let better = gains.count { $0 > 0 }
                improvement = Double(better) / Double(max(gains.count, 1))
            }
        }
        return (chosen, improvement)
    }

    /// The outcome of all channels together, per draw.
    private func outcomes(_ spend: [Double], _ posteriors: [ChannelPosterior]) -> [Double] {
        var sums = [Double](repeating: 0, count: posteriors.map(\.count).min() ?? 0)
        for (channel, posterior) in posteriors.enumerated() {
            let draws = posterior.draws(at: spend[channel])
            for index in sums.indices { sums[index] += draws[index] }
        }
        return sums
    }
}
