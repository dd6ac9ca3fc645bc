import DemetraVectors

/// The trivial prediction: the mean of the strongest single category, shrunk towards the mean of all.
package struct CategoryBaseline: Sendable, Hashable {
    /// The feature, -1 for the overall mean.
    package var feature: Int
    /// Mean of all rows.
    package var overall: Double
    /// Mean by code of the feature.
    package var means: [Double]

    private static let pseudoRows = 10.0

    /// Chooses the category that explains most, corrected for the number of its values.
    package init(_ codes: CodeMatrix, target: [Double], rows: [Int]) {
        var sum = 0.0
        for row in rows { sum += target[row] }
        let overall = rows.isEmpty ? 0 : sum / Double(rows.count)
        var total = 0.0
        for row in rows { total += (target[row] - overall) * (target[row] - overall) }
        self.overall = overall
        feature = -1
        means = []
        var best = 0.0
        for candidate in codes.columns.indices where codes.kinds[candidate] == .category {
            var sums = [Double](repeating: 0, count: codes.codeCounts[candidate])
            var counts = sums
            for row in rows {
                sums[Int(codes.columns[candidate][row])] += target[row] - overall
                counts[Int(codes.columns[candidate][row])] += 1
            }
            var explained = 0.0
            var groups = 0.0
            for code in sums.indices where counts[code] > 0 {
                explained += sums[code] * sums[code] / counts[code]
                groups += 1
            }
            let freedom = Double(rows.count) - groups
            guard freedom > 0, total > 0, groups > 1 else { continue }
            // Adjusted R²: noise explains (groups - 1) / (n - 1) of the variance by chance.
            let adjusted = 1 - (total - explained) / freedom / (total / Double(rows.count - 1))
            let chance = 2 * (2 * (groups - 1)).squareRoot() / Double(rows.count)
            guard adjusted > max(best, chance) else { continue }
            best = adjusted
            feature = candidate
            means = sums.indices.map { overall + sums[$0] / (counts[$0] + Self.pseudoRows) }
        }
    }

    init(feature: Int, overall: Double, means: [Double]) {
        self.feature = feature
        self.overall = overall
        self.means = means
    }

    /// The same of a target that is 0 or 1, as log-odds.
    package var logOdds: CategoryBaseline {
        CategoryBaseline(
            feature: feature, overall: LogOdds.odds(overall),
            means: means.map { LogOdds.odds($0) })
    }

    /// The prediction for a row.
    package func value(_ codes: CodeMatrix, row: Int) -> Double {
        guard feature >= 0 else { return overall }
        return means[Int(codes.columns[feature][row])]
    }
}
