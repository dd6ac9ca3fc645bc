/// Which commits hid the rows of a group: the rows in the order in which they were hidden, cut into runs of
/// one commit each. What was hidden as of a commit is a beginning of the list.
///
/// - Invariant: runs ascend by commit; none is empty; no row is there twice.
struct HideHistory: Sendable {
    /// The rows that one commit hid: those from the end of the run before to `end`.
    struct Run: Sendable {
        let sequence: CommitSequence
        let end: Int
    }

    private(set) var rows: [UInt16] = []
    private(set) var runs: [Run] = []

    var count: Int { rows.count }

    /// The history with the rows that one more commit hid.
    func adding(_ added: [UInt16], at sequence: CommitSequence) -> HideHistory {
        guard !added.isEmpty else { return self }
        var result = self
        result.rows += added
        if result.runs.last?.sequence == sequence { result.runs.removeLast() }
        result.runs.append(Run(sequence: sequence, end: result.rows.count))
        return result
    }

    /// The history of rows and the commits that hid them, in any order.
    init(_ hidden: [(row: Int, sequence: CommitSequence)] = []) {
        let sorted = hidden.sorted { ($0.sequence, $0.row) < ($1.sequence, $1.row) }
        rows = sorted.map { UInt16($0.row) }
        for (index, element) in sorted.enumerated() {
            if runs.last?.sequence == element.sequence { runs.removeLast() }
            runs.append(Run(sequence: element.sequence, end: index + 1))
        }
    }

    /// How many rows had been hidden as of a commit.
    func count(through sequence: CommitSequence) -> Int {
        let run = runs.border { $0.sequence > sequence }
        return run == 0 ? 0 : runs[run - 1].end
    }

    /// Positions in `rows` of what was hidden after one commit and not after another.
    func range(after lower: CommitSequence, through upper: CommitSequence) -> Range<Int> {
        let start = count(through: lower)
        return start..<max(start, count(through: upper))
    }

    /// Every hidden row with the commit that hid it.
    var pairs: [(row: Int, sequence: CommitSequence)] {
        var result: [(row: Int, sequence: CommitSequence)] = []
        result.reserveCapacity(rows.count)
        var start = 0
        for run in runs {
            for index in start..<run.end { result.append((Int(rows[index]), run.sequence)) }
            start = run.end
        }
        return result
    }

    /// A bit for each row of a group that is among the first `count` to have been hidden.
    func words(first count: Int, of rowCount: Int) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
        for index in 0..<count {
            let row = Int(rows[index])
            words[row >> 6] |= 1 << UInt64(row & 63)
        }
        return words
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element is behind a border that all elements from there on are behind.
    func border(isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
