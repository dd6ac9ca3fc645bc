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

    private var steps: [Step] = []
    private var starts: [Int] = [0]
    private var values: [Double] = []
    private var rules: [GaussLegendre] = []
    /// The most features on a path.
    private var longest = 1

    /// Prepares trees.
    package init(_ trees: [RegressionTree]) {
        for tree in trees { add(tree) }
        for leaf in values.indices { longest = max(longest, starts[leaf + 1] - starts[leaf]) }
        rules = (0...((longest + 1) / 2)).map { GaussLegendre(count: $0) }
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
                steps += path
                starts.append(steps.count)
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
        var reached = [Double](repeating: 0, count: longest)
        var before = reached
        var sums = reached
        for leaf in values.indices {
            let start = starts[leaf]
            let count = starts[leaf + 1] - start
            for index in 0..<count {
                let step = steps[start + index]
                let code = codes.columns[Int(step.feature)][row]
                reached[index] = step.codes.contains(code) ? 1 : 0
                sums[index] = 0
            }
            let rule = rules[(count + 1) / 2]
            for point in rule.points.indices {
                let t = rule.points[point]
                var product = rule.weights[point]
                for index in 0..<count {
                    before[index] = product
                    product *= t * reached[index] + (1 - t) * steps[start + index].share
                }
                var after = 1.0
                for index in (0..<count).reversed() {
                    sums[index] += before[index] * after
                    after *= t * reached[index] + (1 - t) * steps[start + index].share
                }
            }
            for index in 0..<count {
                let step = steps[start + index]
                contributions[Int(step.feature)] +=
                    values[leaf] * (reached[index] - step.share) * sums[index]
            }
        }
    }
}
