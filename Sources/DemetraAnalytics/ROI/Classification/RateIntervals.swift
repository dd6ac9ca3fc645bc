/// Intervals of probabilities: how often rows were true that got a like prediction without having been
/// learned from.
///
/// Rows are put into bins of neighbouring predictions, by group where a group has enough rows. The interval of a
/// bin's rate is Jeffreys'; around a prediction it is moved along with the log-odds, and always holds the
/// prediction itself. So a model that claims too much gets intervals that reach to what really happened.
///
/// - Source: Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", Statistical Science
///   16, 2001; bins as in Zadrozny and Elkan, "Obtaining calibrated probability estimates", ICML 2001.
// Immutable after init.
package struct RateIntervals: Sendable, Hashable {
    /// Rows of neighbouring predictions.
    package struct Bin: Sendable, Hashable {
        /// The largest prediction in it.
        package var upTo: Double
        /// The mean prediction.
        package var predicted: Double
        /// Rows that were true.
        package var trueCount: Int
        /// All its rows.
        package var rowCount: Int
    }

    private static let rowsPerBin = 100
    private static let binLimit = 20
    private static let groupMinimum = 200

    /// Bins of all rows, ascending.
    package var pooled: [Bin]
    /// Bins by code of the group column; empty for groups of few rows.
    package var groups: [[Bin]]

    /// Sorts predictions of unseen rows into bins; no codes means one group.
    package init(predicted: [Double], labels: [Double], codes: [UInt8]?, codeCount: Int) {
        let order = predicted.indices.sorted {
            predicted[$0] != predicted[$1] ? predicted[$0] < predicted[$1] : $0 < $1
        }
        pooled = Self.bins(order, predicted, labels)
        groups = []
        guard let codes else { return }
        var parts = [[Int]](repeating: [], count: codeCount)
        for row in order { parts[Int(codes[row])].append(row) }
        groups = parts.map {
            $0.count < Self.groupMinimum ? [] : Self.bins($0, predicted, labels)
        }
    }

    init(pooled: [Bin], groups: [[Bin]]) {
        self.pooled = pooled
        self.groups = groups
    }

    /// Bins of rows that ascend by their prediction; equal predictions share one.
    private static func bins(_ order: [Int], _ predicted: [Double], _ labels: [Double]) -> [Bin] {
        let count = min(max(order.count / rowsPerBin, 1), binLimit)
        var bins: [Bin] = []
        var start = 0
        while start < order.count {
            var end = min(max((bins.count + 1) * order.count / count, start + 1), order.count)
            while end < order.count, predicted[order[end]] == predicted[order[end - 1]] { end += 1 }
            var (sum, trueCount) = (0.0, 0)
            for row in order[start..<end] {
                sum += predicted[row]
                if labels[row] > 0.5 { trueCount += 1 }
            }
            bins.append(
                Bin(
                    upTo: predicted[order[end - 1]], predicted: sum / Double(end - start),
                    trueCount: trueCount, rowCount: end - start))
            start = end
        }
        return bins
    }

    /// The share of true rows among all.
    package var overallRate: Double {
        let rows = pooled.reduce(0) { $0 + $1.rowCount }
        return rows > 0 ? Double(pooled.reduce(0) { $0 + $1.trueCount }) / Double(rows) : 0
    }

    /// The intervals of every bin at one level.
    struct Bounds: Sendable {
        private struct Reach {
            var upTo: Double
            /// Log-odds from the prediction to the ends; infinite where the end is 0 or 1.
            var lower: Double
            var upper: Double
        }

        private let pooled: [Reach]
        private let groups: [[Reach]]

        fileprivate init(_ intervals: RateIntervals, level: Double) {
            func reaches(_ bins: [Bin]) -> [Reach] {
                bins.map { bin in
                    let (lower, upper) = bin.rate(level: level)
                    let center = LogOdds.odds(bin.predicted)
                    return Reach(
                        upTo: bin.upTo,
                        lower: lower > 0 ? min(LogOdds.odds(lower) - center, 0) : -.infinity,
                        upper: upper < 1 ? max(LogOdds.odds(upper) - center, 0) : .infinity)
                }
            }
            pooled = reaches(intervals.pooled)
            groups = intervals.groups.map(reaches)
        }

        /// The interval around the prediction of a row of this group, 0...1.
        func at(_ predicted: Double, _ code: UInt8?) -> (lower: Double, upper: Double) {
            var bins = pooled
            if let code, Int(code) < groups.count, !groups[Int(code)].isEmpty {
                bins = groups[Int(code)]
            }
            guard let last = bins.last else { return (0, 1) }
            var (low, high) = (0, bins.count)
            while low < high {
                let middle = (low + high) / 2
                if bins[middle].upTo < predicted { low = middle + 1 } else { high = middle }
            }
            let bin = low < bins.count ? bins[low] : last
            let odds = LogOdds.odds(predicted)
            return (
                min(LogOdds.probability(odds + bin.lower), predicted),
                max(LogOdds.probability(odds + bin.upper), predicted)
            )
        }
    }

    /// What rates stay between with probability `level`.
    func bounds(level: Double) -> Bounds { Bounds(self, level: level) }
}

extension RateIntervals.Bin {
    /// Jeffreys' interval of the rate; `alongside` more rows whose own rate is to be in it, nil for the rate
    /// of endlessly many.
    func rate(level: Double, alongside: Int? = nil) -> (lower: Double, upper: Double) {
        let n = Double(rowCount)
        // Two samples of n and m rows differ like one of n m / (n + m) from the truth.
        let share = alongside.map { Double($0) / (n + Double($0)) } ?? 1
        let (hits, misses) = (Double(trueCount) * share, (n - Double(trueCount)) * share)
        let lower =
            trueCount == 0 ? 0 : IncompleteBeta.quantile((1 - level) / 2, hits + 0.5, misses + 0.5)
        let upper =
            trueCount == rowCount
            ? 1 : IncompleteBeta.quantile((1 + level) / 2, hits + 0.5, misses + 0.5)
        return (lower, upper)
    }
}
