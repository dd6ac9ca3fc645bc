/// 256-bit arithmetic for the few decimal operations whose intermediate results leave 128 bits.
package enum WideInteger {
    /// `value * 10^digits`, or nil when it leaves 128 bits.
    package static func scaled(_ value: Int128, byPowerOfTen digits: Int) -> Int128? {
        guard digits > 0, value != 0 else { return value }
        guard digits <= 38 else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: powerOfTen(digits))
        return overflow ? nil : product
    }

    /// `10^digits` for 0...38.
    package static func powerOfTen(_ digits: Int) -> Int128 { powers[digits] }

    private static let powers: [Int128] = {
        var powers: [Int128] = [1]
        for _ in 0..<38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    /// `left * right / divisor`, rounded half away from zero; nil when the result leaves 128 bits.
    package static func multiply(_ left: Int128, _ right: Int128, dividedBy divisor: Int128) -> Int128? {
        let isNegative = (left < 0) != (right < 0)
        let (high, low) = left.magnitude.multipliedFullWidth(by: right.magnitude)
        let unsigned = divisor.magnitude
        guard high < unsigned else { return nil }
        let (quotient, remainder) = divide(high: high, low: low, by: unsigned)
        var rounded = quotient
        if remainder >= unsigned - remainder {
            let (sum, overflow) = rounded.addingReportingOverflow(1)
            if overflow { return nil }
            rounded = sum
        }
        return signed(rounded, isNegative != (divisor < 0))
    }

    /// A magnitude with a sign, or nil when it leaves 128 bits.
    package static func signed(_ magnitude: UInt128, _ isNegative: Bool) -> Int128? {
        if isNegative {
            return magnitude <= UInt128(Int128.max) + 1
                ? Int128(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int128(exactly: magnitude)
    }

    /// 256 by 128 bits; `high < divisor`. Bit by bit: it is used once per value at most.
    private static func divide(
        high: UInt128, low: UInt128, by divisor: UInt128
    ) -> (quotient: UInt128, remainder: UInt128) {
        if high == 0 { return low.quotientAndRemainder(dividingBy: divisor) }
        var remainder = high
        var quotient: UInt128 = 0
        for bit in stride(from: 127, through: 0, by: -1) {
            let carry = remainder >> 127
            remainder = (remainder << 1) | ((low >> UInt128(bit)) & 1)
            if carry != 0 || remainder >= divisor {
                remainder = remainder &- divisor
                quotient |= 1 << UInt128(bit)
            }
        }
        return (quotient, remainder)
    }
}
