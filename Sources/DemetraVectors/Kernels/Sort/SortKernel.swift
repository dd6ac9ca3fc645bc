/// Orders rows by keys.
package enum SortKernel {
    /// The rows in order: result[0] is the first row. Equal rows keep their order.
    ///
    /// NaN is greater than every number; texts compare by bytes.
    package static func permutation(_ keys: [SortKey], count: Int) -> Buffer<Int32> {
        preconditionFailure("filled in by the next commit")
    }

    /// The first `limit` entries of `permutation`, without sorting all rows.
    package static func top(_ limit: Int, _ keys: [SortKey], count: Int) -> Buffer<Int32> {
        preconditionFailure("filled in by the next commit")
    }
}
