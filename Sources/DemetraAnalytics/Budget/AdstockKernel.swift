/// How the effect of spend lasts: geometric weights over the present and past periods, of sum 1.
///
/// Constant spend s settles at adstocked spend s, so response curves read in money per period. The
/// time before the history is taken to have the mean of its first periods.
package struct AdstockKernel: Sendable, Hashable {
    /// Share of the effect carried from one period to the next, 0..<1.
    package let retention: Double
    /// Periods the effect is followed for.
    package let lagCount: Int

    /// Makes a kernel.
    package init(retention: Double, lagCount: Int) {
        self.retention = retention
        self.lagCount = lagCount
    }

    /// The weights, newest period first.
    package var weights: [Double] {
        var weights: [Double] = []
        var weight = 1.0
        for _ in 0..<max(lagCount, 1) {
            weights.append(weight)
            weight *= retention
        }
        var sum = 0.0
        for value in weights { sum += value }
        return weights.map { $0 / sum }
    }

    /// The adstocked series of `spend`.
    package func applied(to spend: [Double]) -> [Double] {
        let weights = self.weights
        guard !spend.isEmpty else { return [] }
        let head = min(weights.count, spend.count)
        var before = 0.0
        for index in 0..<head { before += spend[index] }
        before /= Double(head)
        var output = [Double](repeating: 0, count: spend.count)
        for period in spend.indices {
            var sum = 0.0
            for (lag, weight) in weights.enumerated() {
                sum += weight * (period >= lag ? spend[period - lag] : before)
            }
            output[period] = sum
        }
        return output
    }
}
