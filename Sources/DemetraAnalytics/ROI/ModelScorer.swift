import DemetraVectors

/// Fold models made ready for many rows: what depends on one feature alone is added up in tables, the
/// trees go through a `TreeScorer`.
///
/// Safe because the output has an element for each of the rows the trees add to.
// Immutable after init.
struct ModelScorer: Sendable {
    private let intercept: Double
    /// What each code of a feature adds; empty for features that only trees ask about.
    private let effects: [[Double]]
    private let trees: TreeScorer
    private let share: Double

    /// The mean of some fold models over features with these numbers of codes.
    init(_ folds: [ROIModel.FoldModel], codeCounts: [Int]) {
        var intercept = 0.0
        var effects = [[Double]](repeating: [], count: codeCounts.count)
        var trees: [RegressionTree] = []
        func add(_ values: [Double], _ feature: Int) {
            if effects[feature].isEmpty {
                effects[feature] = [Double](repeating: 0, count: codeCounts[feature])
            }
            for code in effects[feature].indices { effects[feature][code] += values[code] }
        }
        for fold in folds {
            if fold.baseline.feature >= 0 {
                add(fold.baseline.means, fold.baseline.feature)
            } else {
                intercept += fold.baseline.overall
            }
            switch fold.correction {
            case .none: break
            case .trees(let some): trees += some
            case .linear(let ridge):
                intercept += ridge.intercept
                for (feature, values) in ridge.effects.enumerated() { add(values, feature) }
            }
        }
        self.intercept = intercept
        self.effects = effects
        self.trees = TreeScorer(trees)
        share = 1 / Double(max(folds.count, 1))
    }

    /// The prediction for each row, before limits.
    func points(_ codes: CodeMatrix) -> [Double] { points(codes, rows: 0..<codes.rowCount) }

    /// The prediction for some rows, before limits.
    func points(_ codes: CodeMatrix, rows: Range<Int>) -> [Double] {
        var output = [Double](repeating: intercept, count: rows.count)
        for (feature, values) in effects.enumerated() where !values.isEmpty {
            let column = codes.columns[feature]
            for row in rows { output[row - rows.lowerBound] += values[Int(column[row])] }
        }
        output.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            trees.add(to: base, codes, rows: rows)
        }
        return output.map { $0 * share }
    }
}
