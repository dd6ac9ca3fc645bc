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
        var order = seen
        for _ in 0..<rounds {
            guard !cancellation.isCancelled else { return }
            let count = sample(&order, share: plan.settings.rowShare)
            let features = sampleFeatures(codes.columns.count, plan.settings.featureShare)
            let tree = order.withUnsafeMutableBufferPointer { order in
                words.withUnsafeMutableBufferPointer { words in
                    gradients.withUnsafeMutableBufferPointer { gradients in
                        grown(
                            grower, UnsafeMutableBufferPointer(rebasing: order[..<count]), words,
                            gradients, features, plan)
                    }
                }
            }
            add([tree], codes)
            trees.append(tree)
            losses.append(unseenLoss())
        }
    }

    private func grown(
        _ grower: TreeGrower, _ rows: UnsafeMutableBufferPointer<Int32>,
        _ words: UnsafeMutableBufferPointer<Int64>,
        _ gradients: UnsafeMutableBufferPointer<Double>, _ features: [Int], _ plan: GrowthPlan
    ) -> RegressionTree {
        guard let first = rows.baseAddress, let words = words.baseAddress,
            let gradients = gradients.baseAddress
        else { return RegressionTree(nodes: [RegressionTree.Node()]) }
        let largest = fitted.withUnsafeBufferPointer { fitted in
            fitted.baseAddress.map {
                loss.gradients(of: UnsafeBufferPointer(rows), $0, into: gradients)
            }
        }
        let scale = PackedGradient.scale(for: (largest ?? 0) / plan.unit, rows: rows.count)
        let factor = scale / plan.unit
        for row in rows {
            words[Int(row)] = PackedGradient.word(gradients[Int(row)], scale: factor)
        }
        var tree = grower.grow(
            gradients: words, scale: scale, rows: first, rowCount: rows.count, features: features)
        stepLeaves(
            &tree, grower.leafRows, UnsafeBufferPointer(rows), gradients, plan.learningRate)
        return tree
    }

    /// Keeps the first trees, and what they alone say.
    mutating func finish(rounds: Int, _ codes: CodeMatrix) {
        guard rounds < trees.count else { return }
        trees = Array(trees.prefix(rounds))
        fitted = [Double](repeating: 0, count: codes.rowCount)
        add(trees, codes)
    }

    /// Adds to every row what trees say.
    private mutating func add(_ trees: [RegressionTree], _ codes: CodeMatrix) {
        fitted.withUnsafeMutableBufferPointer { fitted in
            guard let output = fitted.baseAddress else { return }
            TreeScorer(trees).add(to: output, codes, rows: 0..<codes.rowCount)
        }
    }

    /// Gives every leaf the Newton step of its rows, and inner nodes the mean of theirs, where the loss asks
    /// for one.
    private func stepLeaves(
        _ tree: inout RegressionTree, _ leaves: [TreeGrower.LeafRows],
        _ order: UnsafeBufferPointer<Int32>, _ gradients: UnsafePointer<Double>,
        _ learningRate: Double
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

    /// Puts the rows that a tree sees first; gives their count.
    private mutating func sample(_ order: inout [Int32], share: Double) -> Int {
        // Four rows a draw, and no branch to guess; a share is met to a part in 65,536.
        let limit = share >= 1 ? UInt64(0x1_0000) : UInt64(share * 0x1p16)
        var word: UInt64 = 0
        var count = 0
        order.withUnsafeMutableBufferPointer { order in
            seen.withUnsafeBufferPointer { seen in
                for index in seen.indices {
                    if index & 3 == 0 { word = generator.next() }
                    order[count] = seen[index]
                    count &+= word & 0xFFFF < limit ? 1 : 0
                    word &>>= 16
                }
            }
        }
        guard count == 0 else { return count }
        order = seen
        return seen.count
    }

    private mutating func sampleFeatures(_ count: Int, _ share: Double) -> [Int] {
        var features: [Int] = []
        for feature in 0..<count where generator.uniform() < share { features.append(feature) }
        return features.isEmpty ? [generator.index(below: max(count, 1))] : features
    }
}
