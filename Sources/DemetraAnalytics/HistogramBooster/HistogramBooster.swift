package import DemetraTypes

/// Gradient boosted regression trees on binned features, one ensemble per fold, grown in step.
///
/// Every fold's trees see all rows but the fold's own; after each round the left-out rows tell
/// whether the trees still learn something that holds elsewhere. All ensembles keep the number of
/// rounds that was best on the rows of all folds together.
///
/// - Source: Friedman, "Greedy function approximation", 2001; leaf-wise growth on histograms as in
///   Ke et al., "LightGBM", 2017.
package struct HistogramBooster: Sendable {
    /// How the trees grow.
    package struct Settings: Sendable {
        /// Most rounds.
        package var roundLimit = 400
        /// Share of its answer that a tree adds.
        package var learningRate = 0.05
        /// Most leaves of a tree.
        package var leafLimit = 31
        /// Fewest rows of a leaf; nil takes max(20, n / 2000).
        package var minimumLeafCount: Int?
        /// Share of rows a tree sees.
        package var rowShare = 0.8
        /// Share of features a tree sees.
        package var featureShare = 0.8
        /// Rounds without progress after which growing stops.
        package var patience = 30
        /// Start of the random streams.
        package var seed: UInt64 = 42

        /// The usual settings.
        package init() {}
    }

    /// The ensembles and what they say about the rows they have not seen.
    package struct Result: Sendable {
        /// Trees of each fold.
        package var ensembles: [[RegressionTree]]
        /// What the ensemble of a row's own fold adds to its start, for every row.
        package var outOfFold: [Double]
    }

    private struct Fold {
        var generator: SeededGenerator
        var rows: [Int32]
        var trees: [RegressionTree] = []
        var fitted: [Double]
    }

    private let settings: Settings

    /// A booster with settings.
    package init(_ settings: Settings) { self.settings = settings }

    /// Grows the ensembles of all folds.
    ///
    /// - Parameters:
    ///   - residuals: for each fold, what is to be explained of every row.
    ///   - folds: the fold of every row, 0..<residuals.count.
    package func train(
        _ codes: CodeMatrix, residuals: [[Double]], folds: [Int], cancellation: CancellationFlag
    ) throws(DemetraError) -> Result {
        let n = codes.rowCount
        let all = (0..<Int32(n)).map { $0 }
        var states = residuals.indices.map { fold in
            Fold(
                generator: SeededGenerator(
                    seed: settings.seed &+ UInt64(fold) &* 0x9E37_79B9),
                rows: all.filter { folds[Int($0)] != fold },
                fitted: [Double](repeating: 0, count: n))
        }
        // Trees see residuals of unit size, so that no threshold depends on the target's unit.
        let scale = max(rootMeanSquare(residuals[0]), 1e-300)
        let grower = TreeGrower(
            leafLimit: settings.leafLimit,
            minimumLeafCount: settings.minimumLeafCount ?? max(20, n / 2_000),
            learningRate: settings.learningRate * scale)
        var best = (round: 0, loss: loss(states, residuals, folds))
        var outOfFold = [Double](repeating: 0, count: n)
        for round in 1...max(settings.roundLimit, 1) {
            for fold in states.indices {
                try cancellation.check()
                let tree = grow(&states[fold], grower, codes, residuals[fold], scale)
                tree.add(to: &states[fold].fitted, codes, rows: all)
                states[fold].trees.append(tree)
            }
            let loss = loss(states, residuals, folds)
            if loss < best.loss {
                best = (round, loss)
                for row in 0..<n { outOfFold[row] = states[folds[row]].fitted[row] }
            }
            if round - best.round >= settings.patience { break }
        }
        return Result(
            ensembles: states.map { Array($0.trees.prefix(best.round)) }, outOfFold: outOfFold)
    }

    private func rootMeanSquare(_ values: [Double]) -> Double {
        OrderStatistics.mean(values.map { $0 * $0 }).squareRoot()
    }

    /// Squared error of the rows of each fold under the trees that did not see them.
    private func loss(_ states: [Fold], _ residuals: [[Double]], _ folds: [Int]) -> Double {
        var sum = 0.0
        for row in folds.indices {
            let fold = folds[row]
            let error = residuals[fold][row] - states[fold].fitted[row]
            sum += error * error
        }
        return sum
    }

    private func grow(
        _ fold: inout Fold, _ grower: TreeGrower, _ codes: CodeMatrix, _ residuals: [Double],
        _ scale: Double
    ) -> RegressionTree {
        var gradients = [Float](repeating: 0, count: codes.rowCount)
        for row in fold.rows {
            gradients[Int(row)] = Float((residuals[Int(row)] - fold.fitted[Int(row)]) / scale)
        }
        var rows: [Int32] = []
        rows.reserveCapacity(fold.rows.count)
        for row in fold.rows where fold.generator.uniform() < settings.rowShare { rows.append(row) }
        if rows.isEmpty { rows = fold.rows }
        var features: [Int] = []
        for feature in codes.columns.indices
        where fold.generator.uniform() < settings.featureShare { features.append(feature) }
        if features.isEmpty {
            features = [fold.generator.index(below: max(codes.columns.count, 1))]
        }
        return grower.grow(codes, gradients: gradients, rows: rows, features: features)
    }
}
