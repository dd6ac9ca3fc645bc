/// A way to continue a series.
package enum ForecastMethod: String, Sendable, CaseIterable {
    /// The last season again.
    case seasonalNaive = "seasonal_naive"
    /// The last of the longest season again, where a series has two seasons.
    case longSeasonalNaive = "long_seasonal_naive"
    /// The mean of the last four seasons.
    case seasonalMean = "seasonal_mean"
    /// A smoothed level.
    case smoothing = "ses"
    /// A smoothed level with a trend that fades.
    case dampedTrend = "damped"
    /// A smoothed level with half of the trend over the whole history.
    case theta = "theta"
    /// A return to the mean by autocorrelations.
    case autoregression = "autoregressive"

    /// Its place among all methods.
    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
