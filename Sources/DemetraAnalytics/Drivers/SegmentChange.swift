/// The sums of one segment, or of all, in two periods.
struct PeriodSums: Sendable {
    var topA = 0.0
    var bottomA = 0.0
    var topB = 0.0
    var bottomB = 0.0
}

/// What a segment did to the change of a metric.
///
/// A ratio of all segments is the mean of their ratios r weighted by their shares w of what is divided
/// by. Each segment's part of the change is the change of r at the mean of its two shares (rate), and
/// the change of w at the distance of its mean ratio from that of all (mix). The parts of all segments
/// sum to the change, with nothing left over and no order of the two.
///
/// - Source: Kitagawa, "Components of a difference between two rates", 1955.
struct SegmentChange: Sendable {
    /// NaN for sums.
    var rate = Double.nan
    /// NaN for sums.
    var mix = Double.nan
    /// Rate and mix together; for sums the difference.
    var effect = Double.nan

    /// The change of a sum.
    init(sum own: PeriodSums) { effect = own.topB - own.topA }

    /// The change of a ratio; NaN when there is no ratio of all in one of the periods.
    init(ratio own: PeriodSums, of all: PeriodSums) {
        guard all.bottomA > 0, all.bottomB > 0 else { return }
        let shareA = own.bottomA / all.bottomA
        let shareB = own.bottomB / all.bottomB
        let middle = (all.topA / all.bottomA + all.topB / all.bottomB) / 2
        if own.bottomA > 0, own.bottomB > 0 {
            let ratioA = own.topA / own.bottomA
            let ratioB = own.topB / own.bottomB
            rate = (shareA + shareB) / 2 * (ratioB - ratioA)
            mix = (shareB - shareA) * ((ratioA + ratioB) / 2 - middle)
        } else {
            // What came or went has no ratio to compare with: all of it is mix.
            rate = 0
            mix =
                own.topB / all.bottomB - own.topA / all.bottomA - (shareB - shareA) * middle
        }
        effect = rate + mix
    }
}
