/// An unsigned whole number of 256 bits: the digits of a decimal without their sign.
@usableFromInline
package struct UInt256: Sendable, Hashable, BitwiseCopyable {
    /// The upper half.
    @usableFromInline package let high: UInt128
    /// The lower half.
    @usableFromInline package let low: UInt128

    /// Makes a number of its halves.
    @inlinable
    package init(high: UInt128, low: UInt128) { (self.high, self.low) = (high, low) }

    /// A number of 128 bits.
    @inlinable
    package init(_ low: UInt128) { (self.high, self.low) = (0, low) }

    /// The whole product.
    package init(multiplying left: UInt128, by right: UInt128) {
        if left.leadingZeroBitCount + right.leadingZeroBitCount >= 128 {
            (high, low) = (0, left &* right)
        } else {
            (high, low) = left.multipliedFullWidth(by: right)
        }
    }

    /// 0.
    package static let zero = UInt256(0)

    /// True for 0.
    @inlinable package var isZero: Bool { high == 0 && low == 0 }

    /// Bits without zeros in front.
    package var bitCount: Int {
        high == 0 ? 128 - low.leadingZeroBitCount : 256 - high.leadingZeroBitCount
    }

    /// Decimal digits; 0 for zero.
    package var digitCount: Int {
        if high == 0 { return WideInteger.digitCount(low) }
        // 1233 / 4096 is just above log10(2); the guess is right or one too small.
        let guess = (bitCount * 1_233) >> 12
        return guess > Self.mostDigits || self < Self.powerOfTen(guess) ? guess : guess + 1
    }

    /// The greatest power of ten in 256 bits.
    static let mostDigits = 77

    /// `10^digits` for 0...77.
    package static func powerOfTen(_ digits: Int) -> UInt256 { powers[digits] }

    private static let powers: [UInt256] = {
        var powers = [UInt256(1)]
        for _ in 0..<mostDigits {
            powers.append(powers[powers.count - 1].multiplied(by: 10).product)
        }
        return powers
    }()
}

extension UInt256 {
    /// The decimal digits, the most significant first; none for zero.
    package var digits: [UInt8] {
        var digits: [UInt8] = []
        func append(_ block: UInt128, _ count: Int) {
            var rest = UInt64(truncatingIfNeeded: block)
            for _ in 0..<count {
                digits.append(UInt8(truncatingIfNeeded: rest % 10))
                rest /= 10
            }
        }
        // 19 digits always fit 64 bits.
        let power = UInt256.powerOfTen(19)
        var rest = self
        while !(rest < power) {
            let (upper, lower) = rest.quotientAndRemainder(dividingBy: power)
            append(lower.low, 19)
            rest = upper
        }
        append(rest.low, rest.digitCount)
        return digits.reversed()
    }
}

extension UInt256: Comparable {
    /// True when the left number is less.
    @inlinable
    package static func < (left: UInt256, right: UInt256) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

extension UInt256: CustomStringConvertible {
    /// The decimal digits.
    @usableFromInline package var description: String {
        if high == 0 { return String(low) }
        let block = Self.powerOfTen(38)
        let (upper, lower) = quotientAndRemainder(dividingBy: block)
        let digits = String(lower.low)
        return upper.description + String(repeating: "0", count: 38 - digits.count) + digits
    }
}

extension UInt256 {
    /// The sum modulo `2^256`.
    @inlinable
    package static func &+ (left: UInt256, right: UInt256) -> UInt256 {
        let (low, carry) = left.low.addingReportingOverflow(right.low)
        return UInt256(high: left.high &+ right.high &+ (carry ? 1 : 0), low: low)
    }

    /// The difference modulo `2^256`.
    @inlinable
    package static func &- (left: UInt256, right: UInt256) -> UInt256 {
        let (low, borrow) = left.low.subtractingReportingOverflow(right.low)
        return UInt256(high: left.high &- right.high &- (borrow ? 1 : 0), low: low)
    }

    /// The sum, and whether it left 256 bits.
    package func addingReportingOverflow(_ other: UInt256) -> (sum: UInt256, overflow: Bool) {
        let sum = self &+ other
        return (sum, sum < self)
    }

    /// The lower 256 bits of the product, and what is above them.
    package func multiplied(by factor: UInt128) -> (product: UInt256, above: UInt128) {
        let lower = UInt256(multiplying: low, by: factor)
        guard high != 0 else { return (lower, 0) }
        let upper = UInt256(multiplying: high, by: factor)
        let (middle, carry) = upper.low.addingReportingOverflow(lower.high)
        return (UInt256(high: middle, low: lower.low), upper.high &+ (carry ? 1 : 0))
    }

    /// `self * 10^digits`, or nil when it leaves 256 bits.
    package func scaled(byPowerOfTen digits: Int) -> UInt256? {
        if isZero { return self }
        guard digits <= Self.mostDigits else { return nil }
        var result = self
        var rest = digits
        while rest > 0 {
            let step = min(rest, 38)
            let (product, above) = result.multiplied(by: UInt128(WideInteger.powerOfTen(step)))
            guard above == 0 else { return nil }
            result = product
            rest -= step
        }
        return result
    }

    /// Quotient and remainder; the divisor is not zero.
    package func quotientAndRemainder(
        dividingBy divisor: UInt256
    ) -> (quotient: UInt256, remainder: UInt256) {
        if self < divisor { return (.zero, self) }
        if high == 0 {
            let (quotient, remainder) = low.quotientAndRemainder(dividingBy: divisor.low)
            return (UInt256(quotient), UInt256(remainder))
        }
        let (quotient, remainder) = UInt512(self).quotientAndRemainder(dividingBy: divisor)
        return (quotient.low, remainder)
    }

    /// The quotient, halves rounded up; nil when it leaves 128 bits. The divisor is not zero.
    func rounded(dividingBy divisor: UInt128) -> UInt128? {
        guard high < divisor else { return nil }
        let (quotient, remainder) =
            high == 0
            ? low.quotientAndRemainder(dividingBy: divisor)
            : divisor.dividingFullWidth((high, low))
        guard remainder >= divisor - remainder else { return quotient }
        let (rounded, overflow) = quotient.addingReportingOverflow(1)
        return overflow ? nil : rounded
    }

    /// The quotient, halves rounded up. The divisor is not zero.
    func rounded(dividingBy divisor: UInt256) -> UInt256 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < divisor &- remainder ? quotient : quotient &+ UInt256(1)
    }
}
