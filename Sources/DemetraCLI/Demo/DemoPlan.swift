import Demetra

/// How large the demo is, from what it is made, and for which day.
struct DemoPlan {
    /// Rows that make sense: below, a channel has too few to learn from; above, they do not fit in memory.
    static let rowCounts = 1_000...20_000_000
    private static let longestHistory = 730
    private static let shortestHistory = 42
    /// Four ads for each of the six channels.
    private static let fewestAds = 24

    /// Rows of `ad_metrics`.
    let rowCount: Int
    /// What all numbers derive from.
    let seed: UInt64
    /// The days.
    let calendar: DemoCalendar
    /// The ads.
    let ads: DemoAds
    /// Ads that run on all days; the one behind them runs on the last `lateDayCount` days only.
    let fullAdCount: Int
    /// Days of the last ad, so that exactly `rowCount` rows come out.
    let lateDayCount: Int

    /// A plan for a number of rows in `rowCounts`.
    init(rowCount: Int, seed: UInt64, today: CalendarDate) {
        self.rowCount = rowCount
        self.seed = seed
        let days = min(
            Self.longestHistory, max(Self.shortestHistory, rowCount / Self.fewestAds))
        calendar = DemoCalendar(today: Int(today.days), dayCount: days)
        fullAdCount = rowCount / days
        lateDayCount = rowCount % days
        ads = DemoAds(count: fullAdCount + (lateDayCount > 0 ? 1 : 0), seed: seed)
    }

    /// The ads that ran on a day.
    func activeAdCount(on day: Int) -> Int {
        fullAdCount + (calendar.age(of: day) < lateDayCount ? 1 : 0)
    }
}
