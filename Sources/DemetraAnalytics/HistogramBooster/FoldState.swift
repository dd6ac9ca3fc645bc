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
        var others: [Int32] = []
        others.reserveCapacity(codes.rowCount)
        for _ in 0..<rounds {
            guard !cancellation.isCancelled else { return }
            sample(&rows, &others, share: plan.settings.rowShare)
            let features = sampleFeatures(codes.columns.count, plan.settings.featureShare)
            loss.gradients(of: rows, fitted, into: &gradients)
            let scale = Self.pack(&words, rows, gradients, unit: plan.unit)
            var tree = tree(grower, words, &rows, &others, scale, features)
            stepLeaves(&tree, grower.leafRows, rows, gradients, plan.learningRate)
            add(tree, grower.leafRows, rows, others)
            trees.append(tree)
            losses.append(unseenLoss())
        }
    }

    private func tree(
        _ grower: TreeGrower, _ words: [Int64], _ rows: inout [Int32], _ others: inout [Int32],
        _ scale: Double, _ features: [Int]
    ) -> RegressionTree {
        rows.withUnsafeMutableBufferPointer { rows in
            others.withUnsafeMutableBufferPointer { others in
                words.withUnsafeBufferPointer { words in
                    guard let sample = rows.baseAddress, let words = words.baseAddress else {
                        return RegressionTree(nodes: [RegressionTree.Node()])
                    }
                    // Without others nothing is read where they would be.
                    let rest = others.baseAddress ?? sample
                    return grower.grow(
                        gradients: words, scale: scale,
                        sample: TreeGrower.Order(rows: sample, count: rows.count),
                        others: TreeGrower.Order(rows: rest, count: others.count),
                        features: features)
                }
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

    /// Adds to every row what its leaf says.
    private mutating func add(
        _ tree: RegressionTree, _ leaves: [TreeGrower.LeafRows], _ rows: [Int32],
        _ others: [Int32]
    ) {
        for leaf in leaves {
            let value = tree.nodes[leaf.node].value
            for row in rows[leaf.rows] { fitted[Int(row)] += value }
            for row in others[leaf.others] { fitted[Int(row)] += value }
        }
    }

    /// Gives every leaf the Newton step of its rows, and inner nodes the mean of theirs, where the loss asks
    /// for one.
    private func stepLeaves(
        _ tree: inout RegressionTree, _ leaves: [TreeGrower.LeafRows], _ order: [Int32],
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

    /// Draws the rows that a tree sees; the others of the table are those it does not.
    private mutating func sample(_ rows: inout [Int32], _ others: inout [Int32], share: Double) {
        rows.removeAll(keepingCapacity: true)
        others.removeAll(keepingCapacity: true)
        // Compared as whole numbers: one draw a row, and nothing that rounds.
        let limit = share >= 1 ? UInt64.max : UInt64(share * 0x1p64)
        for row in seen {
            if generator.next() <= limit { rows.append(row) } else { others.append(row) }
        }
        if rows.isEmpty { swap(&rows, &others) }
        others += unseen
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
