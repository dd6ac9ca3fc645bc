/// Selections as sets of rows.
///
/// Safe because outputs have room for every row of the inputs, and composed rows are checked.
extension SelectionVector {
    /// Rows 0 ..< count.
    package static func all(_ count: Int) -> SelectionVector {
        let builder = BufferBuilder<Int32>(capacity: count)
        let output = builder.pointer
        for row in 0..<count { output[row] = Int32(truncatingIfNeeded: row) }
        return SelectionVector(builder.freeze(count: count))
    }

    /// True when row i is selected at position i: nothing is left out or moved.
    package var isAll: Bool {
        let rows = indices.pointer
        var difference: Int32 = 0
        for row in 0..<count { difference |= rows[row] ^ Int32(truncatingIfNeeded: row) }
        return difference == 0
    }

    /// Row i of the result is `self.indices[inner.indices[i]]`.
    package func composed(with inner: SelectionVector) -> SelectionVector {
        SelectionVector(TakeKernel.codes(indices, at: inner.indices))
    }

    /// The rows of 0 ..< count that are not selected; ascending input.
    package func complement(count: Int) -> SelectionVector {
        let builder = BufferBuilder<Int32>(capacity: count)
        let written = complementRows(indices.pointer, self.count, builder.pointer, count)
        return SelectionVector(builder.freeze(count: written))
    }

    /// Rows in both; both ascending.
    package func intersection(_ other: SelectionVector) -> SelectionVector {
        let builder = BufferBuilder<Int32>(capacity: min(count, other.count) + 1)
        let written = intersectRows(
            indices.pointer, count, other.indices.pointer, other.count, builder.pointer)
        return SelectionVector(builder.freeze(count: written))
    }

    /// Rows in either, once; both ascending.
    package func union(_ other: SelectionVector) -> SelectionVector {
        let builder = BufferBuilder<Int32>(capacity: count + other.count)
        let written = uniteRows(
            indices.pointer, count, other.indices.pointer, other.count, builder.pointer)
        return SelectionVector(builder.freeze(count: written))
    }
}

private func complementRows(
    _ rows: UnsafePointer<Int32>, _ rowCount: Int, _ output: UnsafeMutablePointer<Int32>,
    _ count: Int
) -> Int {
    var written = 0
    var next: Int32 = 0
    for index in 0..<rowCount {
        let row = rows[index]
        while next < row {
            output[written] = next
            written &+= 1
            next &+= 1
        }
        next = row &+ 1
    }
    while Int(next) < count {
        output[written] = next
        written &+= 1
        next &+= 1
    }
    return written
}

private func intersectRows(
    _ left: UnsafePointer<Int32>, _ leftCount: Int, _ right: UnsafePointer<Int32>,
    _ rightCount: Int, _ output: UnsafeMutablePointer<Int32>
) -> Int {
    var (written, a, b) = (0, 0, 0)
    while a < leftCount, b < rightCount {
        let (x, y) = (left[a], right[b])
        // Written always, kept only when equal: no branch on the data. Room for one more is given.
        output[written] = x
        written &+= one(x == y)
        a &+= one(x <= y)
        b &+= one(y <= x)
    }
    return written
}

private func uniteRows(
    _ left: UnsafePointer<Int32>, _ leftCount: Int, _ right: UnsafePointer<Int32>,
    _ rightCount: Int, _ output: UnsafeMutablePointer<Int32>
) -> Int {
    var (written, a, b) = (0, 0, 0)
    while a < leftCount, b < rightCount {
        let (x, y) = (left[a], right[b])
        output[written] = min(x, y)
        written &+= 1
        a &+= one(x <= y)
        b &+= one(y <= x)
    }
    while a < leftCount {
        output[written] = left[a]
        written &+= 1
        a &+= 1
    }
    while b < rightCount {
        output[written] = right[b]
        written &+= 1
        b &+= 1
    }
    return written
}
