import DemetraVectors

/// Grows one tree leaf by leaf: always the leaf whose best split gains most.
///
/// A split builds the histogram of its smaller child only; the larger one's is the difference, left in
/// the parent's place. Memory is allocated once for all trees of a run.
///
/// Safe because the memory is as long as the table for rows, and holds a histogram for every leaf that
/// can exist; it belongs to one grower, which one thread uses.
final class TreeGrower {
    /// Added to the rows of a leaf, so that few of them do not go far.
    static let regularisation = 1.0

    /// A leaf that may still be split.
    private struct Leaf {
        var node: Int
        var rows: Range<Int>
        var total: Int64
        var slot: Int
        var split: SplitSearch.Split?
    }

    private let codes: CodeMatrix
    private let leafLimit: Int
    private let minimumLeafCount: Int
    private let learningRate: Double
    private let scratch: UnsafeMutablePointer<Int32>
    /// The gradients of a leaf, in the order of its rows.
    private let leafGradients: UnsafeMutablePointer<Int64>
    private let histograms: UnsafeMutablePointer<Int64>
    private let histogramWidth: Int
    private var starts: [Int] = []
    private var features: [Int] = []
    /// The leaves of the last tree, and where their rows stand in the order it left.
    private(set) var leafRows: [LeafRows] = []

    /// The rows that a leaf was grown on.
    struct LeafRows {
        var node: Int
        var rows: Range<Int>
    }

    /// Memory for trees over a table.
    init(codes: CodeMatrix, leafLimit: Int, minimumLeafCount: Int, learningRate: Double) {
        self.codes = codes
        self.leafLimit = leafLimit
        self.minimumLeafCount = minimumLeafCount
        self.learningRate = learningRate
        scratch = .allocate(capacity: max(codes.rowCount, 1))
        leafGradients = .allocate(capacity: max(codes.rowCount, 1))
        histogramWidth = max(codes.codeCounts.reduce(0, +), 1)
        histograms = .allocate(capacity: histogramWidth * (leafLimit + 1))
    }

    deinit {
        scratch.deallocate()
        leafGradients.deallocate()
        histograms.deallocate()
    }

    /// The tree that reduces the squared gradients of `rows` most, using some features.
    ///
    /// `gradients` holds a word for every row of the table that occurs in `rows`, which is put into the
    /// order of the leaves; `scale` is that of the words.
    func grow(
        gradients: UnsafePointer<Int64>, scale: Double, rows: UnsafeMutablePointer<Int32>,
        rowCount: Int, features: [Int]
    ) -> RegressionTree {
        self.features = features
        starts = []
        var next = 0
        for feature in features {
            starts.append(next)
            next += codes.codeCounts[feature]
        }
        var total: Int64 = 0
        for index in 0..<rowCount { total &+= gradients[Int(rows[index])] }
        var tree = RegressionTree(nodes: [RegressionTree.Node()])
        tree.nodes[0].value = leafValue(total, scale)
        tree.nodes[0].rowCount = Int32(PackedGradient.rowCount(total))
        let search = SplitSearch(
            minimumLeafCount: Double(minimumLeafCount), regularisation: Self.regularisation,
            leastGain: 1e-9 * scale * scale)
        var root = Leaf(
            node: 0, rows: 0..<rowCount, total: total, slot: 0, split: nil)
        if rowCount >= 2 * minimumLeafCount {
            build(slot: 0, gradients, rows, 0..<rowCount)
            find(&root, search)
        }
        var leaves = [root]
        while leaves.count < leafLimit {
            var best: Int?
            for index in leaves.indices {
                guard let gain = leaves[index].split?.gain else { continue }
                if gain > best.flatMap({ leaves[$0].split?.gain }) ?? 0 { best = index }
            }
            guard let best, let split = leaves[best].split else { break }
            let parent = leaves[best].node
            var (left, right) = divide(
                leaves[best], split, slot: leaves.count, gradients, rows, search)
            (left.node, right.node) = (tree.nodes.count, tree.nodes.count + 1)
            tree.nodes[parent].feature = Int32(split.feature)
            tree.nodes[parent].left = Int32(left.node)
            tree.nodes[parent].right = Int32(right.node)
            tree.nodes[parent].leftCodes = split.leftCodes
            for child in [left, right] {
                var node = RegressionTree.Node()
                node.value = leafValue(child.total, scale)
                node.rowCount = Int32(PackedGradient.rowCount(child.total))
                tree.nodes.append(node)
            }
            leaves[best] = left
            leaves.append(right)
        }
        leafRows = leaves.map { LeafRows(node: $0.node, rows: $0.rows) }
        return tree
    }

