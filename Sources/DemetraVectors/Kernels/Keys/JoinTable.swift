package import DemetraTypes

/// The build side of a hash join: from key to the rows that hold it.
///
/// A `GroupTable` numbers the distinct keys; the rows of each key lie side by side, in build order.
/// Keys in one narrow range, such as ids, thus become an array index.
///
///     key -> group g -> rows[starts[g] ..< starts[g + 1]]
///
/// Safe because nothing is written after `init`: probes use only the read-only look-ups of the
/// group table and keep what they remember themselves.
// Immutable after init.
package final class JoinTable: @unchecked Sendable {
    /// The number of build rows.
    package let rowCount: Int
    /// True when no two build rows have the same key, NULL keys that match nothing aside.
    package let isUnique: Bool

    let groups: GroupTable
    let nullsMatch: [Bool]
    /// Where the rows of each group begin in `rows`; one more than groups.
    let starts: Buffer<Int32>
    /// Build rows, grouped.
    let rows: Buffer<Int32>

    /// Bytes held.
    package var byteCount: Int { groups.byteCount + starts.byteCount + rows.byteCount }

    /// Indexes the whole build side.
    ///
    /// - Parameters:
    ///   - keys: one vector per key, `rowCount` rows each; dictionaries welcome.
    ///   - nullsMatch: for each key, whether NULL finds NULL (IS NOT DISTINCT FROM); empty for
    ///     never.
    /// - Throws: 54000 when there are 2^31 rows or 4 GiB of distinct text.
    package init(
        keys: [Vector], rowCount: Int, nullsMatch: [Bool] = []
    ) throws(DemetraError) {
        precondition(
            nullsMatch.isEmpty || nullsMatch.count == keys.count, "one flag per key, or none")
        guard rowCount < Int(Int32.max) else {
            throw DemetraError(
                .programLimitExceeded, "the build side of a join exceeds 2147483647 rows",
                hint: "Filter the joined tables first.")
        }
        self.rowCount = rowCount
        self.nullsMatch =
            nullsMatch.isEmpty ? Array(repeating: false, count: keys.count) : nullsMatch
        groups = GroupTable(keyTypes: keys.map(\.type))
        let assigned = try groups.assign(keys, count: rowCount)
        let groupCount = groups.groupCount
        let ends = BufferBuilder<Int32>(capacity: groupCount + 1)
        let rows = BufferBuilder<Int32>(capacity: rowCount)
        groupRows(assigned.pointer, rowCount, groupCount, ends.pointer, rows.pointer)
        starts = ends.freeze(count: groupCount + 1)
        self.rows = rows.freeze(count: rowCount)
        // Rows with NULL keys share a group that is never found; that group may be large.
        let matchable = Self.matchable(keys, self.nullsMatch, rowCount)
        isUnique = hasSingleRows(assigned.pointer, rowCount, starts.pointer, matchable?.pointer)
    }

    /// 1 for each build row that can be found; nil when all can.
    private static func matchable(
        _ keys: [Vector], _ nullsMatch: [Bool], _ rowCount: Int
    ) -> Buffer<UInt8>? {
        var mask: ValidityMask?
        for (key, matches) in zip(keys, nullsMatch) where !matches {
            if key.isConstant, key.hasNulls { return Buffer(repeating: 0, count: rowCount) }
            mask = .and(mask, key.validity)
        }
        return mask?.expanded()
    }
}

/// Sorts rows by group, counting.
///
/// Safe because groups are below `groupCount`, `starts` has one entry more, and every row is
/// written once.
private func groupRows(
    _ groups: UnsafePointer<Int32>, _ rowCount: Int, _ groupCount: Int,
    _ starts: UnsafeMutablePointer<Int32>, _ rows: UnsafeMutablePointer<Int32>
) {
    starts.update(repeating: 0, count: groupCount + 1)
    for row in 0..<rowCount { starts[Int(truncatingIfNeeded: groups[row])] &+= 1 }
    var total: Int32 = 0
    for group in 0...groupCount {
        total &+= starts[group]
        starts[group] = total
    }
    // From the back: each start ends up where its group begins, rows stay in build order.
    var row = rowCount &- 1
    while row >= 0 {
        let group = Int(truncatingIfNeeded: groups[row])
        starts[group] &-= 1
        rows[Int(truncatingIfNeeded: starts[group])] = Int32(truncatingIfNeeded: row)
        row &-= 1
    }
}

private func hasSingleRows(
    _ groups: UnsafePointer<Int32>, _ rowCount: Int, _ starts: UnsafePointer<Int32>,
    _ matchable: UnsafePointer<UInt8>?
) -> Bool {
    for row in 0..<rowCount {
        let group = Int(truncatingIfNeeded: groups[row])
        if starts[group &+ 1] &- starts[group] > 1, matchable?[row] != 0 { return false }
    }
    return true
}
