/// Spend and outcome of channels over equally long periods: what response curves are fitted to.
///
/// - Invariant: channels are in ascending order of their names; every series has `periodCount` values.
// Immutable after init.
package struct SpendHistory: Sendable {
    /// What the outcome counts.
    package enum Outcome: Sendable {
        /// Each channel's own, NaN where it is not known.
        case attributed([[Double]])
        /// One for all channels together, NaN where it is not known.
        case total([Double])
    }

    /// Names, ascending.
    package let channels: [String]
    /// Spend per channel and period; never negative or NaN.
    package let spend: [[Double]]
    /// The outcome.
    package let outcome: Outcome
    /// Further series that move a total outcome.
    package let controls: [[Double]]
    /// Day of the week (0...6) of each period when a period is a day, else empty.
    package let weekdays: [Int]
    /// Days of a period.
    package let periodDays: Double
    /// The first day of each period in days since 1970; empty where nobody asks for dates.
    package let firstDays: [Int]

    /// Makes a history.
    package init(
        channels: [String], spend: [[Double]], outcome: Outcome, controls: [[Double]] = [],
        weekdays: [Int] = [], periodDays: Double, firstDays: [Int] = []
    ) {
        self.channels = channels
        self.spend = spend
        self.outcome = outcome
        self.controls = controls
        self.weekdays = weekdays
        self.periodDays = periodDays
        self.firstDays = firstDays
    }

    /// The number of periods.
    package var periodCount: Int { spend.first?.count ?? 0 }

    /// Periods that spend is followed for: three weeks of days, else 13 periods.
    package var lagCount: Int { periodDays < 2 ? 21 : 13 }

    /// Mean spend of the last periods: 28 days or 8 weeks unless `lookback` says how many periods.
    package func currentSpend(lookback: Int?) -> [Double] {
        let periods = max(1, min(periodCount, lookback ?? (periodDays < 2 ? 28 : 8)))
        return spend.map { series in
            var sum = 0.0
            for value in series.suffix(periods) { sum += value }
            return sum / Double(periods)
        }
    }
}
