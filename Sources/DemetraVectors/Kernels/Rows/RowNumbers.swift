// Runs of row numbers.

extension TakeKernel {
    /// `count` entries of a list of rows, from a position on.
    package static func slice(_ rows: Buffer<Int32>, from first: Int, count: Int) -> Buffer<Int32> {
        precondition(first >= 0 && first + count <= rows.count, "a slice beyond the rows")
        var builder = BufferBuilder<Int32>(capacity: count)
        builder.append(rows.pointer + first, count: count)
        return builder.freeze()
    }

    /// `first ..< first + count`.
    package static func range(from first: Int, count: Int) -> Buffer<Int32> {
        Buffer((0..<count).map { Int32(truncatingIfNeeded: first + $0) })
    }
}
