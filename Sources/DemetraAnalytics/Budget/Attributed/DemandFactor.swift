import Glibc

/// What multiplies the outcome of all channels alike: the weekday and slow demand. Its mean is 1.
enum DemandFactor {
    /// Periods on each side that a running mean takes in.
    private static func halfWidth(_ history: SpendHistory) -> Int {
        history.periodDays < 2 ? 21 : 4
    }

    /// The numbers that a factor is made of: six weekdays, and a level for each running mean.
    static func parameterCount(_ history: SpendHistory, isRefined: Bool) -> Double {
        let weekdays = history.weekdays.count == history.periodCount ? 6.0 : 0
        guard isRefined else { return weekdays }
        return weekdays + Double(history.periodCount) / Double(2 * halfWidth(history) + 1)
    }

    /// Outcome per spend of a weekday against the mean of the week, over all channels.
    static func weekdays(_ history: SpendHistory, _ outcome: [[Double]]) -> [Double] {
        var sums = [Double](repeating: 0, count: 7)
        var counts = [Double](repeating: 0, count: 7)
        for channel in history.channels.indices {
            let rows = outcome[channel].indices.filter { !outcome[channel][$0].isNaN }
            let money = OrderStatistics.mean(rows.map { history.spend[channel][$0] })
            let gain = OrderStatistics.mean(rows.map { outcome[channel][$0] })
            guard money > 0, gain > 0 else { continue }
            for row in rows {
                // Half of the effect of the day's own spend is taken out: the rest is carry-over.
                let expected = gain * (0.5 + 0.5 * history.spend[channel][row] / money)
                sums[history.weekdays[row]] += outcome[channel][row] / expected
                counts[history.weekdays[row]] += 1
            }
        }
        let means = (0..<7).map { counts[$0] > 0 ? sums[$0] / counts[$0] : 1 }
        let center = max(OrderStatistics.mean(means), 1e-9)
        return history.weekdays.map { max(means[$0] / center, 0.05) }
    }

    /// What moves all channels alike: weekday means and a six-week running mean of log outcome / fit.
    ///
    /// The factor and the curves explain each other's leftovers, so they are fitted in turns.
    static func refined(
        _ history: SpendHistory, _ outcome: [[Double]], _ fits: [AttributedFit?],
        _ previous: [Double]
    ) -> [Double] {
        let count = history.periodCount
        var sums = [Double](repeating: 0, count: count)
        var counts = [Double](repeating: 0, count: count)
        for (channel, fit) in fits.enumerated() {
            guard let fit else { continue }
            let floor = 0.05 * OrderStatistics.mean(fit.fitted)
            for period in 0..<count where !outcome[channel][period].isNaN {
                let ratio =
                    (max(outcome[channel][period], 0) + floor) / (fit.fitted[period] + floor)
                sums[period] += log(ratio) + log(previous[period])
                counts[period] += 1
            }
        }
        let known = (0..<count).filter { counts[$0] > 1 }
        let logs = (0..<count).map { counts[$0] > 1 ? sums[$0] / counts[$0] : 0 }
        var weekly = [Double](repeating: 0, count: 7)
        if history.weekdays.count == count, count >= 21 {
            let overall = OrderStatistics.mean(known.map { logs[$0] })
            for day in 0..<7 {
                let values = known.filter { history.weekdays[$0] == day }.map { logs[$0] }
                if values.count > 2 { weekly[day] = OrderStatistics.mean(values) - overall }
            }
        }
        let day = { (period: Int) in
            history.weekdays.count == count ? weekly[history.weekdays[period]] : 0
        }
        let width = halfWidth(history)
        var factor = [Double](repeating: 1, count: count)
        for period in 0..<count {
            let window = (max(0, period - width)...min(count - 1, period + width)).filter {
                counts[$0] > 1
            }.map { logs[$0] - day($0) }
            let level = window.count > 3 ? OrderStatistics.mean(window) : 0
            factor[period] = exp(min(max(level + day(period), -3), 3))
        }
        let center = max(OrderStatistics.mean(factor), 1e-9)
        return factor.map { $0 / center }
    }
}
