/// One thing to do, and why.
struct Recommendation: Sendable {
    /// What it is about.
    enum Kind: String, Sendable {
        case reallocation, pause, scale, anomaly, fatigue
        case bestTime = "best_time"
        case dataQuality = "data_quality"
        case none
    }

    /// How sure it is.
    enum Confidence: String, Sendable { case high, medium, low }

    let kind: Kind
    /// The channel that it is about; nil for several.
    let channel: String?
    /// What it may be worth in 30 days, to put the most important ones first.
    let money: Double
    let confidence: Confidence
    let finding: RecommendationFinding
    /// A JSON object: the call, the rows of its answer that the numbers come from, and its SQL.
    let evidence: String
}

/// The numbers of a recommendation, all of them from its evidence.
enum RecommendationFinding: Sendable {
    /// A number with its interval.
    struct Interval: Sendable {
        let value: Double
        let lower: Double
        let upper: Double
    }

    /// Spend a day to be moved; what revenue a day is expected instead of the present one.
    case move(
        amount: Double, from: [String], to: [String], present: Double, expected: Interval,
        odds: Double)
    /// ROI that is below zero, and what was spent on it.
    case loss(channel: String, spend: Double, roi: Interval)
    /// ROI that is better than that of the others, and what the next unit of spend returns.
    case winner(channel: String, roi: Interval, marginal: Double)
    /// A day far from what was expected; nil value: no rows.
    case departure(channel: String, metric: String, day: String, value: Double?, expected: Interval)
    /// The share of impressions that were clicked, lately and before.
    case fatigue(channel: String, recent: Double, before: Double, drop: Interval)
    /// Rates at an hour (or a day of the week), and over all.
    case time(channel: String?, weekday: Int?, hour: Int?, rate: Interval, lift: Double)
    /// Names that are most likely one.
    case spellings([String])
    case negativeSpend(rows: Int, sum: Double)
    /// Days without any rows.
    case missingDays(count: Int, first: String)
    case tooLittle(days: Int, needed: Int)
    case nothing(days: Int)
    /// All rows in short; nil without spend.
    case overview(days: Int, channels: Int, spend: Double, revenue: Double, roi: Double?)
}
