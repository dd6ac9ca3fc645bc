import Glibc

/// How a series returns to its mean after a departure, learned from its autocorrelations.
///
/// Yule-Walker equations by Levinson's recursion; the order is the one of least AIC up to 30. Such
/// models are always stable: forecasts run into the mean and never away.
// Immutable after init.
package struct AutoregressiveModel: Sendable {
    private let mean: Double
    /// Weights of the last values, the newest first.
    private let weights: [Double]
    /// The last departures from the mean, the newest last.
    private let recent: [Double]

    private static let largestOrder = 30

    /// Fits the departures of `values` from their mean.
    package init(_ values: [Double]) {
        let count = values.count
        mean = count > 0 ? OrderStatistics.mean(values) : 0
        let center = mean
        let departures = values.map { $0 - center }
        let order = min(Self.largestOrder, count / 4)
        weights = Self.weights(Self.covariances(departures, order: order), count: count)
        recent = Array(departures.suffix(weights.count))
    }

    /// The next `count` values.
    package func path(_ count: Int) -> [Double] {
        var values = recent
        values.reserveCapacity(recent.count + count)
        for _ in 0..<count {
            var next = 0.0
            for (lag, weight) in weights.enumerated() {
                next += weight * values[values.count - 1 - lag]
            }
            values.append(next)
        }
        return values.dropFirst(recent.count).map { $0 + mean }
    }

    private static func covariances(_ departures: [Double], order: Int) -> [Double] {
        (0...order).map { lag in
            var sum = 0.0
            for index in lag..<max(departures.count, lag) {
                sum += departures[index] * departures[index - lag]
            }
            return sum / Double(max(departures.count, 1))
        }
    }

    private static func weights(_ covariances: [Double], count: Int) -> [Double] {
        guard var error = covariances.first, error > 0 else { return [] }
        var weights: [Double] = []
        var best: [Double] = []
        var leastCriterion = Double(count) * log(error)
        for order in 1..<max(covariances.count, 1) {
            var rest = covariances[order]
            for lag in weights.indices { rest -= weights[lag] * covariances[order - 1 - lag] }
            let reflection = rest / error
            let before = weights
            for lag in weights.indices {
                weights[lag] -= reflection * before[before.count - 1 - lag]
            }
            weights.append(reflection)
            error *= 1 - reflection * reflection
            guard error > 0 else { break }
            let criterion = Double(count) * log(error) + 2 * Double(order)
            if criterion < leastCriterion { (leastCriterion, best) = (criterion, weights) }
        }
        return best
    }
}
