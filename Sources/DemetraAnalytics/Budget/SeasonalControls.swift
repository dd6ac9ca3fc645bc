import Glibc

/// The linear part of a total outcome: level, trend, up to two yearly waves, weekdays, controls.
package enum SeasonalControls {
    /// The columns, each with a value per period.
    package static func columns(_ history: SpendHistory) -> [[Double]] {
        let count = history.periodCount
        let year = 365.25 / history.periodDays
        var columns = [[Double](repeating: 1, count: count)]
        columns.append((0..<count).map { Double($0) / Double(max(count, 1)) })
        // A wave needs most of a year to be told from the trend.
        let waves = Double(count) > 0.9 * year ? 2 : (Double(count) > 0.5 * year ? 1 : 0)
        if waves > 0 {
            for wave in 1...waves {
                let angle = 2 * Double.pi * Double(wave) / year
                columns.append((0..<count).map { sin(angle * Double($0)) })
                columns.append((0..<count).map { cos(angle * Double($0)) })
            }
        }
        if history.weekdays.count == count, count >= 21 {
            for day in 0..<6 { columns.append(history.weekdays.map { $0 == day ? 1 : 0 }) }
        }
        return columns + history.controls
    }
}
