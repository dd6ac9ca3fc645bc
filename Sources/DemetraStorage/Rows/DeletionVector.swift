import DemetraTypes
import DemetraVectors

/// Rows hidden from a commit on: bit i of word i / 64 is set where row i is hidden.
///
/// Scans of the present look at the bits alone. In tables with history, `history` says beside them which
/// commit hid each row.
/// Safe because a buffer of visible rows has room for each row of its range and one more.
// Immutable after init.
final class DeletionVector: Sendable {
    private let words: [UInt64]
    /// The number of hidden rows.
    let count: Int
    /// Which commits hid the rows; nil in tables without history.
    let history: HideHistory?

    private init(words: [UInt64], count: Int, history: HideHistory?) {
        self.words = words
        self.count = count
        self.history = history
    }

    init(rows: [Int], of rowCount: Int, and other: DeletionVector?) {
        var words = other?.words ?? []
        let missing = (rowCount + 63) / 64 - words.count
        if missing > 0 { words += [UInt64](repeating: 0, count: missing) }
        for row in rows where row < rowCount { words[row >> 6] |= 1 << UInt64(row & 63) }
        self.words = words
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
        history = nil
    }

    /// Hidden rows of a group of a table with history, and which commits hid them; nil when there are none.
    convenience init?(history: HideHistory, of rowCount: Int) {
        guard history.count > 0 else { return nil }
        self.init(
            words: history.words(first: history.count, of: rowCount), count: history.count,
            history: history)
    }

    func isHidden(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 != 0 }

    /// The hidden rows, ascending.
    var rows: [Int] {
        var rows: [Int] = []
        rows.reserveCapacity(count)
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                rows.append(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return rows
    }

    /// The visible rows of a range, counted from its start; nil when all are.
    func visible(from start: Int, count: Int) -> SelectionVector? {
        // Every scan of a table that was restated passes here: each row is written, and the next one over it when it
        // is hidden, so that the loop has no branches.
        let rows = BufferBuilder<Int32>(capacity: count + 1)
        var found = 0
        for first in stride(from: 0, to: count, by: 64) {
            let shown = ~hidden(from: start + first)
            for row in first..<min(first + 64, count) {
                rows.pointer[found] = Int32(truncatingIfNeeded: row)
                found += Int(truncatingIfNeeded: shown &>> UInt64(row - first) & 1)
            }
        }
        return found == count ? nil : SelectionVector(rows.freeze(count: found))
    }

    /// A bit for each of 64 rows, the first the lowest; rows behind the last are not hidden.
    private func hidden(from row: Int) -> UInt64 {
        let (word, shift) = (row >> 6, UInt64(row & 63))
        func bits(_ word: Int) -> UInt64 { word < words.count ? words[word] : 0 }
        return shift == 0 ? bits(word) : bits(word) >> shift | bits(word + 1) << (64 - shift)
    }

    // MARK: History

    /// Hides more rows of a group of a table with history; those that are hidden already stay as they are.
    ///
    /// - Parameter sequence: the commit that hides them; later than, or the same as, that of all before.
    static func hiding(
        _ rows: [Int], of rowCount: Int, at sequence: CommitSequence, and other: DeletionVector?
    ) -> DeletionVector {
        var words = other?.words ?? []
        let missing = (rowCount + 63) / 64 - words.count
        if missing > 0 { words += [UInt64](repeating: 0, count: missing) }
        var added: [UInt16] = []
        for row in rows where row < rowCount {
            let bit: UInt64 = 1 << UInt64(row & 63)
            guard words[row >> 6] & bit == 0 else { continue }
            words[row >> 6] |= bit
            added.append(UInt16(row))
        }
        let before = other?.dated ?? HideHistory()
        return DeletionVector(
            words: words, count: (other?.count ?? 0) + added.count,
            history: before.adding(added, at: sequence))
    }

    /// Which commits hid the rows; rows hidden while the table had no history count as hidden before all.
    var dated: HideHistory {
        history
            ?? HideHistory().adding(rows.map { UInt16($0) }, at: CommitSequence(number: 0))
    }

    /// What was hidden as of a commit; nil when nothing was.
    func asOf(_ sequence: CommitSequence, rowCount: Int) -> DeletionVector? {
        guard let history else { return self }
        let hidden = history.count(through: sequence)
        if hidden == count { return self }
        guard hidden > 0 else { return nil }
        return DeletionVector(
            words: history.words(first: hidden, of: rowCount), count: hidden, history: nil)
    }

    /// What is hidden of two groups that become one, the rows of the second behind those of the first.
    static func joining(
        _ first: DeletionVector?, of firstCount: Int, _ second: DeletionVector?,
        of secondCount: Int
    ) -> DeletionVector? {
        guard let second else {
            return first?.widened(to: firstCount + secondCount)
        }
        if first?.history == nil, second.history == nil {
            return DeletionVector(
                rows: second.rows.map { $0 + firstCount }, of: firstCount + secondCount, and: first)
        }
        let moved = second.dated.pairs.map { (row: $0.row + firstCount, sequence: $0.sequence) }
        return DeletionVector(
            history: HideHistory((first?.dated.pairs ?? []) + moved),
            of: firstCount + secondCount)
    }

    /// The same rows of a group that has more rows at its end.
    private func widened(to rowCount: Int) -> DeletionVector {
        let missing = (rowCount + 63) / 64 - words.count
        return DeletionVector(
            words: words + [UInt64](repeating: 0, count: max(0, missing)), count: count,
            history: history)
    }

    /// The same rows, without knowing when they were hidden.
    var undated: DeletionVector {
        history == nil ? self : DeletionVector(words: words, count: count, history: nil)
    }
}

/// Hidden rows as bytes: their number, then the distances from one to the next, as integers; a few hidden
/// rows take a few bytes, many not much more than a bit a row. In tables with history the rows come in the
/// order in which they were hidden, and the commits that hid them behind them.
enum DeletionCodec {
    static func encode(_ deletions: DeletionVector?, into writer: inout ByteWriter) {
        let history = deletions?.history
        let rows = Buffer(
            history.map { $0.rows.map { Int32($0) } }
                ?? (deletions?.rows ?? []).map { Int32($0) })
        writer.write(UInt32(rows.count))
        guard rows.count > 0 else { return }
        IntegerEncoding.encode(rows, rows.count, into: &writer)
        let runs = history?.runs ?? []
        writer.write(UInt32(runs.count))
        guard !runs.isEmpty else { return }
        let sequences = Buffer(runs.map { Int64(bitPattern: $0.sequence.number) })
        IntegerEncoding.encode(sequences, runs.count, into: &writer)
        let ends = Buffer(runs.map { Int32($0.end) })
        IntegerEncoding.encode(ends, runs.count, into: &writer)
    }

