/// Orders rows by keys.
///
/// Safe because every index comes from a permutation of 0 ..< count.
package enum SortKernel {
    /// Fewer rows than this are sorted by comparisons, more by radix passes.
    private static let smallCount = 512

    /// The rows in order: result[0] is the first row. Equal rows keep their order.
    ///
    /// NaN is greater than every number; texts compare by bytes.
    package static func permutation(_ keys: [SortKey], count: Int) -> Buffer<Int32> {
        let images = keys.filter { !$0.vector.isConstant }.map {
            SortImage.images($0, count: count)
        }
        if images.isEmpty { return TakeKernel.range(from: 0, count: count) }
        if count < smallCount { return Buffer(compared(images, Array(0..<Int32(count)))) }
        var order = Array(0..<Int32(count))
        var scratch = order
        // From the last key to the first: each pass is stable.
        for key in images.reversed() { radix(key, &order, &scratch) }
        return Buffer(order)
    }

    /// The first `limit` entries of `permutation`, without sorting all rows.
    ///
    /// - Complexity: O(count) and a sort of `limit` rows.
    package static func top(_ limit: Int, _ keys: [SortKey], count: Int) -> Buffer<Int32> {
        let images = keys.filter { !$0.vector.isConstant }.map {
            SortImage.images($0, count: count)
        }
        if limit <= 0 { return Buffer([]) }
        if images.isEmpty { return TakeKernel.range(from: 0, count: min(limit, count)) }
        let rows = Array(0..<Int32(count))
        if limit * 4 >= count { return Buffer(Array(compared(images, rows).prefix(limit))) }
        return Buffer(compared(images, least(limit, of: rows, images[...])))
    }

    /// The `limit` least of some rows, ascending by number: those below a border of the first key, and of
    /// those on the border the least by the other keys.
    private static func least(
        _ limit: Int, of rows: [Int32], _ images: ArraySlice<[UInt64]>
    ) -> [Int32] {
        guard rows.count > limit else { return rows }
        guard let first = images.first else { return Array(rows.prefix(limit)) }
        var values = rows.map { first[Int($0)] }
        let border = values.withUnsafeMutableBufferPointer { SelectKernel.select(limit - 1, $0) }
        var below: [Int32] = []
        var equal: [Int32] = []
        for row in rows {
            let image = first[Int(row)]
            if image < border { below.append(row) } else if image == border { equal.append(row) }
        }
        return below + least(limit - below.count, of: equal, images.dropFirst())
    }

    private static func compared(_ images: [[UInt64]], _ rows: [Int32]) -> [Int32] {
        rows.sorted { left, right in
            for key in images {
                let (a, b) = (key[Int(left)], key[Int(right)])
                if a != b { return a < b }
            }
            return left < right
        }
    }

    /// One stable sort by a key, a byte at a time; bytes that all rows share are passed over.
    private static func radix(_ key: [UInt64], _ order: inout [Int32], _ scratch: inout [Int32]) {
        let count = order.count
        var all: UInt64 = 0
        let first = key[0]
        for image in key { all |= image ^ first }
        key.withUnsafeBufferPointer { images in
            for shift in stride(from: UInt64(0), to: 64, by: 8) where (all >> shift) & 0xff != 0 {
                var starts = [Int](repeating: 0, count: 257)
                for index in 0..<count {
                    starts[Int(truncatingIfNeeded: (images[index] >> shift) & 0xff) + 1] += 1
                }
                for value in 0..<256 { starts[value + 1] += starts[value] }
                order.withUnsafeBufferPointer { source in
                    scratch.withUnsafeMutableBufferPointer { target in
                        starts.withUnsafeMutableBufferPointer { next in
                            for index in 0..<count {
                                let row = source[index]
                                let digit = Int(
                                    truncatingIfNeeded: (images[Int(row)] >> shift) & 0xff)
                                target[next[digit]] = row
                                next[digit] &+= 1
                            }
                        }
                    }
                }
                swap(&order, &scratch)
            }
        }
    }
}
