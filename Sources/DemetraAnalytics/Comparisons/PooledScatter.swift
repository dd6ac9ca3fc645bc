/// How far ratios of sums scatter when the days of all groups are alike.
///
/// A group that happened to have no day out of the ordinary shows a scatter of its own that is too
/// small, and is then found too low: samples of its own days cannot know what it was spared. So a
/// difference must also stand against what the days of all groups say.
///
/// - Source: Cochran, "Sampling techniques", 1977, section 6.4 (variance of a ratio), with one
///   variance for all groups as their equality supposes.
struct PooledScatter: Sendable {
    /// The mean square of a day's departure, per square of what is divided by.
    private let variance: Double
    /// For each group the sum of squares of what its days divide by.
    private let squares: [Double]
    private let bottoms: [Double]
    private let allSquares: Double
    private let allBottoms: Double

    /// Pools the days of groups, each around the ratio of its own.
    init(_ groups: [DaySums]) {
        squares = groups.map { $0.cells.reduce(0) { $0 + $1.bottom * $1.bottom } }
        bottoms = groups.map(\.bottom)
        var (departures, days, used) = (0.0, 0.0, 0.0)
        for group in groups where group.bottom > 0 {
            let ratio = group.top / group.bottom
            departures += group.cells.reduce(0) { sum, cell in
                let departure = cell.top - ratio * cell.bottom
                return sum + departure * departure
            }
            days += Double(group.cells.count)
            used += 1
        }
        allSquares = squares.reduce(0, +)
        allBottoms = bottoms.reduce(0, +)
        variance =
            allSquares > 0 && days > used ? departures / allSquares * days / (days - used) : .nan
    }

    /// The probability of such a difference of a group from the baseline, or from all others, by
    /// Student's law of `days`; 0 when nothing scatters.
    func probability(of difference: Double, _ group: Int, baseline: Int?, days: Int) -> Double {
        let own = squares[group] / (bottoms[group] * bottoms[group])
        let others = allSquares - squares[group]
        let rest = allBottoms - bottoms[group]
        let other =
            baseline.map { squares[$0] / (bottoms[$0] * bottoms[$0]) } ?? others / (rest * rest)
        let error = variance * (own + other)
        guard error > 0, error.isFinite, days > 1 else { return 0 }
        let degrees = Double(days - 1)
        let x = degrees / (degrees + difference * difference / error)
        return IncompleteBeta.value(x, degrees / 2, 0.5)
    }
}