    /// The children of a leaf with their histograms and best splits.
    private func divide(
        _ leaf: Leaf, _ split: SplitSearch.Split, slot: Int, _ gradients: UnsafePointer<Int64>,
        _ rows: UnsafeMutablePointer<Int32>, _ search: SplitSearch
    ) -> (left: Leaf, right: Leaf) {
        let middle = partition(leaf.rows, split, rows)
        var left = Leaf(
            node: 0, rows: leaf.rows.lowerBound..<middle, total: split.left, slot: slot,
            split: nil)
        var right = Leaf(
            node: 0, rows: middle..<leaf.rows.upperBound, total: leaf.total &- split.left,
            slot: leaf.slot, split: nil)
        guard max(left.rows.count, right.rows.count) >= 2 * minimumLeafCount else {
            return (left, right)
        }
        if left.rows.count > right.rows.count { swap(&left.slot, &right.slot) }
        let smaller = left.rows.count <= right.rows.count ? left : right
        build(slot: slot, gradients, rows, smaller.rows)
        HistogramKernel.subtract(
            histograms + slot * histogramWidth, from: histograms + leaf.slot * histogramWidth,
            count: width)
        find(&left, search)
        find(&right, search)
        return (left, right)
    }

    private func leafValue(_ total: Int64, _ scale: Double) -> Double {
        learningRate * PackedGradient.sum(total) / scale
            / (PackedGradient.count(total) + Self.regularisation)
    }

    private func find(_ leaf: inout Leaf, _ search: SplitSearch) {
        guard leaf.rows.count >= 2 * minimumLeafCount else { return }
        let histogram = histograms + leaf.slot * histogramWidth
        for (position, feature) in features.enumerated() {
            let found = search.best(
                feature: feature, kind: codes.kinds[feature], codeCount: codes.codeCounts[feature],
                histogram: histogram + starts[position], total: leaf.total)
            if let found, found.gain > leaf.split?.gain ?? 0 { leaf.split = found }
        }
    }

    /// Slots in use of each histogram.
    private var width: Int {
        guard let start = starts.last, let feature = features.last else { return 0 }
        return start + codes.codeCounts[feature]
    }

    private func build(
        slot: Int, _ gradients: UnsafePointer<Int64>, _ order: UnsafeMutablePointer<Int32>,
        _ range: Range<Int>
    ) {
        let histogram = histograms + slot * histogramWidth
        histogram.update(repeating: 0, count: width)
        let rows = UnsafePointer(order + range.lowerBound)
        // Side by side once: the columns, four at a time, each go through them again.
        for index in 0..<range.count { leafGradients[index] = gradients[Int(rows[index])] }
        var position = 0
        func column(_ offset: Int) -> UnsafePointer<UInt8> {
            codes.columns[features[position + offset]].pointer
        }
        while position + 4 <= features.count {
            HistogramKernel.build(
                column(0), column(1), column(2), column(3), gradients: leafGradients, rows: rows,
                count: range.count,
                into: HistogramKernel.FourHistograms(
                    a: histogram + starts[position], b: histogram + starts[position + 1],
                    c: histogram + starts[position + 2], d: histogram + starts[position + 3]))
            position += 4
        }
        while position < features.count {
            HistogramKernel.build(
                column(0), gradients: leafGradients, rows: rows, count: range.count,
                into: histogram + starts[position])
            position += 1
        }
    }

    /// Rows that go left before those that go right; gives where these begin.
    private func partition(
        _ range: Range<Int>, _ split: SplitSearch.Split, _ rows: UnsafeMutablePointer<Int32>
    ) -> Int {
        let goesLeft = (0..<256).map { split.leftCodes.contains(UInt8($0)) ? UInt8(1) : 0 }
        return goesLeft.withUnsafeBufferPointer { table in
            guard let table = table.baseAddress else { return range.lowerBound }
            return range.lowerBound
                + HistogramKernel.partition(
                    codes: codes.columns[split.feature].pointer, goesLeft: table,
                    rows: rows + range.lowerBound, count: range.count, scratch: scratch)
        }
    }
}
