/// Finds where runs of equal rows begin: partitions and peers of window functions.
package enum BoundaryKernel {
    /// 1 for each position whose row differs in some key from the one before it, and for the first.
    ///
    /// - Parameters:
    ///   - permutation: the order of the rows; nil for 0 ..< count.
    ///   - keys: one vector per key; NULL equals NULL. Without keys only the first is marked.
    package static func boundaries(
        _ keys: [Vector], permutation: Buffer<Int32>?, count: Int
    ) -> Buffer<UInt8> {
        var flags = [UInt8](repeating: 0, count: count)
        guard count > 0 else { return Buffer(flags) }
        flags[0] = 1
        for key in keys where !key.isConstant {
            let images = SortImage.images(SortKey(key), count: count)
            var previous = images[Int(permutation?[0] ?? 0)]
            for position in 1..<max(count, 1) {
                let image = images[Int(permutation?[position] ?? Int32(position))]
                if image != previous { flags[position] = 1 }
                previous = image
            }
        }
        return Buffer(flags)
    }
}
