/// A recommended split with what it is expected to bring, channel by channel.
package struct BudgetAllocation: Sendable {
    /// What is recommended for one channel.
    package struct Row: Sendable {
        /// The channel's name.
        package var channel: String
        /// Spend per period now.
        package var currentSpend: Double
        /// Spend per period recommended.
        package var recommendedSpend: Double
        /// Outcome per period at the present spend, margin not counted.
        package var currentResponse: Double
        /// Outcome per period at the recommended spend.
        package var expectedResponse: Double
        /// Interval of the expected response.
        package var lower: Double
        /// Interval of the expected response.
        package var upper: Double
        /// Profit of the next unit of money.
        package var marginalROI: Double
        /// Probability that the whole recommendation beats the present mix.
        package var improvement: Double
        /// What the history says about the channel.
        package var evidence: Evidence
        /// The bound that holds the recommendation: `min`, `max` or `none`.
        package var binding: String
        /// Why, in words.
        package var reason: String
    }

    /// A row per channel, in the order of the history's channels.
    package let rows: [Row]
    /// The sum of all channels; its interval comes from the joint draws.
    package let total: Row
    /// Money of the budget that stays unspent.
    package let unspent: Double

    init(
        channels: [String], current: [Double], recommended: [Double], present: [Double],
        observedMaximum: [Double], minimum: [Double], maximum: [Double],
        posteriors: [ChannelPosterior], improvement: Double, problem: BudgetProblem
    ) {
        var all: [Row] = []
        var joint = [Double](repeating: 0, count: posteriors.map(\.count).min() ?? 0)
        for (index, posterior) in posteriors.enumerated() {
            let spend = recommended[index]
            let draws = posterior.draws(at: spend)
            for draw in joint.indices { joint[draw] += draws[draw] }
            let bounds = OrderStatistics.interval(draws, level: problem.level)
            let marginal = problem.margin * posterior.marginal(at: spend, scale: current[index])
            let slack = max(problem.budget, 1e-300) * 1e-6
            let binding =
                spend <= minimum[index] + slack
                ? "min" : (spend >= maximum[index] - slack ? "max" : "none")
            all.append(
                Row(
                    channel: channels[index], currentSpend: current[index],
                    recommendedSpend: spend,
                    currentResponse: posterior.mean(at: current[index]),
                    expectedResponse: posterior.mean(at: spend),
                    lower: bounds.lower, upper: bounds.upper,
                    marginalROI: marginal, improvement: improvement,
                    evidence: posterior.evidence, binding: binding, reason: ""))
        }
        let spent = recommended.reduce(0, +)
        let unspent = max(problem.budget - spent, 0)
        var weighted = 0.0
        for row in all { weighted += row.marginalROI * row.recommendedSpend }
        let words = AllocationReason(
            averageReturn: spent > 0 ? weighted / spent : 0, unspent: unspent, problem: problem)
        for index in all.indices {
            all[index].reason = words.text(
                all[index], present: present[index], seen: observedMaximum[index],
                minimum: minimum[index], maximum: maximum[index])
        }
        let bounds = OrderStatistics.interval(joint, level: problem.level)
        rows = all
        self.unspent = unspent
        total = Row(
            channel: "TOTAL", currentSpend: all.reduce(0) { $0 + $1.currentSpend },
            recommendedSpend: spent, currentResponse: all.reduce(0) { $0 + $1.currentResponse },
            expectedResponse: all.reduce(0) { $0 + $1.expectedResponse },
            lower: bounds.lower, upper: bounds.upper,
            marginalROI: spent > 0 ? weighted / spent : 0, improvement: improvement,
            evidence: Evidence.strongest(all.map(\.evidence)),
            binding: "none", reason: words.totalText())
    }
}

/// Puts into words why a channel gets what it gets.
struct AllocationReason {
    /// Mean of the channels' marginal returns, weighted by money.
    let averageReturn: Double
    /// Money of the budget that stays unspent.
    let unspent: Double
    /// What was asked.
    let problem: BudgetProblem

    /// The reason of one channel; `present` is its part of the present mix at this budget.
    func text(
        _ row: BudgetAllocation.Row, present: Double, seen: Double, minimum: Double,
        maximum: Double
    ) -> String {
        var text: String
        let returns = "the next unit returns \(PlainNumber.text(row.marginalROI))"
        let tolerance = max(0.01, 0.002 * problem.budget)
        if problem.budget == 0 {
            text = "the budget is 0"
        } else if minimum >= maximum {
            text = "held at \(PlainNumber.text(row.recommendedSpend)) by its bounds"
        } else if abs(row.recommendedSpend - present) <= tolerance {
            text =
                row.evidence == .none
                ? "kept at its share: the history does not tell what more or less would do"
                : "kept: \(returns), \(PlainNumber.text(averageReturn)) on average"
        } else if row.recommendedSpend > present {
            text = "more: \(returns), \(PlainNumber.text(averageReturn)) on average"
        } else {
            text = "less: \(returns), \(PlainNumber.text(averageReturn)) on average"
        }
        if row.binding == "max", minimum < maximum {
            text += "; at its maximum of \(PlainNumber.text(maximum))"
        } else if row.binding == "min", minimum < maximum, problem.budget > 0 {
            text += "; at its minimum of \(PlainNumber.text(minimum))"
        }
        if seen > 0, row.recommendedSpend > seen {
            text += "; above the largest spend seen, \(PlainNumber.text(seen))"
        }
        if seen == 0 { text += "; it never spent, so its response is unknown" }
        if unspent > 0.005 { text += "; " + leftover }
        return text
    }

    /// The reason of the total.
    func totalText() -> String { unspent > 0.005 ? leftover : "the whole budget is spent" }

    private var leftover: String {
        let why =
            problem.targetROI.map { "less than \(PlainNumber.text($0)) would come back for it" }
            ?? "the maximums allow no more"
        return "\(PlainNumber.text(unspent)) of the budget is left: \(why)"
    }
}
