/// Spread by medians: 1.4826 times the median of absolute values, the deviation of a normal law.
enum RobustSpread {
    /// Of the differences between neighbours.
    static func ofSteps(_ values: [Double]) -> Double {
        guard values.count > 5 else { return 0 }
        return around(zip(values.dropFirst(), values).map { abs($0 - $1) })
    }

    /// Of magnitudes that are absolute already.
    static func around(_ magnitudes: [Double]) -> Double {
        1.4826 * median(magnitudes)
    }

    /// The median, the lower of two middle ones; NaN for nothing.
    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        var values = values
        return Median.smallest((values.count - 1) / 2, of: &values)
    }
}

/// Replaces single-step spikes before models are fitted; the data itself stays.
///
/// A spike stands more than 6 spreads away from both neighbours, which agree with each other. What
/// lasts two steps or more is not a spike: it may be news.
enum SpikeFilter {
    private static let limit = 6.0
    private static let agreement = 2.0

    /// Replaces spikes by the median of the point and its neighbours; gives their positions.
    static func replaceSpikes(in values: inout [Double]) -> [Int] {
        guard values.count >= 12 else { return [] }
        let spread = RobustSpread.ofSteps(values)
        guard spread > 0 else { return [] }
        var spikes: [Int] = []
        var before = values[0]
        for index in 1..<(values.count - 1) {
            let (value, after) = (values[index], values[index + 1])
            let nearer = value > before ? max(before, after) : min(before, after)
            let isAway = (value > before) == (value > after)
            if isAway, abs(value - nearer) > limit * spread,
                abs(before - after) < agreement * spread
            {
                spikes.append(index)
                values[index] = nearer
            }
            before = value
        }
        return spikes
    }
}

/// A level that moved at once and stayed for the whole last season.
enum LevelShift {
    private static let limit = 4.0

    /// Moves everything before the last season to the new level when the season's mean departs more
    /// than 4 spreads from the seasons before and hardly any earlier value was where all of it is.
    ///
    /// Cutting the old part off would leave one season to learn from; moved along, it still tells of
    /// seasons and noise.
    ///
    /// - Returns: true when something was moved.
    static func align(_ values: inout [Double], season: Int) -> Bool {
        let cycles = min(values.count / max(season, 1), 13)
        guard season > 1, cycles >= 6 else { return false }
        let start = values.count - cycles * season
        let means = (0..<cycles).map { cycle in
            OrderStatistics.mean(
                Array(values[(start + cycle * season)..<(start + (cycle + 1) * season)]))
        }
        let before = means.dropLast().sorted()
        let center = OrderStatistics.quantile(sorted: before, 0.5)
        let spread = RobustSpread.around(before.map { abs($0 - center) })
        guard let last = means.last, spread > 0, abs(last - center) > limit * spread,
            abs(means[cycles - 2] - center) <= limit * spread
        else { return false }
        let split = values.count - season
        let old = values[start..<split].sorted()
        let new = values[split...]
        guard let lowest = new.min(), let highest = new.max() else { return false }
        let isApart =
            last > center
            ? lowest > OrderStatistics.quantile(sorted: old, 0.9)
            : highest < OrderStatistics.quantile(sorted: old, 0.1)
        guard isApart else { return false }
        let distance = last - means[cycles - 2]
        for index in 0..<split { values[index] += distance }
        return true
    }
}

/// Tells whether a series is better seen in logarithms.
enum SpreadTest {
    /// True when deviations within `width` steps go with the means there (correlation above 0.5) and
    /// the level changed by more than half.
    static func growsWithLevel(_ values: [Double], width: Int) -> Bool {
        guard values.count >= width + 12 else { return false }
        let count = values.count - width + 1
        var means = [Double](repeating: 0, count: count)
        var deviations = means
        for index in 0..<count {
            var sum = 0.0
            for step in index..<(index + width) { sum += values[step] }
            let mean = sum / Double(width)
            var square = 0.0
            for step in index..<(index + width) {
                square += (values[step] - mean) * (values[step] - mean)
            }
            means[index] = mean
            deviations[index] = (square / Double(width)).squareRoot()
        }
        guard let lowest = means.min(), let highest = means.max(), lowest > 0 else { return false }
        return highest / lowest > 1.5 && OrderStatistics.correlation(means, deviations) > 0.5
    }
}
