package import DemetraTypes

/// The build side of a hash join: from key to the rows that hold it.
// Immutable after init.
package final class JoinTable: Sendable {
    /// The number of build rows.
    package let rowCount: Int

    /// True when no two build rows have the same key.
    package var isUnique: Bool { preconditionFailure("filled in by the next commit") }

    /// Bytes held.
    package var byteCount: Int { preconditionFailure("filled in by the next commit") }

    /// Indexes the whole build side.
    ///
    /// - Parameters:
    ///   - keys: one vector per key, `rowCount` rows each; dictionaries welcome.
    ///   - nullsMatch: for each key, whether NULL finds NULL (IS NOT DISTINCT FROM); empty for
    ///     never.
    package init(
        keys: [Vector], rowCount: Int, nullsMatch: [Bool] = []
    ) throws(DemetraError) { preconditionFailure("filled in by the next commit") }
}

/// One thread's way to look rows up in a `JoinTable`.
///
/// Remembers which dictionary codes have which key, and where a probe with many matches stopped.
// Owned by one thread.
package final class JoinProbe {
    /// Pairs of matching rows: probe row i and build row i.
    package struct Pairs: Sendable {
        /// Rows of the probe batch, ascending.
        package let probeRows: Buffer<Int32>
        /// Rows of the build side.
        package let buildRows: Buffer<Int32>
    }

    /// A probe of `table`.
    package init(_ table: JoinTable) { preconditionFailure("filled in by the next commit") }

    /// Looks a batch up; `next` then gives its pairs. Keys have the physical types of the build keys.
    package func start(keys: [Vector], count: Int) {
        preconditionFailure("filled in by the next commit")
    }

    /// The next pairs of the batch, at most `limit` of them; nil when all were given.
    package func next(limit: Int) -> Pairs? { preconditionFailure("filled in by the next commit") }

    /// 1 for each row that has a match: semi and anti joins.
    package func matches(keys: [Vector], count: Int) -> Buffer<UInt8> {
        preconditionFailure("filled in by the next commit")
    }

    /// A matching build row for each row, the first one; -1 without a match.
    package func firstMatches(keys: [Vector], count: Int) -> Buffer<Int32> {
        preconditionFailure("filled in by the next commit")
    }
}
