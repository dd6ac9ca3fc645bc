import DemetraAnalytics
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Scoring trees by rules that rule out leaves` {
    /// A tree of `leaves` leaves over random features, divided by sets of codes or by thresholds, with missing rows on
    /// either side.
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
            let codes = 0..<codeCounts[feature]
            switch generator.index(below: 3) {
            case 0:
                for code in codes where generator.uniform() < 0.5 {
                    nodes[node].leftCodes.insert(UInt8(code))
                }
            case 1:
                nodes[node].leftCodes = CodeSet(
                    codes: 0..<(1 + generator.index(below: codes.count)))
            default:
                nodes[node].leftCodes = CodeSet(
                    codes: 1..<(1 + generator.index(below: codes.count)))
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
            for rows in [0, 1, 5, 63, 192, 196, 2_500] {
                let codes = matrix(codeCounts, rows: rows, &generator)
                // 40 leaves are walked, before all others; 32 fill a set, 1 asks nothing.
                let trees = [40, 1, 2, 7, 31, 32].map {
                    tree(leaves: $0, codeCounts: codeCounts, &generator)
                }
                for count in 1...trees.count {
                    let some = Array(trees.prefix(count))
                    let range = (rows / 3)..<rows
                    let expected = range.map { row in
                        some.reduce(0) { $0 + $1.value(codes, row: row) }
                    }
                    for usesLoops in [false, true] {
                        let scorer = TreeScorer(some, usesLoops: usesLoops)
                        var scored = [Double](repeating: 0, count: range.count)
                        scored.withUnsafeMutableBufferPointer { output in
                            guard let base = output.baseAddress else { return }
                            scorer.add(to: base, codes, rows: range)
                        }
                        #expect(
                            scored == expected,
                            "seed \(seed), \(rows) rows, \(count) trees, loops: \(usesLoops)")
                    }
                }
            }
        }
    }
}
