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

    /// Predictions for rows by models that had not seen them, in the target's own unit.
    private struct OutOfFold {
        var baseline: [Double]
        var full: [Double]
        var folds: [ROIModel.FoldModel]
        /// What the models add up to: `full` before it is brought to the target's unit.
        var sums: [Double] = []
    }

    func model(target name: String, trainedAt: Timestamp) throws(DemetraError) -> ROIModel {
        var found = try candidates()
        let judged = judge(found)
        if judged.signal == .none {
            found.full = found.baseline
            for fold in found.folds.indices { found.folds[fold].correction = .none }
        } else if options.task == .classification {
            // Only now: two numbers learned from all rows must have no say in whether there is a signal.
            let calibration = LogOddsCalibration(odds: found.sums, labels: table.target)
            found.folds = found.folds.map { calibration.applied(to: $0) }
            found.full = found.sums.map { LogOdds.probability(calibration.odds($0)) }
        }
        let groups = intervalGroups(found.folds)
        let residuals = zip(table.target, found.full).map { $0 - $1 }
        let center = OrderStatistics.mean(table.target)
        let isClass = options.task == .classification
        var model = ROIModel(
            name: options.name, target: name, task: options.task, level: options.level,
            breakEven: options.breakEven ?? defaultBreakEven, features: table.features,
            group: groups?.definition, folds: found.folds, signal: judged.signal,
            quality: quality(found, skill: judged.skill, residuals: residuals, groups?.codes),
            intervals: ResidualIntervals(
                residuals: isClass ? [] : residuals, codes: isClass ? nil : groups?.codes,
                codeCount: groups?.definition.codeCount ?? 0),
            unconditional: .init(isClass ? [] : table.target.map { $0 - center }),
            rates: RateIntervals(
                predicted: isClass ? found.full : [], labels: isClass ? table.target : [],
                codes: isClass ? groups?.codes : nil,
                codeCount: groups?.definition.codeCount ?? 0),
            limits: isClass ? (.nan, .nan) : limits,
            importances: [], trainedAt: trainedAt, notice: "", refreshPeriod: options.refreshPeriod)
        model.importances = try FeatureImportance(
            model: model, table: table, seed: options.booster.seed,
            cancellation: cancellation, workers: workers
        ).importances()
        model.notice = notice(model, found)
        return model
    }

    /// Baselines of every fold, and the correction that fits the number of rows.
    private func candidates() throws(DemetraError) -> OutOfFold {
        let all = table.target.indices
        let foldCount = table.foldCount
        let seen = (0..<foldCount).map { fold in all.filter { table.folds[$0] != fold } }
        let baselines = seen.map { rows in
            let means = CategoryBaseline(
                table.codes, target: table.target, rows: rows.isEmpty ? Array(all) : rows)
            return options.task == .classification ? means.logOdds : means
        }
        let starts = baselines.map { baseline in
            all.map { baseline.value(table.codes, row: $0) }
        }
        let start = all.map { starts[table.folds[$0]][$0] }
        let plain = start.map { options.task.value($0) }
        var result = OutOfFold(
            baseline: plain, full: plain,
            folds: baselines.map { ROIModel.FoldModel(baseline: $0, correction: .none) })
        guard all.count >= Self.meanLimit, !table.features.isEmpty else { return result }
        let fit = starts.map { lossFunction($0) }
        let added: [Double]
        if all.count < Self.linearLimit {
            added = try addLinear(&result, fit, seen)
        } else {
            let boosted = try HistogramBooster(options.booster).train(
                table.codes, fit: fit, folds: table.folds, cancellation: cancellation,
                workers: workers)
            for fold in result.folds.indices {
                result.folds[fold].correction = .trees(boosted.ensembles[fold])
            }
            added = boosted.outOfFold
        }
        result.sums = all.map { start[$0] + added[$0] }
        result.full = result.sums.map { options.task.value($0) }
        return result
    }

    /// What is to be learned beyond a start.
    private func lossFunction(_ start: [Double]) -> BoostingLoss {
        switch options.task {
        case .regression: .squares(zip(table.target, start).map { $0 - $1 })
        case .classification: .logistic(start: start, labels: table.target)
        }
    }

    /// Ridge regressions with the penalty that does best on unseen rows; gives what they add to each row's start.
    private func addLinear(
        _ result: inout OutOfFold, _ fit: [BoostingLoss], _ seen: [[Int]]
    ) throws(DemetraError) -> [Double] {
        var best: (loss: Double, models: [RidgeRegression], added: [Double])?
        for penalty in [1.0, 10, 100] {
            var models: [RidgeRegression] = []
            for fold in seen.indices {
                try cancellation.check()
                models.append(linear(fit[fold], rows: seen[fold], penalty: penalty))
            }
            let added = table.target.indices.map {
                models[table.folds[$0]].value(table.codes, row: $0)
            }
            var loss = 0.0
            for fold in seen.indices {
                let unseen = table.folds.indices.filter { table.folds[$0] == fold }
                loss += fit[fold].sum(over: unseen.map { Int32($0) }, added)
            }
            if loss < best?.loss ?? .infinity { best = (loss, models, added) }
        }
        guard let best else { return [Double](repeating: 0, count: table.target.count) }
        for fold in result.folds.indices {
            result.folds[fold].correction = .linear(best.models[fold])
        }
        return best.added
    }

    private func linear(_ loss: BoostingLoss, rows: [Int], penalty: Double) -> RidgeRegression {
        switch loss {
        case .squares(let values):
            RidgeRegression(table.codes, target: values, rows: rows, penalty: penalty)
        case .logistic(let start, let labels):
            LogisticRidge.fit(
                table.codes, start: start, labels: labels, rows: rows, penalty: penalty)
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
        quality.coverage = coverage(found, residuals, groups)
        return quality
    }

    /// How often intervals made from the other folds hold what came in a fold.
    private func coverage(
        _ found: OutOfFold, _ residuals: [Double], _ groups: [UInt8]?
    ) -> Double {
        if options.task == .classification { return rateCoverage(found) }
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
        return Double(inside) / Double(table.target.count)
    }

    /// The share of bins of a fold whose rate lies in the interval of the other folds for a sample of that size.
    private func rateCoverage(_ found: OutOfFold) -> Double {
        var (inside, count) = (0, 0)
        for fold in 0..<table.foldCount {
            let others = table.folds.indices.filter { table.folds[$0] != fold }
            let bins = RateIntervals(
                predicted: others.map { found.full[$0] }, labels: others.map { table.target[$0] },
                codes: nil, codeCount: 0
            ).pooled
            var hits = [Int](repeating: 0, count: bins.count)
            var rows = hits
            for row in table.folds.indices where table.folds[row] == fold {
                let bin = bins.firstIndex { $0.upTo >= found.full[row] } ?? bins.count - 1
                guard bin >= 0 else { continue }
                rows[bin] += 1
                if table.target[row] > 0.5 { hits[bin] += 1 }
            }
            for bin in bins.indices where rows[bin] > 0 {
                let (lower, upper) = bins[bin].rate(level: options.level, alongside: rows[bin])
                let rate = Double(hits[bin]) / Double(rows[bin])
                count += 1
                if rate >= lower, rate <= upper { inside += 1 }
            }
        }
        return count > 0 ? Double(inside) / Double(count) : 1
    }

    /// 0 for targets like profit / spend, which go below it; 1 for those like revenue / spend.
    private var defaultBreakEven: Double {
        if options.task == .classification { return 1 }
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

    private func notice(_ model: ROIModel, _ found: OutOfFold) -> String {
        var parts: [String] = []
        if options.task == .classification { parts.append(classNotice(found)) }
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

    /// What is asked first about probabilities and has no column of its own.
    private func classNotice(_ found: OutOfFold) -> String {
        let labels = table.target
        let hits = labels.count { $0 > 0.5 }
        guard hits > 0, hits < labels.count else {
            return
                "\(hits == 0 ? "no row is" : "all rows are") true: there is nothing to tell apart"
        }
        func shown(_ value: Double) -> String { PlainNumber.text((value * 1000).rounded() / 1000) }
        let area = ClassQuality.areaUnderCurve(found.full, labels: labels)
        let loss = ClassQuality.logLoss(found.full, labels: labels)
        let plain = ClassQuality.logLoss(found.baseline, labels: labels)
        return
            "\(hits) of \(labels.count) rows are true; on unseen rows the area under the curve is "
            + "\(shown(area)), the log loss \(shown(loss)), that of the baseline \(shown(plain))"
    }
}
