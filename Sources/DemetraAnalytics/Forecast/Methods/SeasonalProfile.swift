/// The repeating part of a series: one offset for each phase of a season.
///
/// Phase means of the series less its centred moving average over one season; recent cycles weigh
/// more (half-life 12 cycles), the lowest and highest twentieth of a phase is pulled in, and the whole
/// is shrunk by its strength, so that noise gets no season.
// Immutable after init.
package struct SeasonalProfile: Sendable {
    /// An offset per phase; phase 0 is the first point of the series it was fitted to.
    package let offsets: [Double]
    /// Share of the variance around the moving average that the season explains, 0...1.
    package let strength: Double

    /// Seasons that explain less are noise.
    static let leastStrength = 0.15

    /// Fits a season of `length` steps; nil when the series holds less than two of them or the season
    /// is too weak to be told from noise.
    package init?(_ values: [Double], length: Int) {
        guard length > 1, values.count >= 2 * length else { return nil }
        let start = length / 2
        let average = Self.centredAverage(values, length: length)
        var rest = [Double](repeating: 0, count: average.count)
        for index in average.indices { rest[index] = values[start + index] - average[index] }
        var offsets = Self.phaseMeans(rest, start: start, length: length)
        let center = OrderStatistics.mean(offsets)
        for phase in offsets.indices { offsets[phase] -= center }
        var unexplained = rest
        for index in rest.indices { unexplained[index] -= offsets[(index + start) % length] }
        let (whole, left) = (
            OrderStatistics.deviation(rest), OrderStatistics.deviation(unexplained)
        )
        guard whole > 0 else { return nil }
        strength = max(0, 1 - (left / whole) * (left / whole))
        guard strength >= Self.leastStrength else { return nil }
        let cycles = max(Double(rest.count) / Double(length), 1)
        let shrinkage = strength / (strength + (1 - strength) / cycles)
        self.offsets = offsets.map { $0 * shrinkage }
    }

    /// The offset of a step counted from the first point of the fitted series.
    package func offset(at step: Int) -> Double { offsets[step % offsets.count] }

    /// Means over one season around each point that has half a season on both sides; for even seasons
    /// the two ends count half each.
    private static func centredAverage(_ values: [Double], length: Int) -> [Double] {
        let isEven = length % 2 == 0
        let half = length / 2
        var sums = [Double](repeating: 0, count: values.count + 1)
        for index in values.indices { sums[index + 1] = sums[index] + values[index] }
        let count = values.count - length + (isEven ? 0 : 1)
        var average = [Double](repeating: 0, count: max(count, 0))
        for index in average.indices {
            let center = index + half
            average[index] =
                isEven
                ? (sums[center + half] - sums[center - half + 1]
                    + 0.5 * (values[center - half] + values[center + half])) / Double(length)
                : (sums[center + half + 1] - sums[center - half]) / Double(length)
        }
        return average
    }

    private static func phaseMeans(_ rest: [Double], start: Int, length: Int) -> [Double] {
        var means = [Double](repeating: 0, count: length)
        for phase in 0..<length {
            let first = ((phase - start) % length + length) % length
            var values: [Double] = []
            for index in stride(from: first, to: rest.count, by: length) {
                values.append(rest[index])
            }
            if values.count >= 5 {
                let sorted = values.sorted()
                let lower = OrderStatistics.quantile(sorted: sorted, 0.05)
                let upper = OrderStatistics.quantile(sorted: sorted, 0.95)
                for index in values.indices {
                    values[index] = min(max(values[index], lower), upper)
                }
            }
            means[phase] = recentMean(values)
        }
        return means
    }

    /// The mean of values, each cycle of the past weighing a little less.
    private static func recentMean(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let decay = 0.943_874_312_681_694  // 0.5 to the power of 1 / 12
        var (weight, sum, total) = (1.0, 0.0, 0.0)
        for value in values.reversed() {
            sum += weight * value
            total += weight
            weight *= decay
        }
        return sum / total
    }
}
