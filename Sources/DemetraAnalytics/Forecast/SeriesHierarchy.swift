import DemetraTypes

/// Totals over series, and forecasts of parts and totals that add up.
///
/// Every prefix of the series columns has totals: for `region, channel` each region, then everything.
/// All series share one grid that ends at one step.
struct SeriesHierarchy: Sendable {
    /// A total: the nodes whose sum it is.
    private struct Total: Sendable {
        var children: [Int]
    }

    /// The leaves, then totals of ever shorter prefixes; the last is the total of everything.
    let nodes: [PreparedSeries]
    private let leafCount: Int
    private let totals: [Total]

    /// Adds totals over the series that can be forecast.
    init(_ leaves: [PreparedSeries]) {
        leafCount = leaves.count
        var nodes = leaves
        var totals: [Total] = []
        var level = leaves.indices.filter { leaves[$0].failure == nil }
        for depth in stride(from: (leaves.first?.key.count ?? 0) - 1, through: 0, by: -1) {
            var groups: [ArraySlice<Value>: Int] = [:]
            var next: [Int] = []
            for child in level {
                let prefix = nodes[child].key.prefix(depth)
                if let node = groups[prefix] {
                    totals[node - leafCount].children.append(child)
                } else {
                    groups[prefix] = nodes.count
                    next.append(nodes.count)
                    totals.append(Total(children: [child]))
                    nodes.append(nodes[child])
                    nodes[nodes.count - 1].key =
                        prefix + Array(repeating: .null, count: nodes[child].key.count - depth)
                }
            }
            for node in next {
                Self.add(totals[node - leafCount].children.map { nodes[$0] }, into: &nodes[node])
            }
            level = next
        }
        self.nodes = nodes
        self.totals = totals
    }

    private static func add(_ children: [PreparedSeries], into total: inout PreparedSeries) {
        let count = children.map(\.values.count).max() ?? 0
        var (values, denominators) = ([Double](repeating: 0, count: count), [Double]())
        for child in children {
            let start = count - child.values.count
            for index in child.values.indices { values[start + index] += child.values[index] }
            if !child.denominators.isEmpty {
                if denominators.isEmpty { denominators = Array(repeating: 0, count: count) }
                for index in child.denominators.indices {
                    denominators[start + index] += child.denominators[index]
                }
            }
        }
        (total.values, total.denominators) = (values, denominators)
        total.notes = ["total of \(children.count) series"]
    }

    /// Moves the forecasts of all nodes as little as their errors allow so that children sum to their
    /// parents.
    ///
    /// Weighted least squares with the variances of the back-tests, solved exactly by one pass up and
    /// one down the tree. Intervals move along. Ratios do not add up and stay as they are.
    ///
    /// Source: Wickramasuriya, Athanasopoulos and Hyndman 2019 (minimum trace, diagonal).
    func reconciled(_ answers: [SeriesAnswer], isNonnegative: (Int) -> Bool) -> [SeriesAnswer] {
        guard answers.count == nodes.count, !totals.isEmpty,
            nodes.allSatisfy({ $0.denominators.isEmpty })
        else { return answers }
        let horizon = answers.compactMap { $0.forecast?.path.count }.max() ?? 0
        var moved = answers.map { $0.forecast?.path ?? [] }
        for step in 0..<horizon {
            let values = coherent(
                answers.map { $0.forecast?.path[step] ?? 0 },
                variances: answers.map { $0.forecast?.variance ?? 0 }, isNonnegative)
            for node in moved.indices where !moved[node].isEmpty {
                moved[node][step] = values[node]
            }
        }
        var result = answers
        for node in answers.indices {
            guard var forecast = answers[node].forecast else { continue }
            let floor = isNonnegative(node) ? 0 : -Double.infinity
            for step in forecast.path.indices {
                let change = moved[node][step] - forecast.path[step]
                forecast.path[step] = moved[node][step]
                forecast.lower[step] = max(forecast.lower[step] + change, floor)
                forecast.upper[step] = max(forecast.upper[step] + change, floor)
            }
            result[node].forecast = forecast
        }
        return result
    }

    /// One step of all nodes.
    private func coherent(
        _ own: [Double], variances given: [Double], _ isNonnegative: (Int) -> Bool
    ) -> [Double] {
        var (values, variances) = (own, given)
        var sums = [(value: Double, variance: Double)](
            repeating: (0, 0), count: nodes.count)
        // Up: what a total and its children say together.
        for (offset, total) in totals.enumerated() {
            let node = leafCount + offset
            let sum = total.children.reduce(0) { $0 + values[$1] }
            let variance = total.children.reduce(0) { $0 + variances[$1] }
            sums[node] = (sum, variance)
            let both = variance + variances[node]
            guard both > 0 else {
                values[node] = sum
                continue
            }
            values[node] = sum + variance / both * (values[node] - sum)
            variances[node] = variance * variances[node] / both
        }
        // Down: the difference is shared by variance.
        for (offset, total) in totals.enumerated().reversed() {
            let node = leafCount + offset
            let sum = sums[node]
            guard sum.variance > 0 else { continue }
            for child in total.children {
                values[child] += variances[child] / sum.variance * (values[node] - sum.value)
            }
        }
        for leaf in 0..<leafCount where isNonnegative(leaf) { values[leaf] = max(values[leaf], 0) }
        for (offset, total) in totals.enumerated() {
            values[leafCount + offset] = total.children.reduce(0) { $0 + values[$1] }
        }
        return values
    }
}
