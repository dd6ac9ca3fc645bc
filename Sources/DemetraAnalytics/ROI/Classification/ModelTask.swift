import DemetraTypes

/// What a model predicts.
package enum ModelTask: UInt8, Sendable, Hashable {
    /// A number.
    case regression
    /// The probability that a yes-or-no target is true: models add up log-odds.
    case classification

    /// The option's value, and the kind of the catalog's entry.
    package var text: String {
        switch self {
        case .regression: "regression"
        case .classification: "classification"
        }
    }

    /// The task of that name.
    init?(_ text: String) {
        guard
            let task = [Self.regression, .classification].first(where: { $0.text == text })
        else { return nil }
        self = task
    }

    /// The target's own unit, of what models add up.
    @inline(__always)
    func value(_ sum: Double) -> Double {
        switch self {
        case .regression: sum
        case .classification: LogOdds.probability(sum)
        }
    }

    /// What contributions to a sum are to be multiplied by, so that `base` and they give the prediction in the
    /// target's own unit.
    ///
    /// Log-odds add up and probabilities do not: each feature keeps its share of the way from the one
    /// probability to the other.
    func contributionScale(base: Double, sum: Double) -> Double {
        guard self == .classification else { return 1 }
        let way = sum - base
        guard abs(way) > 1e-9 else {
            let probability = value(base)
            return probability * (1 - probability)
        }
        return (value(sum) - value(base)) / way
    }
}