    /// - Parameter hasRuns: false in manifests of version 1.
    static func decode(
        _ reader: inout ByteReader, rowCount: Int, hasRuns: Bool
    ) throws(DemetraError) -> DeletionVector? {
        let count = Int(try reader.integer(UInt32.self))
        guard count > 0 else { return nil }
        guard count <= rowCount else { throw reader.damaged("more hidden rows than rows") }
        let rows = try IntegerEncoding.decode(&reader, count, as: Int32.self)
        guard Fillers.largest(rows) < rowCount else { throw reader.damaged("a hidden row") }
        let runCount = hasRuns ? Int(try reader.integer(UInt32.self)) : 0
        guard runCount > 0 else {
            return DeletionVector(rows: rows.array.map { Int($0) }, of: rowCount, and: nil)
        }
        guard runCount <= count else { throw reader.damaged("more commits than hidden rows") }
        let sequences = try IntegerEncoding.decode(&reader, runCount, as: Int64.self)
        let ends = try IntegerEncoding.decode(&reader, runCount, as: Int32.self)
        var history = HideHistory()
        var start = 0
        for run in 0..<runCount {
            let sequence = CommitSequence(number: UInt64(bitPattern: sequences[run]))
            let end = Int(ends[run])
            guard end > start, end <= count,
                history.runs.last.map({ $0.sequence < sequence }) ?? true
            else { throw reader.damaged("a commit that hid rows") }
            history = history.adding((start..<end).map { UInt16(rows[$0]) }, at: sequence)
            start = end
        }
        guard start == count, Set(history.rows).count == count,
            let deletions = DeletionVector(history: history, of: rowCount)
        else { throw reader.damaged("hidden rows") }
        return deletions
    }
}
