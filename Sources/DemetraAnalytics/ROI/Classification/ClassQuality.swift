import Glibc

/// How well probabilities tell true rows from false ones.
enum ClassQuality {
    /// The probability that a true row gets the higher prediction of two; 0.5 when one class has no rows.
    ///
    /// - Source: Hanley and McNeil, "The meaning and use of the area under a receiver operating
    ///   characteristic curve", Radiology 143, 1982.
    static func areaUnderCurve(_ predicted: [Double], labels: [Double]) -> Double {
        let ranks = OrderStatistics.ranks(predicted)
        var (sum, hits) = (0.0, 0.0)
        for row in labels.indices where labels[row] > 0.5 {
            sum += ranks[row]
            hits += 1
        }
        let misses = Double(labels.count) - hits
        guard hits > 0, misses > 0 else { return 0.5 }
        return (sum - hits * (hits - 1) / 2) / (hits * misses)
    }

    /// The mean negative log-likelihood.
    static func logLoss(_ predicted: [Double], labels: [Double]) -> Double {
        guard !labels.isEmpty else { return 0 }
        var sum = 0.0
        for row in labels.indices {
            let odds = LogOdds.odds(predicted[row])
            sum += max(odds, 0) + log1p(exp(-abs(odds))) - labels[row] * odds
        }
        return sum / Double(labels.count)
    }
}
