package import DemetraFunctions
package import DemetraTypes
package import DemetraVectors

extension ROIModel {
    /// Trains a model on the rows of a relation whose target is known.
    ///
    /// - Throws: 42703, 42804 and 22023 for columns and rows that do not fit, 57014 when cancelled.
    package static func train(
        schema: Schema, batches: [Batch], target: String,
        options: ROIModelOptions = ROIModelOptions(), trainedAt: Timestamp,
        cancellation: CancellationFlag, workers: any Workers = CallerWorkers()
    ) throws(DemetraError) -> ROIModel {
        let table = try TrainingTable(
            schema: schema, batches: batches, target: target, options: options, workers: workers,
            cancellation: cancellation)
        try cancellation.check()
        return try ModelTraining(
            table: table, options: options, cancellation: cancellation, workers: workers
        ).model(target: target, trainedAt: trainedAt)
    }
}

/// The steps from a table to a model.
struct ModelTraining {
    let table: TrainingTable
    let options: ROIModelOptions
    let cancellation: CancellationFlag
    let workers: any Workers

    private static let meanLimit = 30
    private static let linearLimit = 200

    /// Predictions for rows by models that had not seen them.
    private struct OutOfFold {
        var baseline: [Double]
        var full: [Double]
        var folds: [ROIModel.FoldModel]
    }

    func model(target name: String, trainedAt: Timestamp) throws(DemetraError) -> ROIModel {
        var found = try candidates()
        let judged = judge(found)
        if judged.signal == .none {
            found.full = found.baseline
            for fold in found.folds.indices { found.folds[fold].correction = .none }
        }
        let groups = intervalGroups(found.folds)
        let residuals = zip(table.target, found.full).map { $0 - $1 }
        let center = OrderStatistics.mean(table.target)
        var model = ROIModel(
            name: options.name, target: name, level: options.level,
            breakEven: options.breakEven ?? defaultBreakEven, features: table.features,
            group: groups?.definition, folds: found.folds, signal: judged.signal,
            quality: quality(found, skill: judged.skill, residuals: residuals, groups?.codes),
            intervals: ResidualIntervals(
                residuals: residuals, codes: groups?.codes,
                codeCount: groups?.definition.codeCount ?? 0),
            unconditional: .init(table.target.map { $0 - center }), limits: limits,
            importances: [], trainedAt: trainedAt, notice: "")
        model.importances = try FeatureImportance(
            model: model, table: table, seed: options.booster.seed,
            cancellation: cancellation, workers: workers
        ).importances()
        model.notice = notice(model)
        return model
    }

    /// Baselines of every fold, and the correction that fits the number of rows.
    private func candidates() throws(DemetraError) -> OutOfFold {
        let all = table.target.indices
        let foldCount = table.foldCount
        let seen = (0..<foldCount).map { fold in all.filter { table.folds[$0] != fold } }
        let baselines = seen.map { rows in
            CategoryBaseline(
                table.codes, target: table.target, rows: rows.isEmpty ? Array(all) : rows)
        }
        let start = all.map { baselines[table.folds[$0]].value(table.codes, row: $0) }
        var result = OutOfFold(
            baseline: start, full: start,
            folds: baselines.map { ROIModel.FoldModel(baseline: $0, correction: .none) })
        guard all.count >= Self.meanLimit, !table.features.isEmpty else { return result }
        let residuals = baselines.map { baseline in
            all.map { table.target[$0] - baseline.value(table.codes, row: $0) }
        }
        if all.count < Self.linearLimit {
            try addLinear(&result, residuals, seen)
            return result
        }
        let boosted = try HistogramBooster(options.booster).train(
            table.codes, residuals: residuals, folds: table.folds, cancellation: cancellation,
            workers: workers)
        for fold in result.folds.indices {
            result.folds[fold].correction = .trees(boosted.ensembles[fold])
        }
        result.full = all.map { start[$0] + boosted.outOfFold[$0] }
        return result
    }

    /// Ridge regressions with the penalty that does best on unseen rows.
    private func addLinear(
        _ result: inout OutOfFold, _ residuals: [[Double]], _ seen: [[Int]]
    ) throws(DemetraError) {
        var best: (loss: Double, models: [RidgeRegression])?
        for penalty in [1.0, 10, 100] {
            try cancellation.check()
            let models = seen.indices.map { fold in
                RidgeRegression(
                    table.codes, target: residuals[fold], rows: seen[fold], penalty: penalty)
            }
            var loss = 0.0
            for row in table.target.indices {
                let fold = table.folds[row]
                let error = residuals[fold][row] - models[fold].value(table.codes, row: row)
                loss += error * error
            }
            if loss < best?.loss ?? .infinity { best = (loss, models) }
        }
        guard let best else { return }
        for fold in result.folds.indices {
            result.folds[fold].correction = .linear(best.models[fold])
        }
        result.full = table.target.indices.map {
            result.baseline[$0] + best.models[table.folds[$0]].value(table.codes, row: $0)
        }
    }

