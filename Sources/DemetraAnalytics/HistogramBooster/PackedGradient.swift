/// A gradient and a count in one word, so that one addition updates both.
///
///     bit 63                    26 25          0
///     | sum of fixed-point g     |   count      |
///
/// Sums of whole numbers do not depend on the order they are added in: histograms come out the same
/// whatever thread built which part, and the difference of two histograms is exact.
///
/// - Invariant: `rowLimit` rows at most, and fixed-point gradients small enough that no sum leaves 37
///   bits and a sign; `scale(for:rows:)` sees to it.
enum PackedGradient {
    /// Bits of the count.
    static let countBits: Int64 = 26
    /// The most rows one training may see.
    static let rowLimit = 1 << 25
    private static let countMask: Int64 = (1 << countBits) - 1
    private static let sumBits = 37

    /// Factor from gradients to fixed point: the largest power of two that cannot overflow.
    static func scale(for largest: Double, rows: Int) -> Double {
        guard largest > 0, largest.isFinite else { return 1 }
        let total = largest * Double(max(rows, 1))
        let exponent = Int(total.exponent) + 1
        return Double(sign: .plus, exponent: min(sumBits - exponent - 1, 30), significand: 1)
    }

    /// One row's word.
    ///
    /// Added to a number whose last bit is worth 1, a gradient is rounded to a whole one: `rounded()` is a call
    /// on processors of the first x86-64.
    @inline(__always)
    static func word(_ gradient: Double, scale: Double) -> Int64 {
        let whole = (gradient * scale + wholeNumbers).bitPattern &- wholeNumbers.bitPattern
        return (Int64(bitPattern: whole) &<< countBits) &+ 1
    }

    private static let wholeNumbers = 0x1.8p52

    /// The sum of gradients in fixed point.
    @inline(__always)
    static func sum(_ word: Int64) -> Double { Double(word &>> countBits) }

    /// The number of rows.
    @inline(__always)
    static func count(_ word: Int64) -> Double { Double(word & countMask) }

    /// The number of rows.
    static func rowCount(_ word: Int64) -> Int { Int(word & countMask) }
}
