import DemetraTypes
import DemetraVectors

/// One fold while it grows: its trees, and what they say so far about every row.
///
/// Safe because every array handed to a kernel is as long as the table, and rows are its row numbers.
struct FoldState: Sendable {
    private(set) var trees: [RegressionTree] = []
    /// The sum of the trees for every row, seen or not.
    private(set) var fitted: [Double]
    /// The loss of the fold's own rows after each round.
    private(set) var losses: [Double] = []
    private let loss: BoostingLoss
    private let seen: [Int32]
    private let unseen: [Int32]
    private var generator: SeededGenerator

    init(_ fold: Int, folds: [Int], loss: BoostingLoss, seed: UInt64) {
        self.loss = loss
        fitted = [Double](repeating: 0, count: folds.count)
        seen = (0..<Int32(folds.count)).filter { folds[Int($0)] != fold }
        unseen = (0..<Int32(folds.count)).filter { folds[Int($0)] == fold }
        generator = SeededGenerator(seed: seed &+ UInt64(fold) &* 0x9E37_79B9)
    }

    /// The loss of the rows the trees have not seen.
    func unseenLoss() -> Double { loss.sum(over: unseen, fitted) }

    /// Adds trees; ends early once cancelled.
    mutating func grow(
        rounds: Int, _ codes: CodeMatrix, _ plan: GrowthPlan, _ cancellation: CancellationFlag
    ) {
        let grower = TreeGrower(
            codes: codes, leafLimit: plan.settings.leafLimit,
            minimumLeafCount: plan.minimumLeafCount,
            learningRate: plan.learningRate * plan.unit)
        var words = [Int64](repeating: 0, count: codes.rowCount)
        var gradients = [Double](repeating: 0, count: codes.rowCount)
        var rows: [Int32] = []
        rows.reserveCapacity(seen.count)
        for _ in 0..<rounds {
            guard !cancellation.isCancelled else { return }
            sample(&rows, share: plan.settings.rowShare)
            let features = sampleFeatures(codes.columns.count, plan.settings.featureShare)
            loss.gradients(of: rows, fitted, into: &gradients)
            let scale = Self.pack(&words, rows, gradients, unit: plan.unit)
            var tree = tree(grower, words, &rows, scale, features)
            stepLeaves(&tree, grower.leafRows, rows, gradients, plan.learningRate)
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

    /// Gives every leaf the Newton step of its rows, and inner nodes the mean of theirs, where the loss asks
    /// for one.
    private func stepLeaves(
        _ tree: inout RegressionTree, _ leaves: [(node: Int, rows: Range<Int>)], _ order: [Int32],
        _ gradients: [Double], _ learningRate: Double
    ) {
        for leaf in leaves {
            guard
                let step = loss.newtonStep(
                    of: order[leaf.rows], gradients, regularisation: TreeGrower.regularisation)
            else { return }
            tree.nodes[leaf.node].value = learningRate * step
        }
        for index in tree.nodes.indices.reversed() where tree.nodes[index].feature >= 0 {
            let left = tree.nodes[Int(tree.nodes[index].left)]
            let right = tree.nodes[Int(tree.nodes[index].right)]
            let (a, b) = (Double(left.rowCount), Double(right.rowCount))
            tree.nodes[index].value = (left.value * a + right.value * b) / max(a + b, 1)
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
    private static func pack(
        _ words: inout [Int64], _ rows: [Int32], _ gradients: [Double], unit: Double
    ) -> Double {
        var largest = 0.0
        let inverse = 1 / unit
        for row in rows { largest = max(largest, abs(gradients[Int(row)] * inverse)) }
        let scale = PackedGradient.scale(for: largest, rows: rows.count)
        for row in rows {
            words[Int(row)] = PackedGradient.word(gradients[Int(row)] * inverse, scale: scale)
        }
        return scale
    }
}
