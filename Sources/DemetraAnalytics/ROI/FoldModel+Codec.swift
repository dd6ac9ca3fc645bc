import DemetraTypes

extension ROIModel {
    static func write(_ fold: FoldModel, _ writer: inout ModelWriter) {
        writer.write(Int32(fold.baseline.feature))
        writer.write(fold.baseline.overall)
        writer.write(fold.baseline.means)
        switch fold.correction {
        case .none: writer.write(UInt8(0))
        case .trees(let trees):
            writer.write(UInt8(1))
            writer.write(trees.count)
            for tree in trees { write(tree, &writer) }
        case .linear(let ridge):
            writer.write(UInt8(2))
            writer.write(ridge.intercept)
            writer.write(ridge.effects.count)
            for effects in ridge.effects { writer.write(effects) }
            writer.write(ridge.centers)
        }
    }

    static func fold(
        _ reader: inout ModelReader, features: [FeatureDefinition], version: UInt8
    ) throws(DemetraError) -> FoldModel {
        let feature = Int(try reader.int32())
        let overall = try reader.double()
        let means = try reader.doubles()
        guard feature >= -1, feature < features.count,
            feature < 0 || means.count == features[feature].codeCount
        else { throw ModelReader.damaged }
        let baseline = CategoryBaseline(feature: feature, overall: overall, means: means)
        switch try reader.byte() {
        case 0: return FoldModel(baseline: baseline, correction: .none)
        case 1:
            var trees: [RegressionTree] = []
            for _ in 0..<(try reader.count(itemByteCount: 8)) {
                trees.append(try tree(&reader, featureCount: features.count, version: version))
            }
            return FoldModel(baseline: baseline, correction: .trees(trees))
        case 2:
            let intercept = try reader.double()
            var effects: [[Double]] = []
            for _ in 0..<(try reader.count(itemByteCount: 8)) {
                effects.append(try reader.doubles())
            }
            guard effects.map(\.count) == features.map(\.codeCount) else {
                throw ModelReader.damaged
            }
            let centers = version < 2 ? [] : try reader.doubles()
            guard centers.isEmpty || centers.count == features.count else {
                throw ModelReader.damaged
            }
            return FoldModel(
                baseline: baseline,
                correction: .linear(
                    RidgeRegression(effects: effects, intercept: intercept, centers: centers)))
        default: throw ModelReader.damaged
        }
    }

    private static func write(_ tree: RegressionTree, _ writer: inout ModelWriter) {
        writer.write(tree.nodes.count)
        for node in tree.nodes {
            writer.write(node.feature)
            writer.write(node.value)
            guard node.feature >= 0 else {
                writer.write(node.rowCount)
                continue
            }
            writer.write(node.left)
            writer.write(node.right)
            let words = node.leftCodes.words
            for word in [words.0, words.1, words.2, words.3] { writer.write(word) }
        }
    }

    /// A tree whose children all lie behind their only parent, so that walking it ends and every row has
    /// one leaf.
    private static func tree(
        _ reader: inout ModelReader, featureCount: Int, version: UInt8
    ) throws(DemetraError) -> RegressionTree {
        let count = try reader.count(itemByteCount: 12)
        guard count > 0 else { throw ModelReader.damaged }
        var nodes: [RegressionTree.Node] = []
        var hasParent = [Bool](repeating: false, count: count)
        for index in 0..<count {
            var node = RegressionTree.Node()
            node.feature = try reader.int32()
            node.value = try reader.double()
            if node.feature >= 0 {
                (node.left, node.right) = (try reader.int32(), try reader.int32())
                node.leftCodes.words = (
                    try reader.word(), try reader.word(), try reader.word(), try reader.word()
                )
                let range = (index + 1)..<max(count, index + 1)
                guard Int(node.feature) < featureCount, range.contains(Int(node.left)),
                    range.contains(Int(node.right))
                else { throw ModelReader.damaged }
                for child in [Int(node.left), Int(node.right)] {
                    guard !hasParent[child] else { throw ModelReader.damaged }
                    hasParent[child] = true
                }
            } else if version >= 2 {
                node.rowCount = try reader.int32()
                guard node.rowCount >= 0 else { throw ModelReader.damaged }
            }
            nodes.append(node)
        }
        guard hasParent.dropFirst().allSatisfy({ $0 }) else { throw ModelReader.damaged }
        // Leaves alone say how many rows they hold; children lie behind their parent.
        for index in nodes.indices.reversed() where nodes[index].feature >= 0 {
            let (left, right) = (Int(nodes[index].left), Int(nodes[index].right))
            let sum = nodes[left].rowCount.addingReportingOverflow(nodes[right].rowCount)
            guard !sum.overflow else { throw ModelReader.damaged }
            nodes[index].rowCount = sum.partialValue
        }
        return RegressionTree(nodes: nodes)
    }
}
