import DemetraTypes

/// What is known of the rates of some groups: a beta law each, with a prior that the groups share.
///
/// Trials are divided by the design effect, by which days differ more than chance lets them; groups
/// with few trials are drawn towards the rate of all.
///
/// - Source: Kleinman, "Proportions with extraneous variance", 1973 (moments of the prior); Rao and
///   Scott, "A simple method for the analysis of clustered binary data", 1992 (design effect).
struct ProportionPosterior: Sendable {
    /// The number of draws.
    static let drawCount = 4_000
    /// Days' worth of belief in the design effect of all groups when judging that of one.
    private static let sharedDays = 10.0

    /// The two parameters of each group's law.
    let laws: [(a: Double, b: Double)]
    /// Trials of each group as they were.
    private let trials: [Double]
    private let seed: UInt64

    /// Learns from the groups of one comparison. Successes are at most as many as trials.
    init(_ groups: [DaySums], level: Double, seed: UInt64) {
        self.seed = seed
        trials = groups.map(\.bottom)
        let effects = Self.designEffects(groups, level: level)
        let successes = zip(groups, effects).map { $0.top / $1 }
        let effective = zip(trials, effects).map { $0 / $1 }
        let prior = Self.prior(successes, effective)
        laws = zip(successes, effective).map { (prior.a + $0, prior.b + max(0, $1 - $0)) }
    }

    /// By how much the rate of each group scatters more than that of independent trials, at least 1.
    static func designEffects(_ groups: [DaySums], level: Double) -> [Double] {
        var raw = [Double](repeating: .nan, count: groups.count)
        var (weighted, weights) = (0.0, 0.0)
        for (index, group) in groups.enumerated() where group.cells.count > 1 {
            let (top, bottom) = (group.top, group.bottom)
            let rate = bottom > 0 ? top / bottom : 0
            guard rate > 0, rate < 1 else { continue }
            let squares = group.cells.reduce(0) { sum, cell in
                let departure = cell.top - rate * cell.bottom
                return sum + departure * departure
            }
            let days = Double(group.cells.count)
            raw[index] = squares * days / (days - 1) / (bottom * rate * (1 - rate))
            weighted += raw[index] * (days - 1)
            weights += days - 1
        }
        let pooled = weights > 0 ? weighted / weights : 1
        let shared = min(Self.sharedDays, weights)
        return groups.indices.map { index in
            let own = raw[index].isNaN ? 0 : Double(groups[index].cells.count - 1)
            let total = own + shared
            guard total > 0 else { return 1 }
            let effect = ((own > 0 ? own * raw[index] : 0) + shared * pooled) / total
            let expansion = StudentQuantile.expansion(count: max(2, Int(total) + 1), level: level)
            return max(1, effect * expansion * expansion)
        }
    }

    /// The law of the groups' rates. It never counts more than a group of average size.
    private static func prior(
        _ successes: [Double], _ trials: [Double]
    ) -> (a: Double, b: Double) {
        let all = trials.reduce(0, +)
        let rate = (successes.reduce(0, +) + 0.5) / (all + 1)
        let used = trials.filter { $0 > 0 }
        guard used.count > 1, all > 0 else { return (rate, 1 - rate) }
        var (squares, sizes) = (0.0, 0.0)
        for (success, trial) in zip(successes, trials) where trial > 0 {
            let departure = success / trial - rate
            squares += trial * departure * departure
            sizes += trial * trial
        }
        let degrees = Double(used.count - 1)
        let excess = squares / (rate * (1 - rate)) - degrees
        let likeness = excess / max(all - sizes / all - degrees, 1e-9)
        let size = all / Double(used.count)
        let strength = likeness > 0 ? max(0, 1 / min(likeness, 1) - 1) : size
        let bounded = max(min(strength, size), 1)
        return (rate * bounded, (1 - rate) * bounded)
    }

    /// Possible successes and trials of a group. Each group has a stream of its own.
    func sums(_ group: Int, _ cancellation: CancellationFlag) -> RatioDraws {
        var draws = RatioDraws(count: Self.drawCount)
        let law = laws[group]
        var generator = SeededGenerator(
            seed: SeededGenerator.scrambled(seed ^ SeededGenerator.scrambled(UInt64(group))))
        for draw in 0..<Self.drawCount {
            if draw % 512 == 0, cancellation.isCancelled { return draws }
            draws.tops[draw] =
                trials[group] * BetaSampler.draw(law.a, law.b, &generator)
            draws.bottoms[draw] = trials[group]
        }
        return draws
    }
}
