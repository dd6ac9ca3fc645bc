import DemetraVectors

/// Says what each feature adds to a prediction: the mean of the fold models' Shapley values.
///
/// A fold model is a sum of a baseline, which depends on one feature, and of trees or a linear model. Shapley
/// values of a sum are the sums of the Shapley values, and those of a part that adds up single features are
/// the parts themselves less their mean. So `base` plus all contributions is the prediction, before limits. Of
/// log-odds, contributions are brought to the size that adds up in probabilities.
// Immutable after init.
package struct PredictionExplainer: Sendable {
    /// What is said of a row of which nothing is known.
    package let base: Double
    /// The leaves that each row is followed to.
    package var leafCount: Int { trees.leafCount }
    /// False for models of old versions, which do not know how their training rows were spread.
    package let knowsRows: Bool

    /// What each code of a feature adds, less its mean; empty for features that only trees ask about.
    private let effects: [[Double]]
    private let trees: TreeShapley
    private let share: Double
    private let task: ModelTask
    private let baseSum: Double

    /// Prepares the mean of fold models over features with these numbers of codes.
    package init(
        _ folds: [ROIModel.FoldModel], codeCounts: [Int], task: ModelTask = .regression
    ) {
        var base = 0.0
        var knowsRows = true
        var effects = [[Double]](repeating: [], count: codeCounts.count)
        var trees: [RegressionTree] = []
        func add(_ values: [Double], center: Double, _ feature: Int) {
            if effects[feature].isEmpty {
                effects[feature] = [Double](repeating: 0, count: codeCounts[feature])
            }
            for code in effects[feature].indices { effects[feature][code] += values[code] - center }
            base += center
        }
        for fold in folds {
            let baseline = fold.baseline
            if baseline.feature >= 0 {
                // Its means lie around the mean of all rows, which is also that of a missing value.
                add(baseline.means, center: baseline.overall, baseline.feature)
            } else {
                base += baseline.overall
            }
            switch fold.correction {
            case .none: break
            case .trees(let some): trees += some
            case .linear(let ridge):
                base += ridge.intercept
                knowsRows = knowsRows && ridge.centers.count == ridge.effects.count
                for (feature, values) in ridge.effects.enumerated() {
                    let center = ridge.centers.isEmpty ? 0 : ridge.centers[feature]
                    add(values, center: center, feature)
                }
            }
        }
        self.trees = TreeShapley(trees)
        self.effects = effects
        self.knowsRows = knowsRows && self.trees.knowsRowCounts
        share = 1 / Double(max(folds.count, 1))
        baseSum = (base + self.trees.base) * share
        self.base = task.value(baseSum)
        self.task = task
    }

    /// What each feature adds to the prediction of a row.
    package func contributions(_ codes: CodeMatrix, row: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: effects.count)
        for (feature, values) in effects.enumerated() where !values.isEmpty {
            sums[feature] = values[Int(codes.columns[feature][row])]
        }
        trees.add(to: &sums, codes, row: row)
        let added = sums.reduce(0, +) * share
        let scale = share * task.contributionScale(base: baseSum, sum: baseSum + added)
        return sums.map { $0 * scale }
    }
}
