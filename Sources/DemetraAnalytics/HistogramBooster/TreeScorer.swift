import CShims
import DemetraVectors

/// Sums of many trees for many rows, without walking any tree.
///
/// Every split of a tree is a rule: a row that does not go to the first child can end in no leaf there. So the leaf a
/// row ends in is the first that no rule rules out, whatever order the rules are asked in - and one rule is asked of
/// 128 rows at a time, by a handful of instructions on vectors of codes.
///
///     spend <= 3 ? (channel = tv ? leaf 0 : leaf 1) : leaf 2
///     spend > 3 rules out leaves 0, 1     channel <> tv rules out leaf 0
///
/// Trees of more than 32 leaves are walked.
///
/// Safe because rows are taken in blocks that lie within the columns, the last ones from a copy of a block's size,
/// and no rule rules out a tree's last leaf.
///
/// - Source: Lucchese et al., "QuickScorer", SIGIR 2015, and Ye et al., "RapidScorer", KDD 2018; here on bin codes,
///   which are bytes already.
// Immutable after init.
package struct TreeScorer: Sendable {
    /// Rows that one call of the kernel takes at least.
    private static let rowsPerBlock = 128
    /// Rows beyond whole blocks that are worked on one by one.
    private static let singleRowLimit = 4
    /// Blocks worked on together: their codes stay in the first cache.
    private static let blocksPerPass = 8

    private let rules: TreeRules
    private let walked: [RegressionTree]
    private let usesLoops: Bool

    /// Prepares trees.
    ///
    /// - Parameter usesLoops: true to do without the processor's vectors; the sums are the same.
    package init(_ trees: [RegressionTree], usesLoops: Bool = false) {
        rules = TreeRules(trees.filter { TreeRules.fits($0) })
        walked = trees.filter { !TreeRules.fits($0) }
        self.usesLoops = usesLoops
    }

    /// Adds what the trees say about rows `range` of the matrix to as many outputs.
    package func add(
        to output: UnsafeMutablePointer<Double>, _ codes: CodeMatrix, rows range: Range<Int>
    ) {
        for tree in walked {
            for row in range { output[row - range.lowerBound] += tree.value(codes, row: row) }
        }
        guard !rules.trees.isEmpty else { return }
        let wholeBlocks = range.count / Self.rowsPerBlock
        var block = 0
        while block < wholeBlocks {
            let blocks = min(Self.blocksPerPass, wholeBlocks - block)
            let done = block * Self.rowsPerBlock
            let columns = rules.features.map {
                Optional(codes.columns[$0].pointer + range.lowerBound + done)
            }
            add(to: output + done, columns, blocks: blocks, count: blocks * Self.rowsPerBlock)
            block += blocks
        }
        let done = wholeBlocks * Self.rowsPerBlock
        let rest = (range.lowerBound + done)..<range.upperBound
        if rest.count <= Self.singleRowLimit {
            for row in rest { addRow(row, of: codes, to: &output[row - range.lowerBound]) }
        } else {
            addRest(to: output + done, codes, rows: rest)
        }
    }

    /// One of few rows: a block of one row would take as long as one of 128.
    private func addRow(_ row: Int, of codes: CodeMatrix, to output: inout Double) {
        let rowCodes = rules.features.map { codes.columns[$0][row] }
        // Tree by tree, as in a block: what is said of a row does not depend on how many there are.
        rules.withTree { tree, firstLeaf in
            output += rules.values[firstLeaf + Int(demetra_leaf(rowCodes, &tree))]
        }
    }

    /// Fewer rows than a block: from a copy of a block's size.
    private func addRest(
        to output: UnsafeMutablePointer<Double>, _ codes: CodeMatrix, rows: Range<Int>
    ) {
        let size = Self.rowsPerBlock
        withUnsafeTemporaryAllocation(
            of: UInt8.self, capacity: size * max(rules.features.count, 1)
        ) { copies in
            copies.initialize(repeating: 0)
            guard let base = copies.baseAddress else { return }
            let columns = rules.features.indices.map { position in
                let copy = base + position * size
                copy.update(
                    from: codes.columns[rules.features[position]].pointer + rows.lowerBound,
                    count: rows.count)
                return Optional(UnsafePointer(copy))
            }
            add(to: output, columns, blocks: 1, count: rows.count)
        }
    }

    /// Two trees at a time: an output is read and written once for both.
    private func add(
        to output: UnsafeMutablePointer<Double>, _ columns: [UnsafePointer<UInt8>?], blocks: Int,
        count: Int
    ) {
        let size = Self.rowsPerBlock * Self.blocksPerPass
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * size) { leaves in
            rules.values.withUnsafeBufferPointer { values in
                guard let leaves = leaves.baseAddress, let values = values.baseAddress else {
                    return
                }
                var waiting: UnsafePointer<Double>?
                rules.withTree { tree, firstLeaf in
                    let leaves = waiting == nil ? leaves : leaves + size
                    demetra_leaves(columns, blocks, &tree, usesLoops ? 1 : 0, leaves)
                    guard let first = waiting else {
                        waiting = values + firstLeaf
                        return
                    }
                    waiting = nil
                    let second = values + firstLeaf
                    let earlier = leaves - size
                    for row in 0..<count {
                        output[row] =
                            output[row] + first[Int(earlier[row])] + second[Int(leaves[row])]
                    }
                }
                guard let waiting else { return }
                for row in 0..<count { output[row] += waiting[Int(leaves[row])] }
            }
        }
    }
}
