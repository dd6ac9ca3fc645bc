import DemetraVectors

/// Which of the distinct values of a chunk stands in each row.
///
/// Safe because the table is at least twice as large as what it holds, slots are masked by its size, and
/// loops stay below the count of their values.
enum LocalCodes {
    /// The distinct values, ascending, and the place of each row's value among them; nil when there are
    /// more than `largest`.
    static func find(
        _ values: Buffer<Int64>, largest: Int
    ) -> (codes: Buffer<Int64>, distinct: [Int64])? {
        withExtendedLifetime(values) { find(values.pointer, values.count, largest: largest) }
    }

    static func find(
        _ values: UnsafePointer<Int64>, _ count: Int, largest: Int
    ) -> (codes: Buffer<Int64>, distinct: [Int64])? {
        let codes = BufferBuilder<Int64>(capacity: count)
        guard let found = number(values, count, largest, into: codes.pointer) else { return nil }
        let order = found.indices.sorted { found[$0] < found[$1] }
        var ranks = [Int64](repeating: 0, count: found.count)
        for (rank, index) in order.enumerated() { ranks[index] = Int64(rank) }
        ranks.withUnsafeBufferPointer { ranks in
            for row in 0..<count {
                codes.pointer[row] = ranks[Int(truncatingIfNeeded: codes.pointer[row])]
            }
        }
        return (codes.freeze(count: count), order.map { found[$0] })
    }

    /// Numbers values in the order of their first rows; gives them in this order.
    private static func number(
        _ values: UnsafePointer<Int64>, _ count: Int, _ largest: Int,
        into codes: UnsafeMutablePointer<Int64>
    ) -> [Int64]? {
        let bits = max(4, BitPacking.width(of: UInt64(max(largest, 1))) + 1)
        let mask = (1 << bits) - 1
        let slots = BufferBuilder<Int32>(capacity: mask + 1)
        slots.pointer.update(repeating: -1, count: mask + 1)
        let found = BufferBuilder<Int64>(capacity: largest + 1)
        var known = 0
        var (last, lastCode) = (Int64(0), Int64(-1))
        for row in 0..<count {
            let value = values[row]
            if value == last, lastCode >= 0 {
                codes[row] = lastCode
                continue
            }
            var slot = Int(
                truncatingIfNeeded: (UInt64(bitPattern: value) &* 0x9e37_79b9_7f4a_7c15)
                    &>> UInt64(64 - bits))
            while true {
                let code = Int(slots.pointer[slot])
                if code < 0 {
                    guard known < largest else { return nil }
                    slots.pointer[slot] = Int32(truncatingIfNeeded: known)
                    found.pointer[known] = value
                    lastCode = Int64(known)
                    known &+= 1
                    break
                }
                if found.pointer[code] == value {
                    lastCode = Int64(code)
                    break
                }
                slot = (slot &+ 1) & mask
            }
            last = value
            codes[row] = lastCode
        }
        return found.freeze(count: known).array
    }
}
