import DemetraTypes

/// Like `FixedReal`, with 192 bits in front of the point: products with the digits of decimals.
struct WideReal {
    /// The least significant word first; three are behind the point.
    private var words = InlineArray<6, UInt64>(repeating: 0)

    /// A whole number.
    init(whole: UInt128) {
        words[3] = UInt64(truncatingIfNeeded: whole)
        words[4] = UInt64(truncatingIfNeeded: whole >> 64)
    }

    /// The product with a whole number.
    init(_ left: FixedReal, multipliedBy right: UInt128) {
        let factors = [
            UInt64(truncatingIfNeeded: right), UInt64(truncatingIfNeeded: right >> 64),
        ]
        for (offset, factor) in factors.enumerated() {
            var carry: UInt64 = 0
            for index in 0..<4 {
                let (high, low) = left.words[index].multipliedFullWidth(by: factor)
                let (half, first) = words[index + offset].addingReportingOverflow(low)
                let (word, second) = half.addingReportingOverflow(carry)
                words[index + offset] = word
                carry = high &+ (first ? 1 : 0) &+ (second ? 1 : 0)
            }
            words[offset + 4] = carry
        }
    }

    /// Divides by `10^digits`; what is behind the last bit is cut off.
    mutating func divide(byPowerOfTen digits: Int) {
        // 10^19 is the greatest power in a word.
        var rest = digits
        while rest > 0 {
            let step = min(rest, 19)
            let divisor = UInt64(WideInteger.powerOfTen(step))
            var remainder: UInt64 = 0
            for index in stride(from: 5, through: 0, by: -1) {
                (words[index], remainder) = divisor.dividingFullWidth((remainder, words[index]))
            }
            rest -= step
        }
    }

    /// The number, or nil from 2^64 on.
    var fixed: FixedReal? {
        guard words[4] == 0, words[5] == 0 else { return nil }
        return FixedReal(words: [words[0], words[1], words[2], words[3]])
    }

    /// `self * 2^exponent` as a whole number, halves up; nil from 2^128 on.
    ///
    /// - Parameter exponent: less than 192.
    func rounded(exponent: Int) -> UInt128? {
        let shift = FixedReal.fractionBits - exponent
        guard shift <= 384 else { return 0 }
        let whole = bits(from: shift)
        guard whole.isExact else { return nil }
        let isUp = words[(shift - 1) / 64] >> UInt64((shift - 1) % 64) & 1 == 1
        let (result, overflow) = whole.value.addingReportingOverflow(isUp ? 1 : 0)
        return overflow ? nil : result
    }

    /// The bits from one on; not exact when there are more than 128 of them.
    private func bits(from first: Int) -> (value: UInt128, isExact: Bool) {
        var value: UInt128 = 0
        var isExact = true
        for index in 0..<6 where words[index] != 0 {
            let shift = index * 64 - first
            let word = UInt128(words[index])
            if shift <= 0 {
                value |= shift > -64 ? word >> UInt128(-shift) : 0
            } else if shift < 128, word.leadingZeroBitCount >= shift {
                value |= word << UInt128(shift)
            } else {
                isExact = false
            }
        }
        return (value, isExact)
    }
}
