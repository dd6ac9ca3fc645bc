package import DemetraTypes
import Glibc

/// The methods of `CandidateForecasts` as one forecast, with what it would have said in the past.
///
/// Weights are 1 / MAE⁴ of the back-test. What the ensemble is judged by at an origin uses the weights
/// of the other origins: judged by its own, it would look better than it is.
// Immutable after init.
package struct EnsembleForecast: Sendable {
    /// One look back.
    struct Origin: Sendable {
        /// Number of values known.
        var cut: Int
        /// What came.
        var actual: [Double]
        /// What the ensemble says.
        var combined: [Double]
        /// What the last season says.
        var naive: [Double]
    }

    /// The values that were used, at most the newest `1000` or four longest seasons.
    let history: [Double]
    /// How many older values were left out.
    let dropped: Int
    /// The forecast, `horizon` steps.
    let path: [Double]
    /// The last season again, `horizon` steps.
    let naive: [Double]
    /// The looks back, the newest first; none for short histories.
    let origins: [Origin]
    /// Where they stand.
    let plan: OriginPlan
    /// Positions in `history` of spikes that were left out of fitting.
    let spikes: [Int]
    /// True when the level moved in the last season.
    let hasShifted: Bool
    /// True when the method was given and not chosen.
    let isFixed: Bool

    /// Forecasts a series.
    ///
    /// - Throws: 57014 when cancelled.
    package init(
        _ problem: ForecastProblem, cancellation: CancellationFlag
    ) throws(DemetraError) {
        let longest = problem.seasons.last { problem.values.count >= 2 * $0 } ?? 1
        let limit = max(1_000, 4 * longest)
        let isLong = problem.values.count > max(1_200, limit)
        let older = isLong ? problem.values.count - limit : 0
        let values = Array(problem.values.dropFirst(older))
        (dropped, history) = (older, values)
        let usable = problem.seasons.filter { values.count >= 2 * $0 }
        let codes = problem.holidays.dropFirst(older)
        func candidates(_ count: Int, _ horizon: Int) -> CandidateForecasts {
            CandidateForecasts(
                Array(values.prefix(count)), seasons: usable, horizon: horizon,
                isNonnegative: problem.isNonnegative, holidays: codes.prefix(count + horizon),
                stepsPerDay: problem.stepsPerDay)
        }
        let plan = OriginPlan(count: values.count, seasons: usable, horizon: problem.horizon)
        self.plan = plan
        var looks: [CandidateForecasts] = []
        for cut in plan.cuts {
            try cancellation.check()
            looks.append(candidates(cut, plan.horizon))
        }
        try cancellation.check()
        let final = candidates(values.count, problem.horizon)
        (spikes, hasShifted) = (final.spikes, final.hasShifted)
        isFixed = problem.method != nil
        let mixture = MethodMixture(
            looks, actual: plan.cuts.map { Array(values[$0..<($0 + plan.horizon)]) },
            final: final, method: problem.method)
        path = mixture.combined(final, without: nil)
        naive = final.path(.seasonalNaive) ?? []
        origins = zip(plan.cuts, looks).enumerated().map { number, look in
            Origin(
                cut: look.0, actual: mixture.actual[number],
                combined: mixture.combined(look.1, without: number),
                naive: look.1.path(.seasonalNaive) ?? [])
        }
    }
}

/// How much each method counts.
private struct MethodMixture {
    let actual: [[Double]]
    private let methods: [ForecastMethod]
    /// Mean absolute error of each method at each origin.
    private let errors: [[Double]]

    /// Methods count when all origins and the end of the history know them.
    init(
        _ looks: [CandidateForecasts], actual: [[Double]], final: CandidateForecasts,
        method: ForecastMethod?
    ) {
        self.actual = actual
        var known = ForecastMethod.allCases.filter { method in
            final.path(method) != nil && looks.allSatisfy { $0.path(method) != nil }
        }
        if let method, final.path(method) != nil {
            known = [method]
        } else if method != nil {
            known = [.seasonalNaive]
        }
        methods = known
        errors = zip(looks, actual).map { look, actual in
            known.map { method in
                MeanError.absolute(actual, look.path(method) ?? look.path(.seasonalNaive) ?? actual)
            }
        }
    }

    /// The weighted mean of the paths, weighted by all origins but one.
    func combined(_ candidates: CandidateForecasts, without origin: Int?) -> [Double] {
        let paths = methods.map {
            candidates.path($0) ?? candidates.path(.seasonalNaive) ?? []
        }
        let weights = weights(without: origin)
        guard var sum = paths.first?.map({ _ in 0.0 }) else { return [] }
        for (path, weight) in zip(paths, weights) {
            for step in sum.indices { sum[step] += weight * path[step] }
        }
        return sum
    }

    private func weights(without origin: Int?) -> [Double] {
        let used =
            errors.count > 1 ? errors.indices.filter { $0 != origin } : Array(errors.indices)
        guard !used.isEmpty else {
            return Array(repeating: 1 / Double(methods.count), count: methods.count)
        }
        var means = methods.indices.map { method in
            OrderStatistics.mean(used.map { errors[$0][method] })
        }
        // A method without any error must not shut out all others by a division by zero.
        let floor = 1e-9 * OrderStatistics.mean(means) + Double.leastNormalMagnitude
        for index in means.indices { means[index] = max(means[index], floor) }
        let least = means.min() ?? 1
        let shares = means.map { pow(least / $0, 4) }
        let total = shares.reduce(0, +)
        return shares.map { $0 / total }
    }
}

/// How far two paths are apart.
enum MeanError {
    /// The mean absolute difference; NaN for no steps.
    static func absolute(_ actual: [Double], _ path: [Double]) -> Double {
        var sum = 0.0
        for (value, other) in zip(actual, path) { sum += abs(value - other) }
        return sum / Double(actual.count)
    }
}
