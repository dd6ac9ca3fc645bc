package import DemetraTypes

/// What a proposed split is expected to bring, against what the channels spend now.
///
/// Draw by draw of the posterior: the response of each channel at the proposed and at the present spend, and
/// that of the proposed money in the present mix. Amounts are per period of the history.
package struct BudgetSimulation: Sendable {
    /// What is expected of one channel, or of all.
    package struct Row: Sendable {
        /// The channel's name, or `TOTAL`.
        package var channel: String
        /// Spend now.
        package var currentSpend: Double
        /// Spend proposed.
        package var spend: Double
        /// Outcome at the present spend, margin not counted.
        package var currentResponse: Double
        /// Outcome at the proposed spend.
        package var expectedResponse: Double
        /// Interval of the outcome at the proposed spend.
        package var bounds: (lower: Double, upper: Double)
        /// Interval of the difference between both outcomes.
        package var gainBounds: (lower: Double, upper: Double)
        /// Probability that the whole proposal brings more than the same money in the present mix.
        package var improvement: Double
        /// Probability that the change in outcome, times the margin, is worth more than the change in money.
        package var profit: Double
        /// Profit of the next unit of money at the proposed spend.
        package var marginalROI: Double
        /// What the history says about the channel.
        package var evidence: Evidence
        /// What to know about the row.
        package var notes: [String] = []
    }

    /// A row per channel.
    package let rows: [Row]
    /// All channels together; its intervals come from the joint draws.
    package let total: Row

    /// Simulates `spend`, given in the order of the history's channels.
    ///
    /// - Throws: 57014 when cancelled.
    package init(
        _ history: SpendHistory, posteriors: [ChannelPosterior], current: [Double], spend: [Double],
        margin: Double, level: Double, cancellation: CancellationFlag
    ) throws(DemetraError) {
        var rows: [Row] = []
        var joint = Outcomes(count: posteriors.map(\.count).min() ?? 0)
        let mixed = Self.mixed(current, money: Self.sum(spend))
        var sameMoney = [Double](repeating: 0, count: joint.after.count)
        for (channel, posterior) in posteriors.enumerated() {
            try cancellation.check()
            let outcomes = Outcomes(
                before: posterior.draws(at: current[channel]),
                after: posterior.draws(at: spend[channel]))
            joint.add(outcomes)
            let mix = posterior.draws(at: mixed[channel])
            for draw in sameMoney.indices { sameMoney[draw] += mix[draw] }
            rows.append(
                Row(
                    channel: history.channels[channel], currentSpend: current[channel],
                    spend: spend[channel], currentResponse: posterior.mean(at: current[channel]),
                    expectedResponse: posterior.mean(at: spend[channel]),
                    bounds: OrderStatistics.interval(outcomes.after, level: level),
                    gainBounds: OrderStatistics.interval(outcomes.gains, level: level),
                    improvement: 0,
                    profit: Self.share(
                        outcomes.gains.map { margin * $0 },
                        above: spend[channel] - current[channel],
                        size: margin * outcomes.size + spend[channel]),
                    marginalROI: margin
                        * posterior.marginal(at: spend[channel], scale: current[channel]),
                    evidence: posterior.evidence))
        }
        let improvement = Self.share(
            zip(joint.after, sameMoney).map { $0 - $1 }, above: 0, size: joint.size)
        for row in rows.indices { rows[row].improvement = improvement }
        let (before, after) = (Self.sum(current), Self.sum(spend))
        var weighted = 0.0
        for row in rows { weighted += row.marginalROI * row.spend }
        total = Row(
            channel: "TOTAL", currentSpend: before, spend: after,
            currentResponse: Self.sum(rows.map(\.currentResponse)),
            expectedResponse: Self.sum(rows.map(\.expectedResponse)),
            bounds: OrderStatistics.interval(joint.after, level: level),
            gainBounds: OrderStatistics.interval(joint.gains, level: level),
            improvement: improvement,
            profit: Self.share(
                joint.gains.map { margin * $0 }, above: after - before,
                size: margin * joint.size + after),
            marginalROI: after > 0 ? weighted / after : 0,
            evidence: Evidence.strongest(rows.map(\.evidence)))
        self.rows = rows
    }

    /// Outcomes of the same draws before and after a change.
    private struct Outcomes {
        var before: [Double]
        var after: [Double]

        init(count: Int) {
            before = [Double](repeating: 0, count: count)
            after = before
        }

        init(before: [Double], after: [Double]) { (self.before, self.after) = (before, after) }

        var gains: [Double] { zip(after, before).map { $0 - $1 } }

        /// The largest outcome.
        var size: Double { max(after.max() ?? 0, before.max() ?? 0) }

        mutating func add(_ other: Outcomes) {
            for draw in before.indices {
                before[draw] += other.before[draw]
                after[draw] += other.after[draw]
            }
        }
    }

    /// The money in the shares of the present mix; equal shares when nothing is spent now.
    private static func mixed(_ current: [Double], money: Double) -> [Double] {
        let sum = sum(current)
        return current.map { sum > 0 ? money * ($0 / sum) : money / Double(current.count) }
    }

    private static func sum(_ values: [Double]) -> Double {
        var sum = 0.0
        for value in values { sum += value }
        return sum
    }

    /// The share of draws above a price; differences that are rounding at the `size` of what they are
    /// differences of count half.
    static func share(_ draws: [Double], above price: Double, size: Double) -> Double {
        guard !draws.isEmpty else { return 0.5 }
        let tie = 1e-12 * max(size, abs(price))
        var count = 0.0
        for draw in draws { count += draw - price > tie ? 1 : (draw - price < -tie ? 0 : 0.5) }
        return count / Double(draws.count)
    }
}

extension Evidence {
    /// The most that is known about any channel.
    static func strongest(_ all: [Evidence]) -> Evidence {
        all.contains(.strong) ? .strong : (all.contains(.weak) ? .weak : .none)
    }
}
