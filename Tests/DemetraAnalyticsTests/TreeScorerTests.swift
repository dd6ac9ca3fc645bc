import DemetraAnalytics
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Scoring trees by sets of leaves` {
    /// A tree of `leaves` leaves over random features and code sets.
    private func tree(
        leaves: Int, codeCounts: [Int], _ generator: inout SeededGenerator
    ) -> RegressionTree {
        var nodes = [RegressionTree.Node()]
        var open = [0]
        while open.count < leaves {
            let node = open.remove(at: generator.index(below: open.count))
            let feature = generator.index(below: codeCounts.count)
            nodes[node].feature = Int32(feature)
            nodes[node].left = Int32(nodes.count)
            nodes[node].right = Int32(nodes.count + 1)
            for code in 0..<codeCounts[feature] where generator.uniform() < 0.5 {
                nodes[node].leftCodes.insert(UInt8(code))
            }
            for _ in 0..<2 {
                open.append(nodes.count)
                nodes.append(RegressionTree.Node())
                nodes[nodes.count - 1].value = generator.normal()
            }
        }
        return RegressionTree(nodes: nodes)
    }

    private func matrix(
        _ codeCounts: [Int], rows: Int, _ generator: inout SeededGenerator
    ) -> CodeMatrix {
        let columns = codeCounts.map { count in
            Buffer((0..<rows).map { _ in UInt8(generator.index(below: count)) })
        }
        return CodeMatrix(
            columns: columns, kinds: codeCounts.map { _ in .category }, codeCounts: codeCounts,
            rowCount: rows)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `give each row the leaf that walking the tree gives`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for codeCounts in [[2], [256], [3, 5, 8, 2, 13], [256, 4, 51, 200, 7, 2, 9, 16, 31, 2]] {
            for rows in [0, 1, 63, 2_500] {
                let codes = matrix(codeCounts, rows: rows, &generator)
                // 32 leaves fill a set, 40 are walked, 1 asks nothing.
                let trees = [1, 2, 7, 31, 32, 40].map {
                    tree(leaves: $0, codeCounts: codeCounts, &generator)
                }
                // Alone, in a pair, and with all others.
                for count in [1, 2, 5, 6] {
                    let some = Array(trees.prefix(count))
                    let scorer = TreeScorer(some, codeCounts: codeCounts)
                    let expected = (0..<rows).map { row in
                        some.reduce(0) { $0 + $1.value(codes, row: row) }
                    }
                    var scored = [Double](repeating: 0, count: rows)
                    scored.withUnsafeMutableBufferPointer { output in
                        guard let base = output.baseAddress else { return }
                        scorer.add(to: base, codes, rows: 0..<rows)
                    }
                    #expect(
                        zip(scored, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "seed \(seed)")
                }
            }
        }
    }
}
