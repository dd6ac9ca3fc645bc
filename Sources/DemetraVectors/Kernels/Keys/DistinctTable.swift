package import DemetraTypes

/// Remembers which rows were seen: DISTINCT, UNION, and count(DISTINCT x) with the group as a key.
///
/// Groups are numbered in the order they are first seen, so a row is new where its group number is
/// the next one.
///
/// Safe because the group numbers and the room for selected rows both have an entry for each row.
// Owned by one thread.
package final class DistinctTable {
    private let table: GroupTable

    /// An empty table for keys of these types.
    package init(keyTypes: [LogicalType]) { table = GroupTable(keyTypes: keyTypes) }

    /// The number of distinct rows so far.
    package var count: Int { table.groupCount }

    /// Bytes held.
    package var byteCount: Int { table.byteCount }

    /// The rows not seen before, in this batch or an earlier one; NULL equals NULL.
    ///
    /// - Throws: 54000 when there are more than 2^31 distinct rows or 4 GiB of distinct text.
    package func insert(_ keys: [Vector], count: Int) throws(DemetraError) -> SelectionVector {
        precondition(!keys.isEmpty, "distinct rows need a key")
        let before = Int32(truncatingIfNeeded: table.groupCount)
        let groups = try table.assign(keys, count: count)
        let builder = BufferBuilder<Int32>(capacity: count + 1)
        let written = selectFirsts(groups.pointer, before, builder.pointer, count)
        return SelectionVector(builder.freeze(count: written))
    }

    /// The distinct rows: one vector per key.
    package func keyVectors() -> [Vector] { table.keyVectors() }
}

private func selectFirsts(
    _ groups: UnsafePointer<Int32>, _ before: Int32, _ output: UnsafeMutablePointer<Int32>,
    _ count: Int
) -> Int {
    var written = 0
    for row in 0..<count {
        output[written] = Int32(truncatingIfNeeded: row)
        written &+= one(groups[row] == before &+ Int32(truncatingIfNeeded: written))
    }
    return written
}
