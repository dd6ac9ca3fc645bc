/// What a comparison says of one group; NaN where it cannot say.
struct GroupVerdict: Sendable {
    /// How it ends, in words.
    enum Outcome: String, Sendable {
        case better, worse
        case open = "no difference shown"
        case unknown = "too little data"
        case baseline
    }

    /// Days with rows.
    var count = 0
    /// The money spent.
    var spend = Double.nan
    /// The metric.
    var value = Double.nan
    /// The interval of the metric.
    var lower = Double.nan
    var upper = Double.nan
    /// The metric less that of the baseline.
    var difference = Double.nan
    /// The interval of the difference.
    var differenceLower = Double.nan
    var differenceUpper = Double.nan
    /// The probability of such a difference by chance, before correction.
    var probability = Double.nan
    /// The probability that no other group is better.
    var best = Double.nan
    /// True when the difference stands after correction.
    var isSignificant = false
    var outcome = Outcome.unknown
}
