import Glibc

/// What every method says of the steps after the end of a history.
///
/// The naive methods repeat values as they are; the others see the history in logarithms when its
/// spread grows with its level, without its seasons, holidays and single-step spikes, and get these
/// (but for the spikes) back on top of their forecast.
// Immutable after init.
struct CandidateForecasts: Sendable {
    /// A path per method of `ForecastMethod.allCases`, nil where a method cannot say anything.
    private(set) var paths: [[Double]?]
    /// Points whose value was replaced before fitting.
    private(set) var spikes: [Int] = []
    /// True when the level moved in the last season, and older values were moved along.
    private(set) var hasShifted = false

    /// Forecasts `horizon` steps after the end of `values`.
    ///
    /// `holidays` holds a code per step of history and horizon, -1 on ordinary days; empty: none.
    init(
        _ values: [Double], seasons: [Int], horizon: Int, isNonnegative: Bool,
        holidays: ArraySlice<Int32>, stepsPerDay: Int
    ) {
        paths = Array(repeating: nil, count: ForecastMethod.allCases.count)
        let count = values.count
        let usable = seasons.filter { count >= 2 * $0 }
        let season = usable.first ?? 1
        let usesLogarithms =
            count >= 2 * season && values.allSatisfy { $0 > 0 }
            && SpreadTest.growsWithLevel(values, width: max(season, 7))
        var rest = usesLogarithms ? values.map { log($0) } : values
        var added = [Double](repeating: 0, count: horizon)
        for length in usable {
            guard let profile = SeasonalProfile(rest, length: length) else { continue }
            for step in rest.indices { rest[step] -= profile.offset(at: step) }
            for step in 0..<horizon { added[step] += profile.offset(at: count + step) }
        }
        var effects = (past: [Double](repeating: 0, count: count), future: added.map { _ in 0.0 })
        if !holidays.isEmpty {
            HolidayEffects(rest, codes: holidays, stepsPerDay: stepsPerDay).move(
                from: &effects.past, to: &effects.future, codes: holidays)
        }
        repeatSeasons(values, usable, horizon, effects, usesLogarithms: usesLogarithms)
        for step in rest.indices { rest[step] += effects.past[step] }
        for step in added.indices { added[step] += effects.future[step] }
        spikes = SpikeFilter.replaceSpikes(in: &rest)
        hasShifted = LevelShift.align(&rest, season: season)
        for (method, path) in Self.fitted(rest, horizon: horizon) {
            paths[method.index] = path.indices.map { path[$0] + added[$0] }
        }
        if usesLogarithms { leaveLogarithms(largest: values.max() ?? 1) }
        if isNonnegative { clip() }
    }

    /// The path of a method.
    func path(_ method: ForecastMethod) -> [Double]? { paths[method.index] }

    /// Holidays neither stand in what is repeated nor are missing where one comes.
    private mutating func repeatSeasons(
        _ history: [Double], _ usable: [Int], _ horizon: Int,
        _ effects: (past: [Double], future: [Double]), usesLogarithms: Bool
    ) {
        func moved(_ value: Double, _ effect: Double) -> Double {
            if effect == 0 { return value }
            return usesLogarithms ? value * exp(effect) : value + effect
        }
        let values = history.indices.map { moved(history[$0], effects.past[$0]) }
        let count = values.count
        let season = usable.first ?? 1
        let steps = 0..<horizon
        paths[ForecastMethod.seasonalNaive.index] = steps.map {
            values[count - season + $0 % season]
        }
        if usable.count > 1, let longest = usable.last {
            paths[ForecastMethod.longSeasonalNaive.index] = steps.map {
                values[count - longest + $0 % longest]
            }
        }
        if season > 1, count > 3 * season {
            let cycles = min(4, count / season)
            paths[ForecastMethod.seasonalMean.index] = steps.map { step in
                var sum = 0.0
                for cycle in 1...cycles { sum += values[count - cycle * season + step % season] }
                return sum / Double(cycles)
            }
        }
        for index in paths.indices {
            paths[index] = paths[index].map { path in
                path.indices.map { moved(path[$0], effects.future[$0]) }
            }
        }
    }

    private static func fitted(
        _ rest: [Double], horizon: Int
    ) -> [(ForecastMethod, [Double])] {
        let level = SmoothingModel.simple(rest).level
        let slope = rest.count > 3 ? LineFit.slope(rest) : 0
        let limit = 3 * RobustSpread.ofSteps(rest)
        let damped = SmoothingModel.damped(rest, limit: limit > 0 ? limit : .infinity)
        return [
            (.smoothing, Array(repeating: level, count: horizon)),
            (.theta, (0..<horizon).map { level + 0.5 * slope * Double($0 + 1) }),
            (.dampedTrend, damped.path(horizon)),
            (.autoregression, AutoregressiveModel(rest).path(horizon)),
        ]
    }

    /// Powers of e, none more than e squared times the largest value seen.
    private mutating func leaveLogarithms(largest: Double) {
        let ceiling = log(largest) + 2
        let plain: [ForecastMethod] = [.smoothing, .theta, .dampedTrend, .autoregression]
        for method in plain {
            paths[method.index] = paths[method.index]?.map { exp(min($0, ceiling)) }
        }
    }

    private mutating func clip() {
        for index in paths.indices { paths[index] = paths[index]?.map { max($0, 0) } }
    }
}

/// The straight line of least squares.
enum LineFit {
    /// Its slope per step; 0 when there are no two steps.
    static func slope(_ values: [Double]) -> Double {
        let center = Double(values.count - 1) / 2
        let mean = OrderStatistics.mean(values)
        var (cross, square) = (0.0, 0.0)
        for index in values.indices {
            let distance = Double(index) - center
            cross += distance * (values[index] - mean)
            square += distance * distance
        }
        return square > 0 ? cross / square : 0
    }
}
