/// What a detector says of one row, before rows become episodes.
package struct Departure: Sendable {
    /// What was expected, NaN in the warm-up.
    package var expected = Double.nan
    /// The least value that raises no alarm.
    package var lower = Double.nan
    /// The largest value that raises no alarm.
    package var upper = Double.nan
    /// 1 - the probability of a departure like this one by the history of the series; NaN in the warm-up.
    package var score = Double.nan
    /// The departure as a multiple of what raises an alarm: above 1 it does.
    package var strength = 0.0
    /// What it looks like, when it raises an alarm.
    package var kind: Kind?

    /// A row of which nothing is known.
    package init() {}

    /// What an anomaly looks like.
    package enum Kind: String, Sendable {
        /// Far above what was expected.
        case spike
        /// Far below.
        case drop
        /// Several rows together are off, although each alone might be chance.
        case levelShift = "level_shift"
        /// No value where there should be one.
        case missing
        /// Zero where there should be more.
        case zero
    }
}
