import CShims

/// Splits of trees as rules that rule out leaves: what `TreeScorer` asks.
///
/// Safe because the lists that a tree points into are those it was added to, which do not change any more.
// Immutable after init.
struct TreeRules: Sendable {
    /// One tree's parts of the lists.
    struct Tree: Sendable {
        var firstOrderRule = 0
        var firstSetRule = 0
        var orderCounts = [UInt16](repeating: 0, count: TreeRules.byteCount)
        var setCounts = [UInt16](repeating: 0, count: TreeRules.byteCount)
        var firstLeaf = 0
    }

    private static let leafLimit = 32
    /// Bytes that hold a bit for each leaf.
    fileprivate static let byteCount = 4

    /// The features that are asked about: a rule's column is a position here.
    private(set) var features: [Int] = []
    private(set) var trees: [Tree] = []
    /// What each leaf adds, tree after tree, in the order of their bits.
    private(set) var values: [Double] = []
    private var orderRules: [demetra_order_rule] = []
    private var setRules: [demetra_set_rule] = []
    private var places: [Int: UInt32] = [:]

    /// True for trees whose leaves have a bit each.
    static func fits(_ tree: RegressionTree) -> Bool { tree.nodes.count <= 2 * leafLimit - 1 }

    /// Prepares trees that fit.
    init(_ trees: [RegressionTree]) {
        for tree in trees { add(tree) }
    }

    /// Calls `body` with each tree's rules and the place of its first leaf.
    func withTree(_ body: (inout demetra_tree_rules, _ firstLeaf: Int) -> Void) {
        orderRules.withUnsafeBufferPointer { orderRules in
            setRules.withUnsafeBufferPointer { setRules in
                for tree in trees {
                    let (order, set) = (tree.orderCounts, tree.setCounts)
                    var rules = demetra_tree_rules(
                        order: orderRules.baseAddress.map { $0 + tree.firstOrderRule },
                        set: setRules.baseAddress.map { $0 + tree.firstSetRule },
                        order_counts: (order[0], order[1], order[2], order[3]),
                        set_counts: (set[0], set[1], set[2], set[3]))
                    body(&rules, tree.firstLeaf)
                }
            }
        }
    }

    private mutating func add(_ tree: RegressionTree) {
        let layout = LeafLayout(tree)
        var added = Tree(
            firstOrderRule: orderRules.count, firstSetRule: setRules.count,
            firstLeaf: values.count)
        values += layout.values
        for byte in 0..<Self.byteCount {
            for node in tree.nodes where node.feature >= 0 {
                let near = layout.near(node)
                let leaves = UInt8(
                    truncatingIfNeeded: layout.sets[near] >> (8 * UInt32(byte)))
                guard leaves != 0 else { continue }
                let codes = near == Int(node.left) ? node.leftCodes : node.leftCodes.inverted
                let column = place(Int(node.feature))
                if let run = codes.run {
                    orderRules.append(Self.orderRule(run, column, leaves))
                    added.orderCounts[byte] += 1
                } else {
                    setRules.append(Self.setRule(codes, column, leaves))
                    added.setCounts[byte] += 1
                }
            }
        }
        trees.append(added)
    }

    private mutating func place(_ feature: Int) -> UInt32 {
        if let known = places[feature] { return known }
        let place = UInt32(features.count)
        features.append(feature)
        places[feature] = place
        return place
    }

    /// The rule of codes that follow each other: moved so that the first becomes -128, the others are higher.
    private static func orderRule(
        _ run: (first: UInt8, count: Int), _ column: UInt32, _ leaves: UInt8
    ) -> demetra_order_rule {
        demetra_order_rule(
            column: column, shift: Int8(bitPattern: 128 &- run.first),
            limit: Int8(run.count - 1 - 128), leaves: leaves)
    }

    private static func setRule(
        _ codes: CodeSet, _ column: UInt32, _ leaves: UInt8
    ) -> demetra_set_rule {
        var rule = demetra_set_rule()
        rule.column = column
        rule.leaves = leaves
        withUnsafeMutableBytes(of: &rule.members) { members in
            for code in 0..<256 where codes.contains(UInt8(code)) {
                members[code & 15 | (code & 128) >> 3] |= 1 << UInt8(code >> 4 & 7)
            }
        }
        return rule
    }
}

/// The leaves of a tree in an order in which those under a node stand together, and which of them lie under it.
///
/// Of two children the one with fewer leaves comes first: its leaves are the ones that the split rules out.
private struct LeafLayout {
    private(set) var values: [Double] = []
    private(set) var sets: [UInt32]

    init(_ tree: RegressionTree) {
        sets = [UInt32](repeating: 0, count: tree.nodes.count)
        var counts = [Int](repeating: 1, count: tree.nodes.count)
        // Children lie behind their parent.
        for (index, node) in tree.nodes.enumerated().reversed() where node.feature >= 0 {
            counts[index] = counts[Int(node.left)] + counts[Int(node.right)]
        }
        // The first child is taken off the stack first, with all that lies under it.
        var open = [0]
        while let index = open.popLast() {
            let node = tree.nodes[index]
            if node.feature < 0 {
                sets[index] = 1 &<< UInt32(values.count)
                values.append(node.value)
            } else if counts[Int(node.left)] <= counts[Int(node.right)] {
                open += [Int(node.right), Int(node.left)]
            } else {
                open += [Int(node.left), Int(node.right)]
            }
        }
        for (index, node) in tree.nodes.enumerated().reversed() where node.feature >= 0 {
            sets[index] = sets[Int(node.left)] | sets[Int(node.right)]
        }
    }

    /// The child of a split whose leaves come first.
    func near(_ node: RegressionTree.Node) -> Int {
        let (left, right) = (Int(node.left), Int(node.right))
        return sets[left].trailingZeroBitCount < sets[right].trailingZeroBitCount ? left : right
    }
}
