/// What DRIVERS says of one segment; NaN where it cannot say.
struct DriverVerdict: Sendable {
    /// How it ends, in words.
    enum Outcome: String, Sendable {
        case raised, lowered
        case open = "no effect shown"
        case unknown = "too little data"
    }

    /// An effect and its interval.
    struct Effect: Sendable {
        var value = Double.nan
        var lower = Double.nan
        var upper = Double.nan
    }

    /// The metric of the segment in each period.
    var valueA = Double.nan
    var valueB = Double.nan
    /// Its share of what is divided by, or of the sum.
    var shareA = Double.nan
    var shareB = Double.nan
    var rate = Effect()
    var mix = Effect()
    /// Both together.
    var effect = Effect()
    /// The probability of such an effect by chance, before correction.
    var probability = Double.nan
    var isSignificant = false
    var outcome = Outcome.unknown
}
