import Glibc

/// The linear part of a total outcome: level, trend, two yearly waves, weekdays, controls.
///
/// A history of less than a year cannot tell waves from the trend or from what was spent meanwhile. Leaving waves
/// out of the model would put them into the errors, and fitting them freely would spend most of what such a history
/// says. So trend and waves have weak priors, which long histories do not feel.
package struct SeasonalControls: Sendable {
    /// What is believed of the sizes of trend (over the history) and waves before anything is seen: standard
    /// deviations of coefficients in mean outcomes.
    private static let trendSpread = 0.3
    private static let waveSpreads = [0.15, 0.075]

    /// A value per period and column.
    package let columns: [[Double]]
    /// The prior standard deviation of each column's coefficient, in mean outcomes; infinite where there is none.
    package let spreads: [Double]
    /// The columns that a history of this length can tell apart without priors.
    package let plainColumns: [Int]

    /// The columns of a history.
    package init(_ history: SpendHistory) {
        let count = history.periodCount
        let year = 365.25 / history.periodDays
        var columns = [[Double](repeating: 1, count: count)]
        var spreads = [Double.infinity, Self.trendSpread]
        columns.append((0..<count).map { Double($0) / Double(max(count, 1)) })
        var plain = [0, 1]
        // A wave needs most of a year to be told from the trend, and a quarter to be seen at all.
        let told = Double(count) > 0.9 * year ? 2 : (Double(count) > 0.5 * year ? 1 : 0)
        for (wave, spread) in Self.waveSpreads.enumerated() where Double(count) > 0.25 * year {
            let angle = 2 * Double.pi * Double(wave + 1) / year
            if wave < told { plain += [columns.count, columns.count + 1] }
            columns.append((0..<count).map { sin(angle * Double($0)) })
            columns.append((0..<count).map { cos(angle * Double($0)) })
            spreads += [spread, spread]
        }
        var free = history.controls
        if history.weekdays.count == count, count >= 21 {
            free += (0..<6).map { day in history.weekdays.map { $0 == day ? 1 : 0 } }
        }
        self.columns = columns + free
        self.spreads = spreads + free.map { _ in .infinity }
        plainColumns = plain + free.indices.map { columns.count + $0 }
    }
}
