package import DemetraTypes

/// Numbers the distinct rows of key vectors 0, 1, 2, ... in the order they are first seen.
// Owned by one thread.
package final class GroupTable {
    /// An empty table for keys of these types.
    package init(keyTypes: [LogicalType]) { preconditionFailure("filled in by the next commit") }

    /// The number of distinct keys so far.
    package var groupCount: Int { preconditionFailure("filled in by the next commit") }

    /// Bytes held.
    package var byteCount: Int { preconditionFailure("filled in by the next commit") }

    /// The group number of each row; new keys get new numbers; NULL is a key of its own.
    ///
    /// Without keys every row belongs to group 0.
    ///
    /// - Throws: 54000 when there are more than 2^31 groups or 4 GiB of distinct text.
    package func assign(_ keys: [Vector], count: Int) throws(DemetraError) -> Buffer<Int32> {
        preconditionFailure("filled in by the next commit")
    }

    /// One vector per key, one row per group.
    package func keyVectors() -> [Vector] { preconditionFailure("filled in by the next commit") }

    /// Takes over the keys of another table of the same types.
    ///
    /// - Returns: for each of the other's groups its number here.
    package func merge(_ other: GroupTable) throws(DemetraError) -> Buffer<Int32> {
        preconditionFailure("filled in by the next commit")
    }
}
