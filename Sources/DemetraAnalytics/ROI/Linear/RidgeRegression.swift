import DemetraVectors

/// A linear model for few rows: names one-hot, numbers by their rank among the bins, coefficients
/// pulled towards zero.
package struct RidgeRegression: Sendable, Hashable {
    /// A coefficient for each code of each feature: rows add up what their codes say.
    package var effects: [[Double]]
    /// Added to every row.
    package var intercept: Double
    /// The mean effect of each feature over the rows fitted on; empty when it is not known.
    package var centers: [Double]

    /// Fits `target` on some rows.
    package init(_ codes: CodeMatrix, target: [Double], rows: [Int], penalty: Double) {
        self = RidgeProblem(codes, rows: rows, penalty: penalty).fit(target)
    }

    init(effects: [[Double]], intercept: Double, centers: [Double]) {
        self.effects = effects
        self.intercept = intercept
        self.centers = centers
    }

    /// The prediction for a row.
    package func value(_ codes: CodeMatrix, row: Int) -> Double {
        var sum = intercept
        for feature in effects.indices { sum += effects[feature][Int(codes.columns[feature][row])] }
        return sum
    }
}
