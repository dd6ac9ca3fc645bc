/// Finds where runs of equal rows begin: partitions and peers of window functions.
package enum BoundaryKernel {
    /// 1 for each position whose row differs in some key from the one before it, and for the first.
    ///
    /// - Parameters:
    ///   - permutation: the order of the rows; nil for 0 ..< count.
    ///   - keys: one vector per key; NULL equals NULL. Without keys only the first is marked.
    package static func boundaries(
        _ keys: [Vector], permutation: Buffer<Int32>?, count: Int
    ) -> Buffer<UInt8> { preconditionFailure("filled in by the next commit") }
}
