import DemetraVectors

/// A binary tree over bin codes: which way each row goes, and what the leaf adds.
///
/// - Invariant: children have larger numbers than their parent, so walking down ends.
// Immutable after growing.
package struct RegressionTree: Sendable, Hashable {
    /// One place in the tree.
    package struct Node: Sendable, Hashable {
        /// The feature asked about, -1 in a leaf.
        package var feature: Int32 = -1
        /// Child for rows that go left.
        package var left: Int32 = 0
        /// Child for rows that go right.
        package var right: Int32 = 0
        /// What a row that ends here adds; inner nodes hold the mean of their rows.
        package var value: Double = 0
        /// Training rows that came here; 0 in trees that do not know.
        package var rowCount: Int32 = 0
        /// A bit per code, set for those that go left.
        package var leftCodes: CodeSet = CodeSet()

        /// A leaf that adds nothing.
        package init() {}
    }

    /// The nodes; the root is the first.
    package var nodes: [Node]

    /// A tree of nodes whose children all lie behind their one parent.
    package init(nodes: [Node]) { self.nodes = nodes }

    /// What the tree adds for one row.
    package func value(_ codes: CodeMatrix, row: Int) -> Double {
        var index = 0
        while nodes[index].feature >= 0 {
            let node = nodes[index]
            let code = codes.columns[Int(node.feature)][row]
            index = Int(node.leftCodes.contains(code) ? node.left : node.right)
        }
        return nodes[index].value
    }
}

/// A set of bin codes, 0...255.
package struct CodeSet: Sendable, Hashable {
    /// Bits 0...63, 64...127 and so on.
    package var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// The empty set.
    package init() {}

    /// A set of codes.
    package init(codes: Range<Int>) {
        self.init()
        for code in codes { insert(UInt8(code)) }
    }

    /// The number of codes in the set.
    package var count: Int {
        words.0.nonzeroBitCount + words.1.nonzeroBitCount + words.2.nonzeroBitCount
            + words.3.nonzeroBitCount
    }

    /// Every code.
    package static var all: CodeSet {
        var set = CodeSet()
        set.words = (.max, .max, .max, .max)
        return set
    }

    /// True when the code is in the set.
    package func contains(_ code: UInt8) -> Bool {
        let bit = UInt64(1) &<< UInt64(code & 63)
        switch code >> 6 {
        case 0: return words.0 & bit != 0
        case 1: return words.1 & bit != 0
        case 2: return words.2 & bit != 0
        default: return words.3 & bit != 0
        }
    }

    /// Every code that is not in the set.
    var inverted: CodeSet {
        var rest = CodeSet.all
        rest.formIntersection(self, inverted: true)
        return rest
    }

    /// The codes as one run around the circle on which 0 follows 255; nil for sets of several runs, or none.
    var run: (first: UInt8, count: Int)? {
        let all = [words.0, words.1, words.2, words.3]
        var first: Int?
        for word in 0..<4 {
            // The codes whose predecessor is missing.
            var starts = all[word] & ~(all[word] << 1 | all[(word + 3) & 3] >> 63)
            while starts != 0 {
                if first != nil { return nil }
                first = 64 * word + starts.trailingZeroBitCount
                starts &= starts - 1
            }
        }
        if let first { return (UInt8(first), count) }
        return count == 256 ? (0, 256) : nil
    }

    /// Adds a code.
    package mutating func insert(_ code: UInt8) {
        let bit = UInt64(1) &<< UInt64(code & 63)
        switch code >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    /// Keeps the codes that are in the other set too, or in none of it when `inverted`.
    package mutating func formIntersection(_ other: CodeSet, inverted: Bool = false) {
        let flip: UInt64 = inverted ? .max : 0
        words.0 &= other.words.0 ^ flip
        words.1 &= other.words.1 ^ flip
        words.2 &= other.words.2 ^ flip
        words.3 &= other.words.3 ^ flip
    }

    package static func == (left: CodeSet, right: CodeSet) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
