import DemetraFunctions
import DemetraTypes
import DemetraVectors
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
    let workers: any Workers

    /// Rows that are shuffled: the importance of what matters shows on far fewer, and that of what does
    /// not is zero on any number.
    private static let rowLimit = 10_000
    private static let explainedRowLimit = 1_000
    /// Leaves looked at to tell mean contributions: about a tenth of a second.
    private static let leafVisitLimit = 2_000_000

    func importances() throws(DemetraError) -> [ROIModel.Importance] {
        let rows = sample(Self.rowLimit).sorted {
            table.folds[$0] != table.folds[$1]
                ? table.folds[$0] < table.folds[$1] : $0 < $1
        }
        guard rows.count >= 10 else { return [] }
        let matrix = table.codes.taking(rows)
        let target = rows.map { table.target[$0] }
        let blocks = FoldBlocks(folds: rows.map { table.folds[$0] }, model: model, matrix)
        let plain = blocks.squaredErrors(matrix, target)
        let contributions = try self.contributions(matrix)
        let slots = ResultSlots(
            count: model.features.count, empty: (mean: 0.0, deviation: 0.0))
        workers.forEach(model.features.count) { feature in
            slots.set(feature, worth(feature, matrix, target, blocks, plain))
        }
        try cancellation.check()
        let raw = slots.values
        let points = ModelScorer(model.folds, codeCounts: matrix.codeCounts).points(matrix)
        var total = 0.0
        for value in raw { total += value.mean }
        let result = model.features.indices.map { feature in
            ROIModel.Importance(
                feature: model.features[feature].name,
                share: total > 0 ? raw[feature].mean / total : 0,
                deviation: total > 0 ? raw[feature].deviation / total : 0,
                contribution: contributions[feature],
                direction: direction(feature, matrix, points))
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

    /// Mean and error of the rise of the squared error over shuffles; zero unless clearly above it.
    private func worth(
        _ feature: Int, _ codes: CodeMatrix, _ target: [Double], _ blocks: FoldBlocks,
        _ plain: [Double]
    ) -> (mean: Double, deviation: Double) {
        var generator = SeededGenerator(
            seed: seed ^ SeededGenerator.scrambled(UInt64(feature) &+ 7))
        let shuffles = 3
        var perRow = [Double](repeating: 0, count: target.count)
        var means: [Double] = []
        for _ in 0..<shuffles {
            guard !cancellation.isCancelled else { return (0, 0) }
            // Within a fold, so that a feature is never compared across blocks of time.
            var column = codes.columns[feature].array
            for rows in blocks.ranges { column[rows].shuffle(using: &generator) }
            let errors = blocks.squaredErrors(codes.replacing(feature, with: column), target)
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

    /// Mean absolute Shapley value of each feature, over as many rows as take a fraction of the training.
    private func contributions(_ codes: CodeMatrix) throws(DemetraError) -> [Double] {
        let explainer = PredictionExplainer(
            model.folds, codeCounts: codes.codeCounts, task: model.task)
        let limit = min(
            max(Self.leafVisitLimit / max(explainer.leafCount, 1), 32), Self.explainedRowLimit)
        let step = max(1, (codes.rowCount + limit - 1) / limit)
        let rows = Array(stride(from: 0, to: codes.rowCount, by: step))
        let slots = ResultSlots(count: rows.count, empty: [Double]())
        workers.forEach(rows.count) { position in
            guard !cancellation.isCancelled else { return }
            slots.set(position, explainer.contributions(codes, row: rows[position]))
        }
        try cancellation.check()
        var sums = [Double](repeating: 0, count: model.features.count)
        for values in slots.values {
            for feature in values.indices { sums[feature] += abs(values[feature]) }
        }
        return sums.map { rows.isEmpty ? 0 : $0 / Double(rows.count) }
    }

    /// Whether predictions rise or fall with the feature.
    private func direction(_ feature: Int, _ codes: CodeMatrix, _ points: [Double]) -> String {
        guard codes.kinds[feature] == .ordered else { return "by value" }
        let step = max(1, codes.rowCount / Self.explainedRowLimit)
        let rows = stride(from: 0, to: codes.rowCount, by: step).filter {
            codes.columns[feature][$0] > 0
        }
        guard rows.count > 2 else { return "mixed" }
        let correlation = OrderStatistics.correlation(
            OrderStatistics.ranks(rows.map { Double(codes.columns[feature][$0]) }),
            OrderStatistics.ranks(rows.map { points[$0] }))
        return correlation > 0.2 ? "up" : (correlation < -0.2 ? "down" : "mixed")
    }
}

/// Rows sorted by fold, and the model that had not seen each block.
private struct FoldBlocks: Sendable {
    let ranges: [Range<Int>]
    private let scorers: [ModelScorer]
    private let task: ModelTask

    init(folds: [Int], model: ROIModel, _ codes: CodeMatrix) {
        var ranges: [Range<Int>] = []
        var scorers: [ModelScorer] = []
        var start = 0
        while start < folds.count {
            let end = folds[start...].firstIndex { $0 != folds[start] } ?? folds.count
            ranges.append(start..<end)
            scorers.append(ModelScorer([model.folds[folds[start]]], codeCounts: codes.codeCounts))
            start = end
        }
        self.ranges = ranges
        self.scorers = scorers
        task = model.task
    }

    /// The squared error of every row by the model that had not seen it.
    func squaredErrors(_ codes: CodeMatrix, _ target: [Double]) -> [Double] {
        var errors: [Double] = []
        errors.reserveCapacity(target.count)
        for (rows, scorer) in zip(ranges, scorers) {
            for (row, point) in zip(rows, scorer.points(codes, rows: rows)) {
                let error = target[row] - task.value(point)
                errors.append(error * error)
            }
        }
        return errors
    }
}
