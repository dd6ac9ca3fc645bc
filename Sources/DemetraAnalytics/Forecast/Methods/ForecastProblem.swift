/// One regular series and what is asked of it.
package struct ForecastProblem: Sendable {
    /// The values, without gaps, the newest last; at least two, all finite.
    package var values: [Double]
    /// Lengths of seasons in steps, the shortest first; those above half of the history are not used.
    package var seasons: [Int]
    /// Steps to forecast, from 1.
    package var horizon: Int
    /// Coverage of intervals.
    package var level: Double
    /// The method, or nil for the ensemble.
    package var method: ForecastMethod?
    /// True when no forecast may be below 0.
    package var isNonnegative: Bool
    /// A code per step of history and horizon, -1 on ordinary days; empty without holidays.
    package var holidays: [Int32]
    /// Steps of a day, 1 for days and more; what holidays are compared with.
    package var stepsPerDay = 1
    /// True when the forecasts of the back-test are wanted with their intervals.
    package var wantsLooks = true

    /// Makes a problem.
    package init(
        values: [Double], seasons: [Int], horizon: Int, level: Double = 0.9,
        method: ForecastMethod? = nil, isNonnegative: Bool = false, holidays: [Int32] = []
    ) {
        self.values = values
        self.seasons = seasons
        self.horizon = horizon
        self.level = level
        self.method = method
        self.isNonnegative = isNonnegative
        self.holidays = holidays
    }
}
