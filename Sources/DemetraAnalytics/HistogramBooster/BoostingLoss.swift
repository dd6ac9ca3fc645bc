import Glibc

/// What trees are grown to make small, over the rows of a table.
///
/// The gradient is what a row still lacks; trees are grown on gradients alone, by least squares. Where the
/// loss is no square, each leaf then takes its own Newton step.
///
/// Safe because callers pass row numbers of the table, and values for all of its rows.
///
/// - Source: Friedman, "Greedy function approximation", 2001, algorithms 3 (squares) and 5 (two classes).
package enum BoostingLoss: Sendable {
    /// Half the squared difference to these values.
    case squares([Double])
    /// The negative log-likelihood of labels 0 or 1, whose log-odds start at a value for each row.
    case logistic(start: [Double], labels: [Double])

    /// The usual size of a gradient before the first tree, so that no threshold depends on the target's unit.
    var unit: Double {
        switch self {
        case .squares(let values):
            let squares = values.reduce(0) { $0 + $1 * $1 }
            return max((squares / Double(max(values.count, 1))).squareRoot(), 1e-300)
        case .logistic: return 1
        }
    }

    /// The loss of some rows, of which trees say `fitted`.
    func sum(over rows: [Int32], _ fitted: [Double]) -> Double {
        var sum = 0.0
        switch self {
        case .squares(let values):
            for row in rows {
                let lack = values[Int(row)] - fitted[Int(row)]
                sum += lack * lack
            }
        case .logistic(let start, let labels):
            for row in rows {
                let odds = start[Int(row)] + fitted[Int(row)]
                // log(1 + e^x) without overflow.
                sum += max(odds, 0) + log1p(exp(-abs(odds))) - labels[Int(row)] * odds
            }
        }
        return sum
    }

    /// Puts what some rows lack into `gradients`, by their row number; gives the largest size of one.
    func gradients(
        of rows: UnsafeBufferPointer<Int32>, _ fitted: UnsafePointer<Double>,
        into gradients: UnsafeMutablePointer<Double>
    ) -> Double {
        var largest = 0.0
        switch self {
        case .squares(let values):
            values.withUnsafeBufferPointer { values in
                for row in rows {
                    let gradient = values[Int(row)] - fitted[Int(row)]
                    gradients[Int(row)] = gradient
                    largest = max(largest, abs(gradient))
                }
            }
        case .logistic(let start, let labels):
            for row in rows {
                let odds = start[Int(row)] + fitted[Int(row)]
                let gradient = labels[Int(row)] - LogOdds.probability(odds)
                gradients[Int(row)] = gradient
                largest = max(largest, abs(gradient))
            }
        }
        return largest
    }

    /// How far some rows want to go, held back by `regularisation`; nil where the mean gradient, which trees
    /// give a leaf anyway, says it.
    func newtonStep(
        of rows: some Sequence<Int32>, _ gradients: UnsafePointer<Double>, regularisation: Double
    ) -> Double? {
        guard case .logistic(_, let labels) = self else { return nil }
        var (slope, curvature) = (0.0, regularisation)
        for row in rows {
            let gradient = gradients[Int(row)]
            let probability = labels[Int(row)] - gradient
            slope += gradient
            curvature += probability * (1 - probability)
        }
        return slope / curvature
    }
}
