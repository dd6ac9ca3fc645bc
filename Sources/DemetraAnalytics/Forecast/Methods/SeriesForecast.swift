package import DemetraTypes

/// The forecast of one series with its interval.
package struct SeriesForecast: Sendable {
    /// A forecast made in the past.
    package struct Look: Sendable {
        /// Number of steps that were known, counted from the first step of the series.
        package var cut: Int
        /// The forecast of each step after the cut.
        package var path: [Double]
        /// Its lower bound, from the errors of the other looks.
        package var lower: [Double]
        /// Its upper bound, from the errors of the other looks.
        package var upper: [Double]
    }

    /// Errors below are those of rounding, in units near the largest value.
    private static let rounding = 1e-9

    /// The expected value of each step.
    package var path: [Double]
    /// Lower bounds.
    package var lower: [Double]
    /// Upper bounds.
    package var upper: [Double]
    /// `ensemble`, the method given, `seasonal_naive` where the ensemble lost to it, or `constant`.
    package var method: String
    /// 1 - MAE / MAE of the seasonal naive forecast in the back-test; NaN without one.
    package var skill: Double
    /// What to know, in words.
    package var notes: [String]
    /// The back-test, the oldest look first.
    package var looks: [Look]
    /// Mean squared error of the back-test: how far the forecast can be trusted against others.
    package var variance: Double

    /// Forecasts a series of numbers.
    ///
    /// The work is done in units of a power of two near the largest value, so that neither 1e-300 nor
    /// 1e300 leaves the range of doubles.
    ///
    /// - Throws: 57014 when cancelled.
    package init(
        _ problem: ForecastProblem, cancellation: CancellationFlag
    ) throws(DemetraError) {
        let first = problem.values.first ?? 0
        if problem.values.allSatisfy({ $0 == first }), problem.method == nil {
            self.init(constant: first, horizon: problem.horizon)
            return
        }
        var scaled = problem
        let unit = PowerOfTwo.above(problem.values)
        scaled.values = problem.values.map { $0 / unit }
        let ensemble = try EnsembleForecast(scaled, cancellation: cancellation)
        self.init(
            ensemble: ensemble, paths: .init(ensemble), problem: scaled,
            floor: problem.isNonnegative ? 0 : nil)
        scale(by: unit)
    }

    /// Forecasts the ratio of two series that share their steps: both are forecast, then divided, and
    /// the interval comes from errors of the ratio, in which both err together.
    ///
    /// - Throws: 57014 when cancelled.
    package init(
        numerator: ForecastProblem, denominator: ForecastProblem, cancellation: CancellationFlag
    ) throws(DemetraError) {
        var (top, bottom) = (numerator, denominator)
        let units = (PowerOfTwo.above(top.values), PowerOfTwo.above(bottom.values))
        top.values = top.values.map { $0 / units.0 }
        bottom.values = bottom.values.map { $0 / units.1 }
        let one = try EnsembleForecast(top, cancellation: cancellation)
        let other = try EnsembleForecast(bottom, cancellation: cancellation)
        self.init(
            ensemble: one, paths: LookPaths(one, over: other), problem: top,
            floor: top.isNonnegative && bottom.isNonnegative ? 0 : nil)
        let blanks = path.count { $0.isNaN }
        if blanks > 0 { notes.append("the denominator is 0 at \(blanks) steps") }
        scale(by: units.0 / units.1)
    }

    /// The forecast of a series that never changed.
    init(constant: Double, horizon: Int) {
        path = Array(repeating: constant, count: horizon)
        (lower, upper) = (path, path)
        (method, skill, notes, looks, variance) = ("constant", .nan, [], [], 0)
    }

    /// Chooses between the ensemble and the last season, and puts the interval around.
    ///
    /// `paths` are those of `ensemble` or of the ratio of two; `floor` bounds the interval.
    init(
        ensemble: EnsembleForecast, paths: LookPaths, problem: ForecastProblem, floor: Double?
    ) {
        let level = problem.level
        var errors = paths.errors(paths.combined)
        let naiveErrors = paths.errors(paths.naive)
        let (mean, naiveMean) = (errors.meanMagnitude, naiveErrors.meanMagnitude)
        let lost = zip(errors, naiveErrors).filter {
            [$0].meanMagnitude > [$1].meanMagnitude
        }.count
        // Two conditions, as one bad origin of six must not decide.
        let useNaive =
            !ensemble.isFixed && mean > 1.02 * naiveMean + Self.rounding
            && 2 * lost > errors.count
        if useNaive { errors = naiveErrors }
        path = useNaive ? paths.finalNaive : paths.finalCombined
        method = useNaive ? ForecastMethod.seasonalNaive.rawValue : "ensemble"
        if let given = problem.method { method = given.rawValue }
        skill = useNaive ? 0 : (naiveMean > Self.rounding ? 1 - mean / naiveMean : .nan)
        variance = errors.meanSquare
        notes = []
        let horizon = problem.horizon
        let widths: [Double]
        if errors.count >= 3 {
            widths = ConformalBand.halfWidths(errors: errors, horizon: horizon, level: level)
        } else {
            let changes = paths.changes
            widths = ConformalBand.halfWidths(changes: changes, horizon: horizon, level: level)
            variance = changes.reduce(0) { $0 + $1 * $1 } / Double(max(changes.count, 1))
            notes.append("the history is too short for a back-test")
        }
        lower = zip(path, widths).map { max($0 - $1, floor ?? -.infinity) }
        upper = zip(path, widths).map { max($0 + $1, floor ?? -.infinity) }
        looks = []
        if problem.wantsLooks {
            addLooks(useNaive ? paths.naive : paths.combined, errors, paths, level, floor)
        }
        describe(ensemble, fellBack: useNaive)
    }

    private mutating func addLooks(
        _ forecasts: [[Double]], _ errors: [[Double]], _ paths: LookPaths, _ level: Double,
        _ floor: Double?
    ) {
        for number in forecasts.indices.reversed() {
            let others = errors.indices.filter { $0 != number }.map { errors[$0] }
            let path = forecasts[number]
            let widths =
                others.isEmpty
                ? ConformalBand.halfWidths(
                    changes: paths.changes, horizon: path.count, level: level)
                : ConformalBand.halfWidths(errors: others, horizon: path.count, level: level)
            looks.append(
                Look(
                    cut: paths.cuts[number], path: path,
                    lower: zip(path, widths).map { max($0 - $1, floor ?? -.infinity) },
                    upper: zip(path, widths).map { max($0 + $1, floor ?? -.infinity) }))
        }
    }

    private mutating func describe(_ ensemble: EnsembleForecast, fellBack: Bool) {
        if fellBack { notes.append("no method beat the last season in the back-test") }
        let count = ensemble.spikes.count
        if count > 0 {
            notes.append("\(count) \(count == 1 ? "spike" : "spikes") left out of fitting")
        }
        if ensemble.hasShifted {
            notes.append("the level moved in the last season: older values were moved along")
        }
    }

    private mutating func scale(by unit: Double) {
        func scaled(_ values: [Double]) -> [Double] { values.map { $0 * unit } }
        (path, lower, upper) = (scaled(path), scaled(lower), scaled(upper))
        looks = looks.map {
            Look(
                cut: $0.cut, path: scaled($0.path), lower: scaled($0.lower),
                upper: scaled($0.upper))
        }
        variance *= unit * unit
    }
}

