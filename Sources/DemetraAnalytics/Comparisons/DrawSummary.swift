/// Intervals and probabilities from draws.
enum DrawSummary {
    /// The smallest probability that this many draws can show.
    static let floor = 1.0 / 2_000

    /// Draws spread around `center` by a factor.
    static func expanded(_ draws: [Double], around center: Double, by factor: Double) -> [Double] {
        factor == 1 ? draws : draws.map { center + factor * ($0 - center) }
    }

    /// The middle `level` of the draws; NaN when most of them are none.
    static func interval(_ draws: [Double], level: Double) -> (lower: Double, upper: Double) {
        let sorted = draws.filter { !$0.isNaN }.sorted()
        guard sorted.count * 2 > draws.count else { return (.nan, .nan) }
        return (
            OrderStatistics.quantile(sorted: sorted, (1 - level) / 2),
            OrderStatistics.quantile(sorted: sorted, (1 + level) / 2)
        )
    }

    /// Twice the smaller share of draws on one side of zero, at least `floor`.
    static func probability(_ draws: [Double]) -> Double {
        var (below, above, count) = (0, 0, 0)
        for draw in draws where !draw.isNaN {
            count += 1
            if draw <= 0 { below += 1 }
            if draw >= 0 { above += 1 }
        }
        guard count * 2 > draws.count else { return .nan }
        return min(1, max(floor, 2 * Double(min(below, above)) / Double(count)))
    }

    /// Differences that rounding makes are none.
    static func difference(_ left: Double, _ right: Double) -> Double {
        let difference = left - right
        return abs(difference) <= 1e-9 * (abs(left) + abs(right)) ? 0 : difference
    }
}
