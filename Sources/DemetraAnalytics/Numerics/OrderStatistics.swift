import Glibc

/// Quantiles, means and ranks of plain arrays.
package enum OrderStatistics {
    /// The quantile of ascending values by linear interpolation; NaN when there are none.
    package static func quantile(sorted values: [Double], _ probability: Double) -> Double {
        guard let last = values.indices.last else { return .nan }
        let position = min(max(probability, 0), 1) * Double(last)
        let lower = Int(position)
        let upper = min(lower + 1, last)
        return values[lower] + (values[upper] - values[lower]) * (position - Double(lower))
    }

    /// The quantiles between which the middle `level` of the values lies; NaN when there are none.
    static func interval(
        _ values: [Double], level: Double
    ) -> (lower: Double, upper: Double) {
        let sorted = values.sorted()
        let tail = (1 - level) / 2
        return (quantile(sorted: sorted, tail), quantile(sorted: sorted, 1 - tail))
    }

    /// The arithmetic mean; NaN when there are no values.
    package static func mean(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        var sum = 0.0
        for value in values { sum += value }
        return sum / Double(values.count)
    }

    /// The standard deviation around the mean, dividing by the count.
    package static func deviation(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        let center = mean(values)
        var sum = 0.0
        for value in values { sum += (value - center) * (value - center) }
        return (sum / Double(values.count)).squareRoot()
    }

    /// Ranks from 0, ties sharing their mean rank.
    package static func ranks(_ values: [Double]) -> [Double] {
        let order = RadixOrder.positions(values)
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for index in start..<end { ranks[order[index]] = Double(start + end - 1) / 2 }
            start = end
        }
        return ranks
    }

    /// Pearson's correlation; 0 when one side does not vary.
    package static func correlation(_ left: [Double], _ right: [Double]) -> Double {
        guard left.count == right.count, left.count > 1 else { return 0 }
        let (a, b) = (mean(left), mean(right))
        var (cross, squareA, squareB) = (0.0, 0.0, 0.0)
        for index in left.indices {
            cross += (left[index] - a) * (right[index] - b)
            squareA += (left[index] - a) * (left[index] - a)
            squareB += (right[index] - b) * (right[index] - b)
        }
        guard squareA > 0, squareB > 0 else { return 0 }
        return cross / (squareA * squareB).squareRoot()
    }
}
