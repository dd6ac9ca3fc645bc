/// From where and how far a back-test forecasts: up to six origins that end at the last value.
struct OriginPlan: Sendable {
    /// Steps forecast from each origin; at most a fifth of the history.
    let horizon: Int
    /// Steps between origins.
    let stride: Int
    /// How many values each origin knows, the newest origin first.
    let cuts: [Int]

    private static let originCount = 6

    /// A plan for `count` values; without cuts when they are too few.
    init(count: Int, seasons: [Int], horizon: Int) {
        self.horizon = min(horizon, max(count / 5, 1))
        let isLong = count > 6 * self.horizon
        stride = max(isLong ? self.horizon / 2 : self.horizon / 3, 1)
        let season = seasons.first { count >= 2 * $0 } ?? 1
        let least = max(2 * season + 2, count / 3, 6)
        let (reach, stride) = (self.horizon, self.stride)
        cuts = (0..<Self.originCount).map { count - reach - $0 * stride }.filter { $0 >= least }
    }
}
