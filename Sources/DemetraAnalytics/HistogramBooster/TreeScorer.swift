import DemetraVectors

/// Sums of many trees for many rows, without walking any tree.
///
/// Each tree keeps, for every feature it asks about and every code, the set of leaves that code leaves
/// possible, as the bits of a word. The leaf a row ends in is the lowest bit of the AND over its
/// features: about ten loads from tables that fit the first cache, and no branch to guess.
///
///     spend <= 3 ? (channel = tv ? leaf 0 : leaf 1) : leaf 2
///     masks[spend][2] = 0b011     masks[channel][tv] = 0b101     AND = 0b001 -> leaf 0
///
/// Features of few codes are looked up together: 5 channels x 5 goals x 8 weekdays are one column of 200
/// codes. Measured on 15 features of a campaign table: 8 columns, a third less time. Two trees share a word, and so
/// a look-up where both ask about a column.
///
/// Trees of more than 32 leaves are walked.
///
/// Safe because tables have an entry for every code of their columns, which `CodeMatrix` guarantees to
/// be the largest one, and every mask keeps at least one of the tree's leaves.
///
/// - Source: Lucchese et al., "QuickScorer", SIGIR 2015; here on bin codes, which turns its sorted
///   thresholds into look-ups.
// Immutable after init.
package struct TreeScorer: Sendable {
    /// What two trees need: their columns with the tables, four at a time, and the leaves of each.
    private struct Masked: Sendable {
        var columns: [Int32]
        var tables: [Int32]
        /// Where the leaves of the tree of the lower half begin, and of the upper.
        var leaves: (low: Int, high: Int)
    }

    private static let leafLimit = 32
    /// The table that rules nothing out; fills a tree's last group of four.
    private static let open = 256

    private let columns: [JoinedColumn]
    private let codeCounts: [Int]
    private var masked: [Masked] = []
    private var walked: [RegressionTree] = []
    private var masks: [UInt64]
    private var leaves: [Double] = []

    /// Prepares trees over features with these numbers of codes.
    package init(_ trees: [RegressionTree], codeCounts: [Int]) {
        masks = [UInt64](repeating: .max, count: Self.open)
        self.codeCounts = codeCounts
        columns = JoinedColumn.plan(codeCounts)
        let places = JoinedColumn.places(columns, featureCount: codeCounts.count)
        var small: [RegressionTree] = []
        for tree in trees {
            if tree.nodes.count > 2 * Self.leafLimit - 1 {
                walked.append(tree)
            } else {
                small.append(tree)
            }
        }
        for first in stride(from: 0, to: small.count, by: 2) {
            add(Array(small[first..<min(first + 2, small.count)]), places)
        }
    }

    /// Rows worked on together: their leaf sets stay in the first cache.
    private static let blockCount = 1_024

    /// Adds what the trees say about rows `range` of the matrix to as many outputs.
    package func add(
        to output: UnsafeMutablePointer<Double>, _ codes: CodeMatrix, rows range: Range<Int>
    ) {
        for tree in walked {
            for row in range { output[row - range.lowerBound] += tree.value(codes, row: row) }
        }
        guard !masked.isEmpty else { return }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.blockCount) { sets in
            withUnsafeTemporaryAllocation(
                of: UInt8.self, capacity: Self.blockCount * columns.count
            ) { joined in
                guard let sets = sets.baseAddress, let joined = joined.baseAddress else { return }
                var start = range.lowerBound
                while start < range.upperBound {
                    let count = min(Self.blockCount, range.upperBound - start)
                    let block = columns.enumerated().map { position, column in
                        column.codes(
                            codes, from: start, count: count,
                            scratch: joined + position * Self.blockCount)
                    }
                    add(to: output + (start - range.lowerBound), block, count, sets)
                    start += count
                }
            }
        }
    }

    private func add(
        to output: UnsafeMutablePointer<Double>, _ codes: [UnsafePointer<UInt8>], _ count: Int,
        _ sets: UnsafeMutablePointer<UInt64>
    ) {
        masks.withUnsafeBufferPointer { masks in
            leaves.withUnsafeBufferPointer { leaves in
                guard let masks = masks.baseAddress, let leaves = leaves.baseAddress else { return }
                for tree in masked {
                    for group in stride(from: 0, to: tree.columns.count, by: 4) {
                        func column(_ offset: Int) -> UnsafePointer<UInt8> {
                            codes[Int(tree.columns[group + offset])]
                        }
                        func table(_ offset: Int) -> UnsafePointer<UInt64> {
                            masks + Int(tree.tables[group + offset])
                        }
                        intersectLeafSets(
                            (column(0), column(1), column(2), column(3)),
                            (table(0), table(1), table(2), table(3)), isFirst: group == 0,
                            count: count, sets)
                    }
                    addLeaves(
                        sets, leaves + tree.leaves.low, leaves + tree.leaves.high, count: count,
                        to: output)
                }
            }
        }
    }

    /// Prepares one tree, or two that share words.
    private mutating func add(_ trees: [RegressionTree], _ places: [JoinedColumn.Place]) {
        var prepared = Masked(columns: [], tables: [], leaves: (0, 0))
        for (half, tree) in trees.enumerated() {
            let layout = LeafLayout(tree)
            if half == 0 { prepared.leaves.low = leaves.count }
            prepared.leaves.high = leaves.count
            leaves += layout.values
            for node in tree.nodes.indices where tree.nodes[node].feature >= 0 {
                forbid(tree.nodes[node], layout, half, places, &prepared)
            }
        }
        if trees.count == 1 {
            // Nothing is ever taken from its upper half: the first leaf there, which adds nothing.
            prepared.leaves.high = leaves.count
            leaves.append(0)
        }
        while prepared.columns.isEmpty || prepared.columns.count % 4 != 0 {
            prepared.columns.append(prepared.columns.first ?? 0)
            prepared.tables.append(0)
        }
        masked.append(prepared)
    }

    /// Takes from the sets of a node's codes the leaves on the side where they do not go.
    private mutating func forbid(
        _ node: RegressionTree.Node, _ layout: LeafLayout, _ half: Int,
        _ places: [JoinedColumn.Place], _ prepared: inout Masked
    ) {
        let feature = Int(node.feature)
        let place = places[feature]
        let position: Int
        if let known = prepared.columns.firstIndex(of: Int32(place.column)) {
            position = known
        } else {
            position = prepared.columns.count
            prepared.columns.append(Int32(place.column))
            prepared.tables.append(Int32(masks.count))
            masks += [UInt64](repeating: .max, count: columns[place.column].codeCount)
        }
        let table = Int(prepared.tables[position])
        let left = UInt64(layout.sets[Int(node.left)]) << (32 * UInt64(half))
        let right = UInt64(layout.sets[Int(node.right)]) << (32 * UInt64(half))
        for joined in 0..<columns[place.column].codeCount {
            let code = joined / place.step % codeCounts[feature]
            masks[table + joined] &= ~(node.leftCodes.contains(UInt8(code)) ? right : left)
        }
    }
}

