package import DemetraFunctions
package import DemetraTypes
import DemetraVectors
import Synchronization

/// Gradient boosted trees on binned features, one ensemble per fold, grown in step.
///
/// Every fold's trees see all rows but the fold's own; after each round the left-out rows tell
/// whether the trees still learn something that holds elsewhere. All ensembles keep the number of
/// rounds that was best on the rows of all folds together.
///
/// Folds grow on the workers' threads, ten rounds at a time; each has its own random stream, so the
/// trees do not depend on who grew them.
///
/// - Source: Friedman, "Greedy function approximation", 2001; leaf-wise growth on histograms as in
///   Ke et al., "LightGBM", 2017.
package struct HistogramBooster: Sendable {
    /// How the trees grow.
    package struct Settings: Sendable {
        /// Most rounds.
        package var roundLimit = 400
        /// Share of its answer that a tree adds; nil takes 0.05, and 0.2 from 100,000 rows on.
        ///
        /// Measured on 300,000 campaigns with half the variance planted, unseen rows: 0.1 gives R² 0.8426
        /// with 350 rounds, 0.2 gives 0.8412 with 170 - half the time to train and to predict.
        package var learningRate: Double?
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

    private static let roundsPerBlock = 10

    private let settings: Settings

    /// A booster with settings.
    package init(_ settings: Settings) { self.settings = settings }

    /// Grows the ensembles of all folds.
    ///
    /// - Parameters:
    ///   - fit: for each fold, what is to be explained of every row.
    ///   - folds: the fold of every row, 0..<fit.count.
    package func train(
        _ codes: CodeMatrix, fit: [BoostingLoss], folds: [Int],
        cancellation: CancellationFlag, workers: any Workers
    ) throws(DemetraError) -> Result {
        let plan = plan(rowCount: codes.rowCount, unit: fit[0].unit)
        let boxes = fit.indices.map { fold in
            FoldBox(FoldState(fold, folds: folds, loss: fit[fold], seed: settings.seed))
        }
        var losses = [boxes.reduce(0.0) { $0 + $1.state.withLock { $0.unseenLoss() } }]
        var best = 0
        while losses.count <= settings.roundLimit, losses.count - 1 - best < settings.patience {
            let rounds = min(Self.roundsPerBlock, settings.roundLimit - losses.count + 1)
            workers.forEach(boxes.count) { index in
                boxes[index].state.withLock { state in
                    state.grow(rounds: rounds, codes, plan, cancellation)
                }
            }
            try cancellation.check()
            for round in losses.count..<(losses.count + rounds) {
                var loss = 0.0
                for box in boxes { loss += box.state.withLock { $0.losses[round - 1] } }
                losses.append(loss)
                if loss < losses[best] { best = round }
                if round - best >= settings.patience { break }
            }
        }
        return result(boxes, rounds: best, codes, folds, workers)
    }

    private func plan(rowCount: Int, unit: Double) -> GrowthPlan {
        GrowthPlan(
            settings: settings, unit: unit,
            learningRate: settings.learningRate ?? (rowCount < 100_000 ? 0.05 : 0.2),
            minimumLeafCount: settings.minimumLeafCount ?? max(20, rowCount / 2_000))
    }

    private func result(
        _ boxes: [FoldBox], rounds: Int, _ codes: CodeMatrix, _ folds: [Int],
        _ workers: any Workers
    ) -> Result {
        workers.forEach(boxes.count) { index in
            boxes[index].state.withLock { $0.finish(rounds: rounds, codes) }
        }
        var outOfFold = [Double](repeating: 0, count: codes.rowCount)
        var ensembles: [[RegressionTree]] = []
        for (fold, box) in boxes.enumerated() {
            box.state.withLock { state in
                for row in outOfFold.indices where folds[row] == fold {
                    outOfFold[row] = state.fitted[row]
                }
                ensembles.append(state.trees)
            }
        }
        return Result(ensembles: ensembles, outOfFold: outOfFold)
    }
}

/// What all folds share while they grow.
struct GrowthPlan: Sendable {
    let settings: HistogramBooster.Settings
    /// Size of the gradients before the first tree.
    let unit: Double
    let learningRate: Double
    let minimumLeafCount: Int
}

/// One fold's state under a lock: a worker takes it for a block of rounds.
private final class FoldBox: Sendable {
    let state: Mutex<FoldState>
    init(_ state: sending FoldState) { self.state = Mutex(state) }
}
