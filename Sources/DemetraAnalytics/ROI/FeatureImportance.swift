import DemetraTypes
import Glibc

/// What each feature is worth on rows the models had not seen: how much worse the prediction gets when
/// the feature's values are shuffled.
///
/// Unlike gains counted while growing, this is zero for a feature that trees only fitted noise with.
struct FeatureImportance {
    let model: ROIModel
    let table: TrainingTable
    let seed: UInt64
    let cancellation: CancellationFlag

    private static let rowLimit = 20_000
    private static let explainedRowLimit = 1_000

    func importances() throws(DemetraError) -> [ROIModel.Importance] {
        let rows = sample(Self.rowLimit)
        guard rows.count >= 10 else { return [] }
        let matrix = subset(rows)
        let target = rows.map { table.target[$0] }
        let folds = rows.map { table.folds[$0] }
        let plain = squaredErrors(matrix, target, folds)
        let contributions = self.contributions(matrix)
        var raw: [(mean: Double, deviation: Double)] = []
        for feature in model.features.indices {
            try cancellation.check()
            raw.append(try worth(feature, matrix, target, folds, plain))
        }
        var total = 0.0
        for value in raw { total += value.mean }
        let result = model.features.indices.map { feature in
            ROIModel.Importance(
                feature: model.features[feature].name,
                share: total > 0 ? raw[feature].mean / total : 0,
                deviation: total > 0 ? raw[feature].deviation / total : 0,
                contribution: contributions[feature], direction: direction(feature, matrix))
        }
        return result.sorted {
            $0.share != $1.share ? $0.share > $1.share : $0.feature < $1.feature
        }
    }

    /// Evenly spaced rows.
    private func sample(_ limit: Int) -> [Int] {
        let count = table.target.count
        guard count > limit else { return Array(0..<count) }
        return (0..<limit).map { $0 * count / limit }
    }

    private func subset(_ rows: [Int]) -> CodeMatrix {
        CodeMatrix(
            columns: table.codes.columns.map { column in rows.map { column[$0] } },
            kinds: table.codes.kinds, codeCounts: table.codes.codeCounts, rowCount: rows.count)
    }

    private func squaredErrors(_ codes: CodeMatrix, _ target: [Double], _ folds: [Int]) -> [Double]
    {
        target.indices.map { row in
            let error = target[row] - ROIModel.point(model.folds[folds[row]], codes, row: row)
            return error * error
        }
    }

    /// Mean and error of the rise of the squared error over shuffles; zero unless clearly above it.
    private func worth(
        _ feature: Int, _ codes: CodeMatrix, _ target: [Double], _ folds: [Int], _ plain: [Double]
    ) throws(DemetraError) -> (mean: Double, deviation: Double) {
        var generator = SeededGenerator(
            seed: seed ^ SeededGenerator.scrambled(UInt64(feature) &+ 7))
        let shuffles = 3
        var perRow = [Double](repeating: 0, count: target.count)
        var means: [Double] = []
        for _ in 0..<shuffles {
            try cancellation.check()
            // Within a fold, so that a feature is never compared across blocks of time.
            var column = codes.columns[feature]
            for fold in 0..<TrainingTable.foldCount {
                let members = folds.indices.filter { folds[$0] == fold }
                let mixed = members.map { column[$0] }.shuffled(using: &generator)
                for (row, code) in zip(members, mixed) { column[row] = code }
            }
            let errors = squaredErrors(codes.replacing(feature, with: column), target, folds)
            var sum = 0.0
            for row in errors.indices {
                perRow[row] += (errors[row] - plain[row]) / Double(shuffles)
                sum += errors[row] - plain[row]
            }
            means.append(sum / Double(target.count))
        }
        let mean = OrderStatistics.mean(means)
        let error = max(
            OrderStatistics.deviation(perRow) / Double(target.count).squareRoot(),
            OrderStatistics.deviation(means))
        // Three deviations: with many features, two would let chance through.
        return mean - 3 * error > 0 ? (mean, error) : (0, error)
    }

    /// Mean absolute change along the paths of the trees, by feature.
    private func contributions(_ codes: CodeMatrix) -> [Double] {
        var sums = [Double](repeating: 0, count: model.features.count)
        let step = max(1, codes.rowCount / Self.explainedRowLimit)
        var counted = 0.0
        for row in stride(from: 0, to: codes.rowCount, by: step) {
            var one = [Double](repeating: 0, count: sums.count)
            for fold in model.folds {
                if fold.baseline.feature >= 0 {
                    one[fold.baseline.feature] +=
                        fold.baseline.value(codes, row: row) - fold.baseline.overall
                }
                switch fold.correction {
                case .none: break
                case .trees(let trees):
                    for tree in trees { tree.addPath(to: &one, codes, row: row) }
                case .linear(let ridge):
                    for feature in one.indices {
                        one[feature] += ridge.effects[feature][Int(codes.columns[feature][row])]
                    }
                }
            }
            for feature in sums.indices {
                sums[feature] += abs(one[feature]) / Double(model.folds.count)
            }
            counted += 1
        }
        return sums.map { counted > 0 ? $0 / counted : 0 }
    }

    /// Whether predictions rise or fall with the feature.
    private func direction(_ feature: Int, _ codes: CodeMatrix) -> String {
        guard codes.kinds[feature] == .ordered else { return "by value" }
        let step = max(1, codes.rowCount / Self.explainedRowLimit)
        let rows = stride(from: 0, to: codes.rowCount, by: step).filter {
            codes.columns[feature][$0] > 0
        }
        guard rows.count > 2 else { return "mixed" }
        let correlation = OrderStatistics.correlation(
            OrderStatistics.ranks(rows.map { Double(codes.columns[feature][$0]) }),
            OrderStatistics.ranks(rows.map { model.point(codes, row: $0) }))
        return correlation > 0.2 ? "up" : (correlation < -0.2 ? "down" : "mixed")
    }
}
