/// By how much draws of samples of days must spread, for each number of days, for intervals and for tests.
struct DrawExpansion: Sendable {
    private var factors: [Int: (interval: Double, test: Double)] = [:]

    /// - Parameters:
    ///   - dayCounts: the numbers of days that will be asked for; too few to be judged do not matter.
    ///   - testCount: how many tests share the level; 1 for each by itself.
    init(_ dayCounts: [Int], level: Double, testCount: Int) {
        let strict = testCount > 1 ? 1 - (1 - level) / Double(testCount) : level
        for count in dayCounts where count >= GroupComparison.minimumDays && factors[count] == nil {
            factors[count] = (
                StudentQuantile.expansion(count: count, level: level),
                StudentQuantile.expansion(count: count, level: strict)
            )
        }
    }

    /// The factor of intervals of so many days; 1 when it was not asked for.
    func interval(_ days: Int) -> Double { factors[days]?.interval ?? 1 }

    /// The factor of tests.
    func test(_ days: Int) -> Double { factors[days]?.test ?? 1 }
}
