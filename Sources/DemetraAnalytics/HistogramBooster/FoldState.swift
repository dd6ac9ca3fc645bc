import DemetraTypes
import DemetraVectors

/// One fold while it grows: its trees, and what they say so far about every row.
///
/// Safe because every array handed to a kernel is as long as the table, and rows are its row numbers.
struct FoldState: Sendable {
    private(set) var trees: [RegressionTree] = []
    /// The sum of the trees for every row, seen or not.
    private(set) var fitted: [Double]
    /// Squared error of the fold's own rows after each round.
    private(set) var losses: [Double] = []
    private let residuals: [Double]
    private let seen: [Int32]
    private let unseen: [Int32]
    private var generator: SeededGenerator

    init(_ fold: Int, folds: [Int], residuals: [Double], seed: UInt64) {
        self.residuals = residuals
        fitted = [Double](repeating: 0, count: residuals.count)
        seen = (0..<Int32(folds.count)).filter { folds[Int($0)] != fold }
        unseen = (0..<Int32(folds.count)).filter { folds[Int($0)] == fold }
        generator = SeededGenerator(seed: seed &+ UInt64(fold) &* 0x9E37_79B9)
    }

    /// Squared error of the rows the trees have not seen.
    func unseenLoss() -> Double {
        var sum = 0.0
        for row in unseen {
            let error = residuals[Int(row)] - fitted[Int(row)]
            sum += error * error
        }
        return sum
    }

    /// Adds trees; ends early once cancelled.
    mutating func grow(
        rounds: Int, _ codes: CodeMatrix, _ plan: GrowthPlan, _ cancellation: CancellationFlag
    ) {
        let grower = TreeGrower(
            codes: codes, leafLimit: plan.settings.leafLimit,
            minimumLeafCount: plan.minimumLeafCount,
            learningRate: plan.learningRate * plan.unit)
        var words = [Int64](repeating: 0, count: codes.rowCount)
        var rows: [Int32] = []
        rows.reserveCapacity(seen.count)
        for _ in 0..<rounds {
            guard !cancellation.isCancelled else { return }
            sample(&rows, share: plan.settings.rowShare)
            let features = sampleFeatures(codes.columns.count, plan.settings.featureShare)
            let scale = pack(&words, rows, unit: plan.unit)
            let tree = tree(grower, words, &rows, scale, features)
            add(tree, codes)
            trees.append(tree)
            losses.append(unseenLoss())
        }
    }

    private func tree(
        _ grower: TreeGrower, _ words: [Int64], _ rows: inout [Int32], _ scale: Double,
        _ features: [Int]
    ) -> RegressionTree {
        rows.withUnsafeMutableBufferPointer { rows in
            words.withUnsafeBufferPointer { words in
                guard let order = rows.baseAddress, let words = words.baseAddress else {
                    return RegressionTree(nodes: [RegressionTree.Node()])
                }
                return grower.grow(
                    gradients: words, scale: scale, rows: order, rowCount: rows.count,
                    features: features)
            }
        }
    }

    /// Keeps the first trees, and what they alone say.
    mutating func finish(rounds: Int, _ codes: CodeMatrix) {
        trees = Array(trees.prefix(rounds))
        fitted = [Double](repeating: 0, count: codes.rowCount)
        let scorer = TreeScorer(trees, codeCounts: codes.codeCounts)
        fitted.withUnsafeMutableBufferPointer { output in
            guard let output = output.baseAddress else { return }
            scorer.add(to: output, codes, rows: 0..<codes.rowCount)
        }
    }

    private mutating func add(_ tree: RegressionTree, _ codes: CodeMatrix) {
        let scorer = TreeScorer([tree], codeCounts: codes.codeCounts, joining: false)
        fitted.withUnsafeMutableBufferPointer { output in
            guard let output = output.baseAddress else { return }
            scorer.add(to: output, codes, rows: 0..<codes.rowCount)
        }
    }

    private mutating func sample(_ rows: inout [Int32], share: Double) {
        rows.removeAll(keepingCapacity: true)
        // Compared as whole numbers: one draw a row, and nothing that rounds.
        let limit = share >= 1 ? UInt64.max : UInt64(share * 0x1p64)
        for row in seen where generator.next() <= limit { rows.append(row) }
        if rows.isEmpty { rows = seen }
    }

    private mutating func sampleFeatures(_ count: Int, _ share: Double) -> [Int] {
        var features: [Int] = []
        for feature in 0..<count where generator.uniform() < share { features.append(feature) }
        return features.isEmpty ? [generator.index(below: max(count, 1))] : features
    }

    /// The gradients of some rows as words; gives their scale.
    private func pack(_ words: inout [Int64], _ rows: [Int32], unit: Double) -> Double {
        var largest = 0.0
        let inverse = 1 / unit
        for row in rows {
            largest = max(largest, abs((residuals[Int(row)] - fitted[Int(row)]) * inverse))
        }
        let scale = PackedGradient.scale(for: largest, rows: rows.count)
        for row in rows {
            words[Int(row)] = PackedGradient.word(
                (residuals[Int(row)] - fitted[Int(row)]) * inverse, scale: scale)
        }
        return scale
    }
}
