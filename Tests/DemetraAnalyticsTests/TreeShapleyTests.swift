import DemetraAnalytics
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Shapley values of trees` {
    /// A random tree over features of four codes, with row counts that add up.
    private func tree(
        leaves: Int, features: Int, _ generator: inout SeededGenerator
    ) -> RegressionTree {
        var nodes = [RegressionTree.Node()]
        nodes[0].rowCount = 1_000_000_000
        var open = [0]
        while open.count < leaves {
            let node = open.remove(at: generator.index(below: open.count))
            nodes[node].feature = Int32(generator.index(below: features))
            nodes[node].left = Int32(nodes.count)
            nodes[node].right = Int32(nodes.count + 1)
            for code in 0..<4 where generator.uniform() < 0.5 {
                nodes[node].leftCodes.insert(UInt8(code))
            }
            let rows = nodes[node].rowCount
            let left = Int32(Double(rows) * (0.1 + 0.8 * generator.uniform()))
            for count in [left, rows - left] {
                open.append(nodes.count)
                var child = RegressionTree.Node()
                child.rowCount = count
                child.value = generator.normal()
                nodes.append(child)
            }
        }
        return RegressionTree(nodes: nodes)
    }

    /// What a tree expects when only some features are known: the definition, node by node.
    private func expected(
        _ tree: RegressionTree, _ codes: [UInt8], known: Int, node index: Int = 0
    ) -> Double {
        let node = tree.nodes[index]
        guard node.feature >= 0 else { return node.value }
        let (left, right) = (Int(node.left), Int(node.right))
        if known >> Int(node.feature) & 1 == 1 {
            let goesLeft = node.leftCodes.contains(codes[Int(node.feature)])
            return expected(tree, codes, known: known, node: goesLeft ? left : right)
        }
        let share =
            node.rowCount > 0
            ? Double(tree.nodes[left].rowCount) / Double(node.rowCount) : 0.5
        return share * expected(tree, codes, known: known, node: left)
            + (1 - share) * expected(tree, codes, known: known, node: right)
    }

    /// Shapley values by all coalitions.
    private func bruteForce(
        _ trees: [RegressionTree], _ codes: [UInt8]
    ) -> (base: Double, values: [Double]) {
        let count = codes.count
        let worth = (0..<(1 << count)).map { known in
            trees.reduce(0) { $0 + expected($1, codes, known: known) }
        }
        func factorial(_ n: Int) -> Double { (1...max(n, 1)).reduce(1) { $0 * Double($1) } }
        let values = (0..<count).map { feature in
            worth.indices.filter { $0 >> feature & 1 == 0 }.reduce(0.0) { sum, coalition in
                let size = coalition.nonzeroBitCount
                let weight = factorial(size) * factorial(count - 1 - size) / factorial(count)
                return sum + weight * (worth[coalition | 1 << feature] - worth[coalition])
            }
        }
        return (worth[0], values)
    }

    private func matrix(_ rows: [[UInt8]], features: Int) -> CodeMatrix {
        CodeMatrix(
            columns: (0..<features).map { feature in Buffer(rows.map { $0[feature] }) },
            kinds: Array(repeating: .category, count: features),
            codeCounts: Array(repeating: 4, count: features), rowCount: rows.count)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `are those of all coalitions`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for features in [1, 2, 3, 6, 9] {
            for leaves in [1, 2, 5, 31] {
                let trees = (0..<3).map { _ in
                    tree(leaves: leaves, features: features, &generator)
                }
                let row = (0..<features).map { _ in UInt8(generator.index(below: 4)) }
                let shapley = TreeShapley(trees)
                var values = [Double](repeating: 0, count: features)
                shapley.add(to: &values, matrix([row], features: features), row: 0)
                let truth = bruteForce(trees, row)
                #expect(abs(shapley.base - truth.base) < 1e-12, "seed \(seed)")
                for (value, exact) in zip(values, truth.values) {
                    #expect(abs(value - exact) < 1e-12, "seed \(seed), \(leaves) leaves")
                }
            }
        }
    }

    @Test func `of many features on one path sum to what the tree says`() {
        var generator = SeededGenerator(seed: 77)
        let features = 40
        let deep = (0..<20).map { _ in tree(leaves: 200, features: features, &generator) }
        let rows = (0..<10).map { _ in (0..<features).map { _ in UInt8(generator.index(below: 4)) }
        }
        let codes = matrix(rows, features: features)
        let shapley = TreeShapley(deep)
        for row in rows.indices {
            var values = [Double](repeating: 0, count: features)
            shapley.add(to: &values, codes, row: row)
            let said = deep.reduce(0) { $0 + $1.value(codes, row: row) }
            #expect(abs(values.reduce(shapley.base, +) - said) < 1e-11)
        }
    }

    @Test func `need to know how many rows went where`() {
        var generator = SeededGenerator(seed: 1)
        var unknown = tree(leaves: 3, features: 2, &generator)
        #expect(TreeShapley([unknown]).knowsRowCounts)
        for node in unknown.nodes.indices { unknown.nodes[node].rowCount = 0 }
        #expect(!TreeShapley([unknown]).knowsRowCounts)
        #expect(TreeShapley([]).knowsRowCounts)
    }
}
