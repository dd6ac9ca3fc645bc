/// Grows one tree leaf by leaf: always the leaf whose best split gains most.
///
/// A split builds the histogram of its smaller child only; the larger one's is the difference.
struct TreeGrower {
    /// Most leaves of a tree.
    let leafLimit: Int
    /// Fewest rows of a leaf.
    let minimumLeafCount: Int
    /// What a leaf's mean is multiplied with.
    let learningRate: Double

    private static let regularisation = 1.0

    /// A leaf that may still be split.
    private struct Leaf {
        var node: Int
        var rows: Range<Int>
        var sum: Double
        var histogram: [Double]
        var split: SplitSearch.Split?
    }

    /// The tree that reduces the squared `gradients` of `rows` most, using some features.
    func grow(
        _ codes: CodeMatrix, gradients: [Float], rows: [Int32], features: [Int]
    ) -> RegressionTree {
        var order = rows
        var scratch = rows
        var tree = RegressionTree(nodes: [RegressionTree.Node()])
        let histogram = self.histogram(codes, gradients, order, 0..<order.count, features)
        var sum = 0.0
        for row in rows { sum += Double(gradients[Int(row)]) }
        tree.nodes[0].value = leafValue(sum, rows.count)
        var leaves = [
            searched(
                Leaf(node: 0, rows: 0..<order.count, sum: sum, histogram: histogram, split: nil),
                codes, features)
        ]
        while leaves.count < leafLimit {
            var best: Int?
            for index in leaves.indices {
                guard let gain = leaves[index].split?.gain else { continue }
                if gain > best.flatMap({ leaves[$0].split?.gain }) ?? 0 { best = index }
            }
            guard let best, let split = leaves[best].split else { break }
            let leaf = leaves[best]
            let leftCount = partition(&order, &scratch, leaf.rows, split, codes)
            let middle = leaf.rows.lowerBound + leftCount
            var left = Leaf(
                node: tree.nodes.count, rows: leaf.rows.lowerBound..<middle, sum: split.leftSum,
                histogram: [], split: nil)
            var right = Leaf(
                node: tree.nodes.count + 1, rows: middle..<leaf.rows.upperBound,
                sum: leaf.sum - split.leftSum, histogram: [], split: nil)
            if left.rows.count <= right.rows.count {
                left.histogram = self.histogram(codes, gradients, order, left.rows, features)
                right.histogram = difference(leaf.histogram, left.histogram)
            } else {
                right.histogram = self.histogram(codes, gradients, order, right.rows, features)
                left.histogram = difference(leaf.histogram, right.histogram)
            }
            tree.nodes[leaf.node].feature = Int32(split.feature)
            tree.nodes[leaf.node].left = Int32(left.node)
            tree.nodes[leaf.node].right = Int32(right.node)
            tree.nodes[leaf.node].leftCodes = split.leftCodes
            for child in [left, right] {
                var node = RegressionTree.Node()
                node.value = leafValue(child.sum, child.rows.count)
                tree.nodes.append(node)
            }
            leaves[best] = searched(left, codes, features)
            leaves.append(searched(right, codes, features))
        }
        return tree
    }

    private func leafValue(_ sum: Double, _ count: Int) -> Double {
        learningRate * sum / (Double(count) + Self.regularisation)
    }

    private func searched(_ leaf: Leaf, _ codes: CodeMatrix, _ features: [Int]) -> Leaf {
        guard leaf.rows.count >= 2 * minimumLeafCount else { return leaf }
        var leaf = leaf
        let search = SplitSearch(
            minimumLeafCount: Double(minimumLeafCount), regularisation: Self.regularisation)
        for (position, feature) in features.enumerated() {
            let start = position * HistogramKernel.width
            let found = search.best(
                feature: feature, kind: codes.kinds[feature], codeCount: codes.codeCounts[feature],
                histogram: leaf.histogram[start..<(start + HistogramKernel.width)], sum: leaf.sum,
                count: Double(leaf.rows.count))
            if let found, found.gain > leaf.split?.gain ?? 0 { leaf.split = found }
        }
        return leaf
    }

    private func difference(_ whole: [Double], _ part: [Double]) -> [Double] {
        var rest = whole
        for index in rest.indices { rest[index] -= part[index] }
        return rest
    }

    private func histogram(
        _ codes: CodeMatrix, _ gradients: [Float], _ order: [Int32], _ rows: Range<Int>,
        _ features: [Int]
    ) -> [Double] {
        var histogram = [Double](repeating: 0, count: features.count * HistogramKernel.width)
        for (position, feature) in features.enumerated() {
            codes.columns[feature].withUnsafeBufferPointer { column in
                gradients.withUnsafeBufferPointer { gradients in
                    order.withUnsafeBufferPointer { order in
                        histogram.withUnsafeMutableBufferPointer { output in
                            guard let c = column.baseAddress, let g = gradients.baseAddress,
                                let r = order.baseAddress, let h = output.baseAddress
                            else { return }
                            HistogramKernel.build(
                                codes: c, gradients: g, rows: r + rows.lowerBound,
                                count: rows.count, into: h + position * HistogramKernel.width)
                        }
                    }
                }
            }
        }
        return histogram
    }

    private func partition(
        _ order: inout [Int32], _ scratch: inout [Int32], _ rows: Range<Int>,
        _ split: SplitSearch.Split, _ codes: CodeMatrix
    ) -> Int {
        codes.columns[split.feature].withUnsafeBufferPointer { column in
            order.withUnsafeMutableBufferPointer { order in
                scratch.withUnsafeMutableBufferPointer { scratch -> Int in
                    guard let c = column.baseAddress, let o = order.baseAddress,
                        let s = scratch.baseAddress
                    else { return 0 }
                    return HistogramKernel.partition(
                        codes: c, left: split.leftCodes, rows: o + rows.lowerBound,
                        count: rows.count, scratch: s)
                }
            }
        }
    }
}
