package import DemetraTypes

/// How much a model knows beyond the average of the strongest category.
package enum ModelSignal: UInt8, Sendable, Hashable {
    /// Nothing: the average is predicted.
    case none
    /// Something that is unlikely to be chance.
    case weak
    /// A tenth of the error of the average or more.
    case strong

    /// The word shown.
    package var text: String {
        switch self {
        case .none: "none"
        case .weak: "weak"
        case .strong: "strong"
        }
    }
}

/// Predicts a campaign's return from what is known before it runs, and says how far to trust that.
///
/// Several models, each trained without one fold, predict together; what each got wrong on its own
/// fold gives the skill, the intervals and the probability of a loss. Trees explain what the mean of the
/// strongest category leaves; when that adds nothing on unseen rows, the model is the mean and says so.
///
/// - Invariant: the same rows, options and seed give the same bytes.
// Immutable after init.
package struct ROIModel: Sendable {
    /// What one fold's model adds to its baseline.
    package enum Correction: Sendable, Hashable {
        /// Nothing.
        case none
        /// Sums of trees.
        case trees([RegressionTree])
        /// A linear model of the codes.
        case linear(RidgeRegression)
    }

    /// The model trained without one fold.
    package struct FoldModel: Sendable, Hashable {
        /// The mean it starts from.
        package var baseline: CategoryBaseline
        /// What it adds.
        package var correction: Correction
    }

    /// Quality on rows the models had not seen.
    package struct Quality: Sendable, Hashable {
        /// Rows trained on.
        package var rowCount = 0
        /// Share of the target's variance explained.
        package var r2 = 0.0
        /// Mean absolute error.
        package var meanAbsoluteError = 0.0
        /// Mean absolute error of the baseline.
        package var baselineError = 0.0
        /// 1 - squared error / squared error of the baseline.
        package var skill = 0.0
        /// Share of rows inside intervals made from the other folds.
        package var coverage = 0.0
    }

    /// What one feature matters.
    package struct Importance: Sendable, Hashable {
        /// The feature's name.
        package var feature: String
        /// Share of all importance; 0 when it cannot be told from 0.
        package var share: Double
        /// Standard deviation of the share.
        package var deviation: Double
        /// Mean absolute contribution to a prediction.
        package var contribution: Double
        /// `up`, `down`, `mixed` or `by value`.
        package var direction: String
    }

    /// The model's name.
    package var name: String
    /// The column it predicts.
    package var target: String
    /// What it predicts of it.
    package var task = ModelTask.regression
    /// Coverage of intervals when a call does not say.
    package var level: Double
    /// The target below which a row is a loss.
    package var breakEven: Double
    /// The features, in the order of their codes.
    package var features: [FeatureDefinition]
    /// Group of the intervals.
    package var group: FeatureDefinition?
    /// The models of the folds.
    package var folds: [FoldModel]
    /// What the models know.
    package var signal: ModelSignal
    /// Quality on unseen rows.
    package var quality: Quality
    /// Residuals on unseen rows.
    package var intervals: ResidualIntervals
    /// The target around its mean: the interval without any model.
    package var unconditional: ResidualIntervals.Group
    /// How often unseen rows were true, by what was predicted; no bins unless it predicts probabilities.
    package var rates = RateIntervals(pooled: [], groups: [])
    /// Hard limits of the target, NaN where it has none.
    package var limits: (lower: Double, upper: Double)
    /// What matters, most first.
    package var importances: [Importance]
    /// When it was trained.
    package var trainedAt: Timestamp
    /// What the user should know, one sentence after another.
    package var notice: String
    /// Microseconds after which it is to be trained again; nil for never.
    package var refreshPeriod: Int64?

    /// The columns it reads, in the order of training.
    package var columns: [String] {
        var seen: Set<String> = []
        return (features.map(\.column) + (group.map { [$0.column] } ?? [])).filter {
            seen.insert($0).inserted
        }
    }

    /// What is predicted where the models add up to `sum`, within the target's hard limits.
    func limited(_ sum: Double) -> Double {
        var value = task.value(sum)
        if !limits.lower.isNaN { value = max(value, limits.lower) }
        if !limits.upper.isNaN { value = min(value, limits.upper) }
        return value
    }
}
