package import DemetraTypes

/// Remembers which rows were seen: DISTINCT, UNION, and count(DISTINCT x) with the group as a key.
// Owned by one thread.
package final class DistinctTable {
    /// An empty table for keys of these types.
    package init(keyTypes: [LogicalType]) { preconditionFailure("filled in by the next commit") }

    /// The number of distinct rows so far.
    package var count: Int { preconditionFailure("filled in by the next commit") }

    /// Bytes held.
    package var byteCount: Int { preconditionFailure("filled in by the next commit") }

    /// The rows not seen before, in this batch or an earlier one; NULL equals NULL.
    package func insert(_ keys: [Vector], count: Int) throws(DemetraError) -> SelectionVector {
        preconditionFailure("filled in by the next commit")
    }

    /// The distinct rows: one vector per key.
    package func keyVectors() -> [Vector] { preconditionFailure("filled in by the next commit") }
}
