/// Compares a row of one sorted run with a row of another: for merges.
package struct RowComparator: Sendable {
    /// Terms of both runs: same number, types and directions.
    package init(_ left: [SortKey], _ right: [SortKey]) {
        preconditionFailure("filled in by the next commit")
    }

    /// Negative when the left row comes first, 0 when equal, positive when it comes later.
    package func compare(_ leftRow: Int, _ rightRow: Int) -> Int {
        preconditionFailure("filled in by the next commit")
    }
}
