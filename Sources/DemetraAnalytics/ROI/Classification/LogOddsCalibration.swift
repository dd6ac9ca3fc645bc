/// A line that brings log-odds of models to what happened in rows that they had not seen.
///
/// Trees that stop early are too timid where a class is rare or well told; two numbers from all rows mend that
/// without a say in which row comes before which.
///
/// - Source: Platt, "Probabilistic outputs for support vector machines", 1999.
struct LogOddsCalibration: Sendable {
    /// Added.
    private(set) var shift = 0.0
    /// What log-odds are multiplied by.
    private(set) var slope = 1.0

    private static let slopes = 0.5...2.0
    private static let shifts = -1.0...1.0
    private static let stepLimit = 25
    /// Rows that speak for leaving everything as it is.
    private static let priorRows = 10.0

    /// The line under which labels 0 or 1 are likeliest, by Newton's steps.
    init(odds: [Double], labels: [Double]) {
        for _ in 0..<Self.stepLimit {
            var (a, b) = (-Self.priorRows / 4 * shift, -Self.priorRows / 4 * (slope - 1))
            var (aa, ab, bb) = (Self.priorRows / 4, 0.0, Self.priorRows / 4)
            for row in odds.indices {
                let x = odds[row]
                let probability = LogOdds.probability(shift + slope * x)
                let weight = probability * (1 - probability)
                a += labels[row] - probability
                b += (labels[row] - probability) * x
                aa += weight
                ab += weight * x
                bb += weight * x * x
            }
            let determinant = aa * bb - ab * ab
            guard determinant > 1e-9 else { break }
            let steps = ((bb * a - ab * b) / determinant, (aa * b - ab * a) / determinant)
            let next = (
                min(max(shift + steps.0, Self.shifts.lowerBound), Self.shifts.upperBound),
                min(max(slope + steps.1, Self.slopes.lowerBound), Self.slopes.upperBound)
            )
            let change = max(abs(next.0 - shift), abs(next.1 - slope))
            (shift, slope) = next
            if change < 1e-9 { break }
        }
    }

    /// Log-odds on the line.
    func odds(_ odds: Double) -> Double { shift + slope * odds }

    /// A fold's model whose sums lie on the line.
    func applied(to fold: ROIModel.FoldModel) -> ROIModel.FoldModel {
        let baseline = CategoryBaseline(
            feature: fold.baseline.feature, overall: odds(fold.baseline.overall),
            means: fold.baseline.means.map { odds($0) })
        switch fold.correction {
        case .none: return ROIModel.FoldModel(baseline: baseline, correction: .none)
        case .trees(var trees):
            for tree in trees.indices {
                for node in trees[tree].nodes.indices { trees[tree].nodes[node].value *= slope }
            }
            return ROIModel.FoldModel(baseline: baseline, correction: .trees(trees))
        case .linear(let ridge):
            let scaled = RidgeRegression(
                effects: ridge.effects.map { $0.map { $0 * slope } },
                intercept: ridge.intercept * slope, centers: ridge.centers.map { $0 * slope })
            return ROIModel.FoldModel(baseline: baseline, correction: .linear(scaled))
        }
    }
}
