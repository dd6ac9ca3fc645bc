import Glibc

/// How the effect of spend lasts: weights over the present and past periods, of sum 1.
///
/// Weights fall geometrically, `retention^lag`; or the effect comes late, is strongest after `delay` periods and falls
/// off on both sides, `retention^((lag - delay)^2)`. Constant spend s settles at adstocked spend s, so response curves
/// read in money per period. The time before the history is taken to have the mean of its first periods.
///
/// - Source: Jin, Wang, Sun, Chan and Koehler, "Bayesian methods for media mix modeling with carryover and shape
///   effects", 2017, section 2.1.
package struct AdstockKernel: Sendable, Hashable {
    /// Share of the effect carried from one period to the next, 0..<1.
    package let retention: Double
    /// Periods the effect is followed for.
    package let lagCount: Int
    /// Periods until the effect is strongest; nil when it falls from the first one on.
    package let delay: Int?

    /// Makes a kernel.
    package init(retention: Double, lagCount: Int, delay: Int? = nil) {
        self.retention = retention
        self.lagCount = lagCount
        self.delay = delay
    }

    /// The weights, newest period first.
    package var weights: [Double] {
        var weights: [Double] = []
        var weight = 1.0
        for lag in 0..<max(lagCount, 1) {
            if let delay {
                weight = pow(retention, Double((lag - delay) * (lag - delay)))
            }
            weights.append(weight)
            if delay == nil { weight *= retention }
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
