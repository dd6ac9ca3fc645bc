// Runs of row numbers.
//
// Safe because loops stay below the counts of the buffers they read and fill.

extension TakeKernel {
    /// `count` entries of a list of rows, from a position on.
    package static func slice(_ rows: Buffer<Int32>, from first: Int, count: Int) -> Buffer<Int32> {
        rows.part(from: first, count: count)
    }

    /// True when the rows are 0 ..< count, each once and in order.
    package static func isIdentity(_ rows: Buffer<Int32>, count: Int) -> Bool {
        guard rows.count == count else { return false }
        let source = rows.pointer
        var difference: Int32 = 0
        for index in 0..<count { difference |= source[index] ^ Int32(truncatingIfNeeded: index) }
        return difference == 0
    }

    /// `first ..< first + count`.
    package static func range(from first: Int, count: Int) -> Buffer<Int32> {
        let builder = BufferBuilder<Int32>(capacity: count)
        let output = builder.pointer
        for index in 0..<count { output[index] = Int32(truncatingIfNeeded: first &+ index) }
        return builder.freeze(count: count)
    }
}
