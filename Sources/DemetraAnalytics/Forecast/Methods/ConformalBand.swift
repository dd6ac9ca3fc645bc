/// Half the width of an interval per step, from the errors of past forecasts.
///
/// The quantile of absolute errors over all origins and the neighbouring quarter of the horizon, made
/// non-decreasing in the step. Errors of neighbouring steps are one mistake seen often, so a pool of w
/// steps counts as √w: the quantile is taken at level · (1 + 1 / (origins · √w)).
///
/// Source: Vovk, Gammerman and Shafer 2005; Stankevičiūtė, Alaa and van der Schaar 2021.
enum ConformalBand {
    /// Half widths for `horizon` steps; `errors` holds a row per origin, NaN where there is none.
    ///
    /// Steps beyond the back-test widen with the square root of their distance.
    static func halfWidths(errors: [[Double]], horizon: Int, level: Double) -> [Double] {
        let tested = errors.first?.count ?? 0
        guard tested > 0 else { return [] }
        let reach = tested / 4
        let pool = Double(min(2 * reach + 1, tested))
        let count = Double(errors.count) * pool.squareRoot()
        let probability = min(level * (1 + 1 / count), 1)
        var widths: [Double] = []
        for step in 0..<min(tested, horizon) {
            let steps = max(0, step - reach)...min(tested - 1, step + reach)
            var magnitudes: [Double] = []
            for row in errors {
                for index in steps where !row[index].isNaN { magnitudes.append(abs(row[index])) }
            }
            magnitudes.sort()
            let width = OrderStatistics.quantile(sorted: magnitudes, probability)
            widths.append(max(width.isNaN ? 0 : width, widths.last ?? 0))
        }
        let last = widths.last ?? 0
        for step in widths.count..<max(horizon, widths.count) {
            widths.append(last * (Double(step + 1) / Double(tested)).squareRoot())
        }
        return widths
    }

    /// Half widths for histories that are too short for a back-test: normal quantiles of one-step
    /// changes that grow with the square root of the step.
    static func halfWidths(changes: [Double], horizon: Int, level: Double) -> [Double] {
        guard !changes.isEmpty else { return Array(repeating: 0, count: horizon) }
        var square = 0.0
        for change in changes { square += change * change }
        let deviation = (square / Double(changes.count)).squareRoot()
        let factor = NormalQuantile.value((1 + level) / 2) * deviation
        return (0..<horizon).map { factor * Double($0 + 1).squareRoot() }
    }
}
