/// A logistic model for few rows: ridge regressions on a working response until they stand still.
///
/// The curvature of the logistic loss is at most a quarter, so least squares on what four gradients add to
/// the present log-odds never overshoots; the matrix stays the same, and is factored once.
///
/// - Source: Böhning and Lindsay, "Monotonicity of quadratic-approximation algorithms", Annals of the Institute
///   of Statistical Mathematics 40, 1988.
enum LogisticRidge {
    private static let roundLimit = 60
    private static let tolerance = 1e-6

    /// Fits labels 0 or 1 of some rows, whose log-odds start at `start`.
    static func fit(
        _ codes: CodeMatrix, start: [Double], labels: [Double], rows: [Int], penalty: Double
    ) -> RidgeRegression {
        let problem = RidgeProblem(codes, rows: rows, penalty: 4 * penalty)
        var target = [Double](repeating: 0, count: labels.count)
        var fitted = target
        var model = problem.fit(target)
        for _ in 0..<roundLimit {
            for row in rows {
                let lack = labels[row] - LogOdds.probability(start[row] + fitted[row])
                target[row] = fitted[row] + 4 * lack
            }
            model = problem.fit(target)
            var largest = 0.0
            for row in rows {
                let value = model.value(codes, row: row)
                largest = max(largest, abs(value - fitted[row]))
                fitted[row] = value
            }
            if largest < tolerance { break }
        }
        return model
    }
}