    /// Skill against the baseline, and whether it is more than chance.
    private func judge(_ found: OutOfFold) -> (skill: Double, signal: ModelSignal) {
        let n = table.target.count
        guard n >= Self.meanLimit else { return (0, .none) }
        var gains = [Double](repeating: 0, count: n)
        var baselineLoss = 0.0
        var byFold = [Double](repeating: 0, count: table.foldCount)
        for row in 0..<n {
            let plain = table.target[row] - found.baseline[row]
            let full = table.target[row] - found.full[row]
            gains[row] = plain * plain - full * full
            baselineLoss += plain * plain
            byFold[table.folds[row]] += gains[row]
        }
        guard baselineLoss > 0 else { return (0, .none) }
        let mean = OrderStatistics.mean(gains)
        let skill = mean * Double(n) / baselineLoss
        let rowError = OrderStatistics.deviation(gains) / Double(n).squareRoot()
        let folds = Double(table.foldCount)
        // Two folds say nothing about how folds differ; their rows are many.
        let foldError =
            table.foldCount < 5
            ? 0
            : OrderStatistics.deviation(byFold.map { $0 * folds / Double(n) })
                / (folds - 1).squareRoot()
        let error = max(rowError, foldError) * Double(n) / baselineLoss
        guard skill - 2 * error > 0 else { return (skill, .none) }
        return (skill, skill > 0.1 ? .strong : .weak)
    }

    /// The group column, else the category that most folds start from.
    private func intervalGroups(
        _ folds: [ROIModel.FoldModel]
    ) -> (definition: FeatureDefinition, codes: [UInt8])? {
        if let group = table.group { return group }
        var votes: [Int: Int] = [:]
        for fold in folds where fold.baseline.feature >= 0 {
            votes[fold.baseline.feature, default: 0] += 1
        }
        let winner = votes.max { $0.value != $1.value ? $0.value < $1.value : $0.key > $1.key }?.key
        return winner.map { (table.features[$0], table.codes.columns[$0].array) }
    }

    private func quality(
        _ found: OutOfFold, skill: Double, residuals: [Double], _ groups: [UInt8]?
    ) -> ROIModel.Quality {
        var quality = ROIModel.Quality()
        quality.rowCount = table.target.count
        let center = OrderStatistics.mean(table.target)
        var (total, squares, absolute, plain) = (0.0, 0.0, 0.0, 0.0)
        for row in table.target.indices {
            total += (table.target[row] - center) * (table.target[row] - center)
            squares += residuals[row] * residuals[row]
            absolute += abs(residuals[row])
            plain += abs(table.target[row] - found.baseline[row])
        }
        let n = Double(table.target.count)
        quality.r2 = total > 0 ? 1 - squares / total : 0
        quality.meanAbsoluteError = absolute / n
        quality.baselineError = plain / n
        quality.skill = skill
        var inside = 0
        for fold in 0..<table.foldCount {
            let others = table.folds.indices.filter { table.folds[$0] != fold }
            let bounds = ResidualIntervals(
                residuals: others.map { residuals[$0] },
                codes: groups.map { codes in others.map { codes[$0] } }, codeCount: 256
            ).bounds(level: options.level)
            for row in table.folds.indices where table.folds[row] == fold {
                let (lower, upper) = bounds.at(groups?[row])
                if residuals[row] >= lower, residuals[row] <= upper { inside += 1 }
            }
        }
        quality.coverage = Double(inside) / n
        return quality
    }

    /// 0 for targets like profit / spend, which go below it; 1 for those like revenue / spend.
    private var defaultBreakEven: Double {
        let negative = table.target.count { $0 < 0 }
        return Double(negative) > 0.01 * Double(table.target.count) ? 0 : 1
    }

    /// A side of the target's range is hard when it is zero, or when rows pile up at it.
    private var limits: (lower: Double, upper: Double) {
        guard let least = table.target.min(), let most = table.target.max(), most > least else {
            return (.nan, .nan)
        }
        let edge = (most - least) / 100
        let n = Double(table.target.count)
        let low = Double(table.target.count { $0 <= least + edge }) / n
        let high = Double(table.target.count { $0 >= most - edge }) / n
        let lower = low >= 0.005 ? least : (least >= 0 ? 0 : .nan)
        return (lower, high >= 0.005 ? most : .nan)
    }

    private func notice(_ model: ROIModel) -> String {
        var parts: [String] = []
        if model.signal == .none {
            let column = model.folds.first { $0.baseline.feature >= 0 }.map {
                model.features[$0.baseline.feature].name
            }
            parts.append(
                column.map { "no signal beyond \($0): the prediction is the \($0) average" }
                    ?? "no signal: the prediction is the average of all rows")
        }
        if table.target.count < Self.meanLimit {
            let count = table.target.count
            parts.append(
                "only \(count) \(count == 1 ? "row" : "rows"): at least 30 are needed to learn")
        }
        if table.droppedCount > 0 { parts.append("\(table.droppedCount) rows without a target") }
        return (parts + table.notices).joined(separator: "; ")
    }
}
