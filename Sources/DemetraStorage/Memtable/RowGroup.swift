import DemetraTypes
import DemetraVectors

/// Locates a stored row: the group it was written into, and its place there.
package struct RowID: Sendable, Hashable {
    /// Group times 2^16 plus row.
    package let number: Int64

    /// Wraps a number.
    package init(number: Int64) { self.number = number }

    init(group: Int64, row: Int) { number = group << 16 | Int64(row) }

    var group: Int64 { number >> 16 }
    var row: Int { Int(number & 0xffff) }
}

/// Up to 65,536 rows of a table, columns side by side, with a zone map for each column.
// Immutable after init.
final class RowGroup: Sendable {
    /// Rows that a group holds at most.
    static let capacity = 65_536

    let id: Int64
    let vectors: [Vector]
    let count: Int
    let zoneMaps: [ZoneMap]

    init(id: Int64, vectors: [Vector], count: Int) {
        self.id = id
        self.vectors = vectors
        self.count = count
        zoneMaps = vectors.map { ZoneMap($0) }
    }
}

/// A group and which of its rows are hidden, as of one snapshot.
struct VisibleGroup: Sendable {
    let group: RowGroup
    /// Hidden rows; nil when there are none.
    let deletions: DeletionVector?

    var visibleCount: Int { group.count - (deletions?.count ?? 0) }
}

/// Rows hidden from a commit on: bit i of word i / 64 is set where row i is hidden.
// Immutable after init.
final class DeletionVector: Sendable {
    private let words: [UInt64]
    /// The number of hidden rows.
    let count: Int

    init(rows: [Int], of rowCount: Int, and other: DeletionVector?) {
        var words = other?.words ?? [UInt64](repeating: 0, count: (rowCount + 63) / 64)
        for row in rows where row < rowCount { words[row >> 6] |= 1 << UInt64(row & 63) }
        self.words = words
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    func isHidden(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 != 0 }

    /// The visible rows of a range, counted from its start.
    func visible(from start: Int, count: Int) -> SelectionVector? {
        var rows: [Int32] = []
        rows.reserveCapacity(count)
        for row in 0..<count where !isHidden(start + row) { rows.append(Int32(row)) }
        return rows.count == count ? nil : SelectionVector(Buffer(rows))
    }
}
