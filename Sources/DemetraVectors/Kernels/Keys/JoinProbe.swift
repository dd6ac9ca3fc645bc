import DemetraTypes

/// One thread's way to look rows up in a `JoinTable`.
///
/// Remembers which dictionary codes have which key, and where a probe with many matches stopped.
///
/// Safe because groups found are below the table's group count, and pairs are written into room
/// for `limit` of them.
// Owned by one thread.
package final class JoinProbe {
    /// Pairs of matching rows: probe row i and build row i.
    package struct Pairs: Sendable {
        /// Rows of the probe batch, ascending.
        package let probeRows: Buffer<Int32>
        /// Rows of the build side.
        package let buildRows: Buffer<Int32>
        /// The number of pairs.
        package var count: Int { probeRows.count }
    }

    private let table: JoinTable
    private let finder: GroupFinder
    private var groups: Buffer<Int32> = Buffer([])
    /// The next probe row, and how many of its matches were given.
    private var nextRow = 0
    private var givenMatches = 0

    /// A probe of `table`.
    package init(_ table: JoinTable) {
        self.table = table
        finder = GroupFinder(table.groups, nullsMatch: table.nullsMatch)
    }

    /// Looks a batch up; `next` then gives its pairs. Keys have the physical types of the build keys.
    package func start(keys: [Vector], count: Int) {
        groups = finder.find(keys, count: count)
        nextRow = 0
        givenMatches = 0
    }

    /// The next pairs of the batch, at most `limit` of them; nil when all were given.
    package func next(limit: Int) -> Pairs? {
        precondition(limit > 0, "pairs are given one at least")
        let count = groups.count
        if nextRow >= count { return nil }
        let probeRows = BufferBuilder<Int32>(capacity: limit + 1)
        let buildRows = BufferBuilder<Int32>(capacity: limit + 1)
        let written: Int
        if table.isUnique {
            let last = min(count, nextRow + limit)
            written = pairSingles(
                groups.pointer, nextRow, last, table.starts.pointer, table.rows.pointer,
                probeRows.pointer, buildRows.pointer)
            nextRow = last
        } else {
            written = pairRuns(
                groups.pointer, count, table.starts.pointer, table.rows.pointer, limit,
                &nextRow, &givenMatches, probeRows.pointer, buildRows.pointer)
        }
        if written == 0, nextRow >= count { return nil }
        return Pairs(
            probeRows: probeRows.freeze(count: written), buildRows: buildRows.freeze(count: written)
        )
    }

    /// 1 for each row that has a match: semi and anti joins.
    package func matches(keys: [Vector], count: Int) -> Buffer<UInt8> {
        let groups = finder.find(keys, count: count)
        let output = BufferBuilder<UInt8>(capacity: count)
        if table.rowCount == 0 {
            output.pointer.update(repeating: 0, count: count)
        } else {
            for row in 0..<count { output.pointer[row] = byte(groups.pointer[row] >= 0) }
        }
        return output.freeze(count: count)
    }

    /// A matching build row for each row, the first one; -1 without a match.
    package func firstMatches(keys: [Vector], count: Int) -> Buffer<Int32> {
        let groups = finder.find(keys, count: count)
        let output = BufferBuilder<Int32>(capacity: count)
        if table.rowCount == 0 {
            output.pointer.update(repeating: -1, count: count)
        } else {
            firstRows(
                groups.pointer, table.starts.pointer, table.rows.pointer, output.pointer, count)
        }
        return output.freeze(count: count)
    }
}

private func firstRows(
    _ groups: UnsafePointer<Int32>, _ starts: UnsafePointer<Int32>, _ rows: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Int32>, _ count: Int
) {
    for row in 0..<count {
        let group = groups[row]
        let start = starts[Int(truncatingIfNeeded: max(group, 0))]
        // A group of -1 stays -1 whatever row was read in its stead.
        output[row] = rows[Int(truncatingIfNeeded: start)] | (group &>> 31)
    }
}

private func pairSingles(
    _ groups: UnsafePointer<Int32>, _ first: Int, _ last: Int, _ starts: UnsafePointer<Int32>,
    _ rows: UnsafePointer<Int32>, _ probeRows: UnsafeMutablePointer<Int32>,
    _ buildRows: UnsafeMutablePointer<Int32>
) -> Int {
    var written = 0
    for row in first..<last {
        let group = groups[row]
        let start = starts[Int(truncatingIfNeeded: max(group, 0))]
        probeRows[written] = Int32(truncatingIfNeeded: row)
        buildRows[written] = rows[Int(truncatingIfNeeded: start)]
        written &+= one(group >= 0)
    }
    return written
}

private func pairRuns(
    _ groups: UnsafePointer<Int32>, _ count: Int, _ starts: UnsafePointer<Int32>,
    _ rows: UnsafePointer<Int32>, _ limit: Int, _ nextRow: inout Int, _ givenMatches: inout Int,
    _ probeRows: UnsafeMutablePointer<Int32>, _ buildRows: UnsafeMutablePointer<Int32>
) -> Int {
    var (written, row, given) = (0, nextRow, givenMatches)
    while row < count, written < limit {
        let group = Int(truncatingIfNeeded: groups[row])
        if group >= 0 {
            let start = Int(truncatingIfNeeded: starts[group])
            let matches = Int(truncatingIfNeeded: starts[group &+ 1]) &- start
            let taken = min(matches &- given, limit &- written)
            for match in 0..<taken {
                probeRows[written &+ match] = Int32(truncatingIfNeeded: row)
                buildRows[written &+ match] = rows[start &+ given &+ match]
            }
            written &+= taken
            given &+= taken
            if given < matches { break }
        }
        row &+= 1
        given = 0
    }
    (nextRow, givenMatches) = (row, given)
    return written
}
