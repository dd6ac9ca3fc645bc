// Wide integers whose values are not: amounts in numeric(20,6) nearly always fit 64 bits, and are summed
// and compared at half the width, without carries.
//
// Safe because the loop stays below the count of the buffer that it reads, and the one that it made.

extension Buffer where Element == Int128 {
    /// The same values in 64 bits; nil when one does not fit.
    package func narrowed() -> Buffer<Int64>? {
        let output = BufferBuilder<Int64>(capacity: count)
        let (source, target) = (pointer, output.pointer)
        // Bits of upper halves that are no copies of the sign.
        var lost: Int64 = 0
        for index in 0..<count {
            let value = source[index]
            let low = Int64(truncatingIfNeeded: value)
            lost |= Int64(truncatingIfNeeded: value &>> 64) ^ (low &>> 63)
            target[index] = low
        }
        return lost == 0 ? output.freeze(count: count) : nil
    }
}

extension Buffer where Element == Int64 {
    /// The same values in 128 bits.
    package func widened() -> Buffer<Int128> {
        let output = BufferBuilder<Int128>(capacity: count)
        for index in 0..<count { output.pointer[index] = Int128(pointer[index]) }
        return output.freeze(count: count)
    }
}
