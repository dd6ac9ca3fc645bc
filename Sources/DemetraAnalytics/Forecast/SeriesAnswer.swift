import DemetraFunctions
import DemetraTypes

/// A series on its grid, ready to be forecast.
struct PreparedSeries: Sendable {
    /// The values of the series columns; NULL where a total spans them.
    var key: [Value]
    /// Where it stands in time.
    var placement: SeriesPlacement
    /// The grid's number of the first step to forecast.
    var end: Int
    /// A value a step, without gaps.
    var values: [Double]
    /// The denominators; empty when there are none.
    var denominators: [Double]
    /// What to know.
    var notes: [String]
    /// Why there is no forecast, if so.
    var failure: DemetraError?
}

/// The forecast of one series, or why there is none.
struct SeriesAnswer: Sendable {
    /// The series.
    var series: PreparedSeries
    /// Its forecast; nil where there is a failure.
    var forecast: SeriesForecast?
    /// Why there is no forecast.
    var failure: DemetraError?

    /// The notice of its rows.
    var notice: String? {
        let notes = series.notes + (forecast?.notes ?? [])
        if let failure { return ([failure.message] + series.notes).joined(separator: "; ") }
        return notes.isEmpty ? nil : notes.joined(separator: "; ")
    }
}

/// Forecasts prepared series on the engine's threads.
struct SeriesForecasting: Sendable {
    let options: ForecastOptions
    let holidays: HolidayCalendar?

    /// Answers in the order of the series.
    ///
    /// - Throws: 57014 when cancelled.
    func answers(
        _ series: [PreparedSeries], _ context: EvaluationContext
    ) throws(DemetraError) -> [SeriesAnswer] {
        let slots = ResultSlots<SeriesAnswer?>(count: series.count, empty: nil)
        let cancellation = context.cancellation
        context.workers.forEach(series.count) { index in
            guard !cancellation.isCancelled else { return }
            slots.set(index, answer(series[index], cancellation))
        }
        try cancellation.check()
        return slots.values.compactMap { $0 }
    }

    /// The steps that are forecast when the call does not say: one season, else ten.
    func horizon(_ series: PreparedSeries) -> Int {
        options.horizon ?? min(seasons(series).first ?? 10, 10_000)
    }

    private func seasons(_ series: PreparedSeries) -> [Int] {
        options.seasons ?? series.placement.grid.step.seasons
    }

    private func answer(
        _ series: PreparedSeries, _ cancellation: CancellationFlag
    ) -> SeriesAnswer {
        if let failure = series.failure { return SeriesAnswer(series: series, failure: failure) }
        do {
            let forecast =
                series.denominators.isEmpty
                ? try SeriesForecast(
                    problem(series.values, of: series), cancellation: cancellation)
                : try SeriesForecast(
                    numerator: problem(series.values, of: series),
                    denominator: problem(series.denominators, of: series),
                    cancellation: cancellation)
            return SeriesAnswer(series: series, forecast: forecast)
        } catch {
            return SeriesAnswer(series: series, failure: error)
        }
    }

    private func problem(_ values: [Double], of series: PreparedSeries) -> ForecastProblem {
        var problem = ForecastProblem(
            values: values, seasons: seasons(series), horizon: horizon(series),
            level: options.level, method: options.method,
            isNonnegative: options.isNonnegative ?? values.allSatisfy { $0 >= 0 })
        problem.wantsLooks = options.showsBackTest
        guard let holidays, case .microseconds(let step) = series.placement.grid.step,
            step <= Civil.microsecondsPerDay
        else { return problem }
        let grid = series.placement.grid
        problem.stepsPerDay = max(Int(Civil.microsecondsPerDay / step), 1)
        problem.holidays = ((series.end - values.count)..<(series.end + problem.horizon)).map {
            grid.instant($0).map { holidays.code($0) } ?? -1
        }
        return problem
    }
}
