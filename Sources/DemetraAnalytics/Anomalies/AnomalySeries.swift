/// One series on its way to a detector: points in ascending time.
package struct AnomalySeries: Sendable {
    /// Microseconds since 1970, ascending and distinct.
    package var instants: [Int64]
    /// A value per instant, NaN where there is none.
    package var values: [Double]
    /// What a value was divided by, per instant; empty when values are no ratios.
    package var volumes: [Double]
    /// Rows of a season when the caller says so: 1 for none.
    package var season: Int?

    /// Makes a series; all arrays have the same length, or `volumes` is empty.
    package init(
        instants: [Int64], values: [Double], volumes: [Double] = [], season: Int? = nil
    ) {
        self.instants = instants
        self.values = values
        self.volumes = volumes
        self.season = season
    }

    /// Microseconds between rows: the median of the first 28 differences, so that later rows do not
    /// change what was said of earlier ones.
    package var step: Int64 {
        let count = min(instants.count - 1, 28)
        guard count > 0 else { return 1 }
        let differences = (0..<count).map { instants[$0 + 1] - instants[$0] }.sorted()
        return max(differences[count / 2], 1)
    }

    /// The same points with time running backwards.
    package var reversed: AnomalySeries {
        AnomalySeries(
            instants: instants.reversed().map { -$0 }, values: values.reversed(),
            volumes: volumes.reversed(), season: season)
    }

    /// How much a departure of each row counts, 0...1: rows of a ratio with less than the usual volume
    /// scatter more, by the square root of the volume (binomial and Poisson counts alike). What is
    /// usual is the median of the last 56 volumes.
    package func weights() -> [Double] {
        guard !volumes.isEmpty else { return [] }
        var weights = [Double](repeating: 1, count: volumes.count)
        var recent: [Double] = []
        var scratch: [Double] = []
        var usual = Double.nan
        for row in volumes.indices where volumes[row] > 0 {
            if recent.count == 56 {
                recent[row % 56] = volumes[row]
            } else {
                recent.append(volumes[row])
            }
            // A median that is a few rows old is as good, and much cheaper.
            if recent.count < 56 || row % 8 == 0 {
                scratch = recent
                usual = Median.of(&scratch)
            }
            weights[row] = min(1, (volumes[row] / usual).squareRoot())
        }
        return weights
    }
}