/// Features whose codes together fit one byte, as one column: the sum of each code times its step.
private struct JoinedColumn: Sendable {
    /// Where a feature stands.
    struct Place {
        var column: Int
        var step: Int
    }

    private(set) var features: [(feature: Int, step: Int)] = []
    private(set) var codeCount = 1

    /// Puts features, those of many codes first, into the first column with room.
    static func plan(_ codeCounts: [Int]) -> [JoinedColumn] {
        var columns: [JoinedColumn] = []
        let order = codeCounts.indices.sorted {
            codeCounts[$0] != codeCounts[$1] ? codeCounts[$0] > codeCounts[$1] : $0 < $1
        }
        for feature in order {
            let fitting = columns.firstIndex {
                $0.codeCount * codeCounts[feature] <= 256
            }
            let index = fitting ?? columns.count
            if fitting == nil { columns.append(JoinedColumn()) }
            columns[index].features.append((feature, columns[index].codeCount))
            columns[index].codeCount *= max(codeCounts[feature], 1)
        }
        // A tree that asks nothing still needs a column to point at.
        return columns.isEmpty ? [JoinedColumn()] : columns
    }

    /// The place of every feature.
    static func places(_ columns: [JoinedColumn], featureCount: Int) -> [Place] {
        var places = [Place](repeating: Place(column: 0, step: 1), count: featureCount)
        for (index, column) in columns.enumerated() {
            for (feature, step) in column.features {
                places[feature] = Place(column: index, step: step)
            }
        }
        return places
    }

    /// The joined codes of some rows: the matrix's own when there is one feature, else in `scratch`.
    func codes(
        _ matrix: CodeMatrix, from start: Int, count: Int, scratch: UnsafeMutablePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        if features.count == 1, let only = features.first {
            return matrix.columns[only.feature].pointer + start
        }
        scratch.update(repeating: 0, count: count)
        for (feature, step) in features {
            let source = matrix.columns[feature].pointer + start
            let step = UInt8(truncatingIfNeeded: step)
            for row in 0..<count { scratch[row] &+= source[row] &* step }
        }
        return UnsafePointer(scratch)
    }
}

/// The leaves of a tree from left to right, and which of them lie under each node.
private struct LeafLayout {
    var values: [Double] = []
    var sets: [UInt32]

    init(_ tree: RegressionTree) {
        sets = [UInt32](repeating: 0, count: tree.nodes.count)
        for node in tree.nodes.indices where tree.nodes[node].feature < 0 {
            sets[node] = 1 &<< UInt32(values.count)
            values.append(tree.nodes[node].value)
        }
        // Children lie behind their parent.
        for node in tree.nodes.indices.reversed() where tree.nodes[node].feature >= 0 {
            sets[node] = sets[Int(tree.nodes[node].left)] | sets[Int(tree.nodes[node].right)]
        }
    }
}

private typealias Four<Element> = (Element, Element, Element, Element)

/// Keeps of each row's set the leaves that four of its codes allow.
private func intersectLeafSets(
    _ codes: Four<UnsafePointer<UInt8>>, _ tables: Four<UnsafePointer<UInt64>>, isFirst: Bool,
    count: Int, _ sets: UnsafeMutablePointer<UInt64>
) {
    let (a, b, c, d) = codes
    let (ta, tb, tc, td) = tables
    if isFirst {
        for row in 0..<count {
            sets[row] = ta[Int(a[row])] & tb[Int(b[row])] & tc[Int(c[row])] & td[Int(d[row])]
        }
    } else {
        for row in 0..<count {
            sets[row] &= ta[Int(a[row])] & tb[Int(b[row])] & tc[Int(c[row])] & td[Int(d[row])]
        }
    }
}

/// Adds the values of the two leaves left in each row's set, one in each half.
private func addLeaves(
    _ sets: UnsafePointer<UInt64>, _ low: UnsafePointer<Double>, _ high: UnsafePointer<Double>,
    count: Int, to output: UnsafeMutablePointer<Double>
) {
    for row in 0..<count {
        let set = sets[row]
        let first = UInt32(truncatingIfNeeded: set).trailingZeroBitCount & 31
        let second = UInt32(truncatingIfNeeded: set >> 32).trailingZeroBitCount & 31
        output[row] += low[first]
        output[row] += high[second]
    }
}
