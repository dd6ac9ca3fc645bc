import DemetraTypes

/// Intervals and probabilities from samples of days whose ratios are measured in their own standard errors.
///
/// Revenue has a heavy tail: a sample of days that lacks the great ones is too low and scatters too little,
/// both at once. Percentiles know the second alone. How many of its own standard errors each sample lies from
/// the ratio seen tells how far beyond that ratio the true one may be, and more so upwards.
///
/// A difference is that of two ratios on the same days: its error is that of the difference of what each day
/// adds to both.
///
/// - Source: Hall, "The bootstrap and Edgeworth expansion", 1992, section 3.10 (percentile-t); the error of a
///   ratio is linearised as in Cochran, "Sampling techniques", 1977, section 6.4.
struct StudentizedRatio: Sendable {
    /// Sums over the days: what their ratios' errors are made of.
    private struct Moments {
        /// Squares and product of the group's own sums, and its top times the other's top.
        var own = SIMD4<Double>()
        /// Squares and product of the other's sums, and the group's top times the other's bottom.
        var other = SIMD4<Double>()
        /// The group's bottom times the other's top and bottom.
        var cross = SIMD2<Double>()

        init() {}

        init(_ group: SIMD2<Double>, _ rest: SIMD2<Double>) {
            let (y, s, v, w) = (group[0], group[1], rest[0], rest[1])
            own = SIMD4(y * y, y * s, s * s, y * v)
            other = SIMD4(v * v, v * w, w * w, y * w)
            cross = SIMD2(s * v, s * w)
        }

        mutating func add(_ day: Moments, times weight: Double) {
            own += weight * day.own
            other += weight * day.other
            cross += weight * day.cross
        }

        /// The standard error of the group's ratio, whose bottom is `bottom`.
        func error(_ ratio: Double, _ bottom: Double) -> Double {
            max(ownSquare(ratio), 0).squareRoot() / bottom
        }

        /// The standard error of the difference between both ratios.
        func error(
            _ ratio: Double, _ bottom: Double, less other: Double, _ otherBottom: Double
        ) -> Double {
            let rest = self.other[0] - 2 * other * self.other[1] + other * other * self.other[2]
            let common =
                own[3] - other * self.other[3] - ratio * cross[0] + ratio * other * cross[1]
            let square =
                ownSquare(ratio) / (bottom * bottom) + rest / (otherBottom * otherBottom)
                - 2 * common / (bottom * otherBottom)
            return max(square, 0).squareRoot()
        }

        private func ownSquare(_ ratio: Double) -> Double {
            own[0] - 2 * ratio * own[1] + ratio * ratio * own[2]
        }
    }

    /// A number with its standard error, and the same of each sample.
    struct Estimate: Sendable {
        var value: Double
        var error = 0.0
        /// Samples less the value, in standard errors of their own; only those that have one.
        var departures: [Double] = []
        /// Departures beyond this are cut: samples of one day many times over have next to no error.
        var limit: Double

        mutating func enter(_ sample: Double, error sampleError: Double) {
            guard sampleError > 1e-9 * error, sample.isFinite, sampleError.isFinite else { return }
            departures.append(max(-limit, min((sample - value) / sampleError, limit)))
        }

        /// The interval, or nil when most samples have no error.
        func interval(level: Double, of count: Int) -> (lower: Double, upper: Double)? {
            guard error > 0, error.isFinite, departures.count * 2 > count else { return nil }
            let bounds = OrderStatistics.interval(departures, level: level)
            return (value - bounds.upper * error, value - bounds.lower * error)
        }

        /// Twice the share of samples that depart as far to the side of the value as the value from zero;
        /// 0 when most samples have no error.
        func probability(of count: Int) -> Double {
            guard error > 0, error.isFinite, departures.count * 2 > count, value != 0 else {
                return 0
            }
            let seen = max(-limit, min(value / error, limit))
            let beyond = departures.count { value > 0 ? $0 >= seen : $0 <= seen }
            return min(1, 2 * Double(beyond) / Double(departures.count))
        }
    }

    /// The group's ratio.
    private(set) var own: Estimate
    /// Its difference from what it is compared with.
    private(set) var difference: Estimate

    /// Standard errors that a departure may count, in those that Student's law of as many days reaches.
    private static let furthest = 3.0

    /// - Parameters:
    ///   - group, rest: sums above and below the line of each day, of the group and what it is compared with.
    ///   - samples, others: the same sums in each sample of days.
    ///   - dayCount: the days that have rows.
    init(
        _ group: [SIMD2<Double>], _ rest: [SIMD2<Double>], samples: RatioDraws,
        others: RatioDraws, dayCount: Int, level: Double, _ days: DayResampling,
        _ cancellation: CancellationFlag
    ) {
        let moments = zip(group, rest).map { Moments($0, $1) }
        var whole = Moments()
        var (sum, other) = (SIMD2<Double>(), SIMD2<Double>())
        for day in moments.indices {
            whole.add(moments[day], times: 1)
            sum += group[day]
            other += rest[day]
        }
        let limit =
            Self.furthest
            * StudentQuantile.value((1 + level) / 2, degrees: Double(max(dayCount - 1, 1)))
        let (ratio, otherRatio) = (sum[0] / sum[1], other[0] / other[1])
        own = Estimate(value: ratio, error: whole.error(ratio, sum[1]), limit: limit)
        difference = Estimate(
            value: DrawSummary.difference(ratio, otherRatio),
            error: whole.error(ratio, sum[1], less: otherRatio, other[1]), limit: limit)
        for draw in samples.tops.indices {
            if draw % 64 == 0, cancellation.isCancelled { return }
            var sums = Moments()
            for day in moments.indices {
                let weight = days.weight(of: day, in: draw)
                if weight > 0 { sums.add(moments[day], times: weight) }
            }
            let (bottom, otherBottom) = (samples.bottoms[draw], others.bottoms[draw])
            guard bottom > 0 else { continue }
            let ratio = samples.tops[draw] / bottom
            own.enter(ratio, error: sums.error(ratio, bottom))
            guard otherBottom > 0 else { continue }
            let otherRatio = others.tops[draw] / otherBottom
            difference.enter(
                ratio - otherRatio,
                error: sums.error(ratio, bottom, less: otherRatio, otherBottom))
        }
    }
}
