import DemetraVectors

/// Shapley values of many trees: what each feature adds to the sum of the trees for one row.
///
/// The game is that of path-dependent TreeSHAP: a feature that is not in the coalition sends a row down both
/// ways of its splits, by the share of training rows that went there. A leaf of value v then adds to feature i
///
///     v (o_i - z_i) * sum over coalitions S without i of |S|! (d - 1 - |S|)! / d! * prod_S o_j * prod_rest z_j
///
/// over the d features on its path, where z_j is the share of rows that follow the leaf's ways at the splits of
/// j, and o_j is 1 when the row follows all of them, else 0. The weights are integrals of t^|S| (1 - t)^(d-1-|S|),
/// so the sum is the integral over 0...1 of the product of t o_j + (1 - t) z_j: a polynomial of degree d - 1,
/// which ⌈d / 2⌉ Gauss points give exactly. That is O(leaves x d²) a row, with no table of subsets and nothing
/// that is divided.
///
/// Safe because the scratch memory has room for the longest path, and steps and leaves are counted alike.
///
/// - Source: Lundberg et al., "From local explanations to global understanding with explainable AI for
///   trees", Nature Machine Intelligence, 2020; the integral form as in Yu et al., "Linear TreeShap", 2022.
// Immutable after init.
package struct TreeShapley: Sendable {
    /// The steps to one leaf that belong to one feature.
    private struct Step {
        var feature: Int32
        /// Share of the training rows that take all of them.
        var share: Double
        /// Codes that take all of them.
        var codes: CodeSet
    }

    /// The sum over the trees of the mean of their training rows: what is said of a row of which nothing is
    /// known.
    package private(set) var base = 0.0
    /// The number of leaves that depend on anything.
    package var leafCount: Int { values.count }
    /// False when a tree does not know how many rows came where.
    package private(set) var knowsRowCounts = true

    /// The steps of all leaves, one leaf after the other.
    private var features: [Int32] = []
    private var shares: [Double] = []
    /// Four words a step, a bit per code.
    private var members: [UInt64] = []
    private var starts: [Int] = [0]
    private var values: [Double] = []
    /// A rule for each number of steps, as one list of points and weights.
    private var points: [(place: Double, weight: Double)] = []
    private var pointStarts: [Int] = [0]
    /// The most features on a path.
    private var longest = 1

    /// Prepares trees.
    package init(_ trees: [RegressionTree]) {
        for tree in trees { add(tree) }
        for leaf in values.indices { longest = max(longest, starts[leaf + 1] - starts[leaf]) }
        for length in 0...longest {
            let rule = GaussLegendre(count: (length + 1) / 2)
            points += zip(rule.points, rule.weights).map { ($0, $1) }
            pointStarts.append(points.count)
        }
    }

    private mutating func add(_ tree: RegressionTree) {
        guard tree.nodes[0].feature >= 0 else {
            base += tree.nodes[0].value
            return
        }
        guard tree.nodes[0].rowCount > 0 else {
            knowsRowCounts = false
            return
        }
        // Paths are kept by node: children lie behind their parent.
        var paths = [[Step]](repeating: [], count: tree.nodes.count)
        var mean = 0.0
        for (index, node) in tree.nodes.enumerated() {
            let path = paths[index]
            paths[index] = []
            guard node.feature >= 0 else {
                mean += node.value * path.reduce(1) { $0 * $1.share }
                for step in path {
                    features.append(step.feature)
                    shares.append(step.share)
                    let words = step.codes.words
                    members += [words.0, words.1, words.2, words.3]
                }
                starts.append(features.count)
                values.append(node.value)
                continue
            }
            for (child, isRight) in [(Int(node.left), false), (Int(node.right), true)] {
                let share =
                    node.rowCount > 0
                    ? Double(tree.nodes[child].rowCount) / Double(node.rowCount) : 0.5
                var longer = path
                let position =
                    longer.firstIndex { $0.feature == node.feature } ?? longer.count
                if position == longer.count {
                    longer.append(Step(feature: node.feature, share: 1, codes: .all))
                }
                longer[position].share *= share
                longer[position].codes.formIntersection(node.leftCodes, inverted: isRight)
                paths[child] = longer
            }
        }
        base += mean
    }

    /// Adds to `contributions`, one per feature, what the trees say of a row beyond `base`.
    package func add(to contributions: inout [Double], _ codes: CodeMatrix, row: Int) {
        let rowCodes = codes.columns.map { $0[row] }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * longest) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            for leaf in values.indices {
                add(
                    to: &contributions, rowCodes, steps: starts[leaf]..<starts[leaf + 1],
                    values[leaf], scratch)
            }
        }
    }

    /// Adds what one leaf says.
    private func add(
        to contributions: inout [Double], _ rowCodes: [UInt8], steps: Range<Int>, _ value: Double,
        _ scratch: UnsafeMutablePointer<Double>
    ) {
        let count = steps.count
        let (reached, factors) = (scratch, scratch + longest)
        let (before, sums) = (scratch + 2 * longest, scratch + 3 * longest)
        for index in 0..<count {
            let step = steps.lowerBound + index
            let code = Int(rowCodes[Int(features[step])])
            reached[index] = Double(members[4 * step + (code >> 6)] &>> UInt64(code & 63) & 1)
            sums[index] = 0
        }
        for (t, weight) in points[pointStarts[count]..<pointStarts[count + 1]] {
            var product = weight
            for index in 0..<count {
                let factor = t * reached[index] + (1 - t) * shares[steps.lowerBound + index]
                factors[index] = factor
                before[index] = product
                product *= factor
            }
            var after = 1.0
            for index in (0..<count).reversed() {
                sums[index] += before[index] * after
                after *= factors[index]
            }
        }
        for index in 0..<count {
            let step = steps.lowerBound + index
            contributions[Int(features[step])] +=
                value * (reached[index] - shares[step]) * sums[index]
        }
    }
}