/// Forecasts of the past and the future that an interval is put around.
struct LookPaths: Sendable {
    /// Steps known at each look, counted from the first step of the series.
    var cuts: [Int]
    /// What came, a row per look.
    var actual: [[Double]]
    /// What the ensemble said.
    var combined: [[Double]]
    /// What the last season said.
    var naive: [[Double]]
    /// What the ensemble says of the future.
    var finalCombined: [Double]
    /// What the last season says of the future.
    var finalNaive: [Double]
    /// Differences between neighbouring values.
    var changes: [Double]

    /// The paths of one series.
    init(_ ensemble: EnsembleForecast) {
        cuts = ensemble.origins.map { $0.cut + ensemble.dropped }
        actual = ensemble.origins.map(\.actual)
        combined = ensemble.origins.map(\.combined)
        naive = ensemble.origins.map(\.naive)
        (finalCombined, finalNaive) = (ensemble.path, ensemble.naive)
        changes = zip(ensemble.history.dropFirst(), ensemble.history).map { $0 - $1 }
    }

    /// The paths of the ratio of two series that share their steps; NaN where the denominator is 0.
    init(_ numerator: EnsembleForecast, over denominator: EnsembleForecast) {
        func ratio(_ top: [Double], _ bottom: [Double]) -> [Double] {
            zip(top, bottom).map { $1 != 0 ? $0 / $1 : .nan }
        }
        func ratios(_ part: (EnsembleForecast.Origin) -> [Double]) -> [[Double]] {
            zip(numerator.origins, denominator.origins).map { ratio(part($0), part($1)) }
        }
        cuts = numerator.origins.map { $0.cut + numerator.dropped }
        actual = ratios { $0.actual }
        combined = ratios { $0.combined }
        naive = ratios { $0.naive }
        finalCombined = ratio(numerator.path, denominator.path)
        finalNaive = ratio(numerator.naive, denominator.naive)
        let history = ratio(numerator.history, denominator.history)
        changes = zip(history.dropFirst(), history).map { $0 - $1 }.filter { !$0.isNaN }
    }

    /// Actual less forecast, a row per look.
    func errors(_ forecasts: [[Double]]) -> [[Double]] {
        zip(actual, forecasts).map { zip($0, $1).map { $0 - $1 } }
    }
}

extension [[Double]] {
    /// The mean magnitude of what is not NaN; NaN for nothing.
    fileprivate var meanMagnitude: Double {
        OrderStatistics.mean(joined().filter { !$0.isNaN }.map { abs($0) })
    }

    /// The mean square of what is not NaN; 0 for nothing.
    fileprivate var meanSquare: Double {
        let known = joined().filter { !$0.isNaN }
        return known.isEmpty ? 0 : OrderStatistics.mean(known.map { $0 * $0 })
    }
}

/// Units that change no digit of a number.
enum PowerOfTwo {
    /// A power of two near the largest magnitude; 1 for nothing but zeros.
    static func above(_ values: [Double]) -> Double {
        let largest = values.reduce(0) { max($0, abs($1)) }
        guard largest > 0, largest.isFinite else { return 1 }
        let exponent = max(min(Int(largest.exponent), 1_000), -1_000)
        return Double(sign: .plus, exponent: exponent, significand: 1)
    }
}
