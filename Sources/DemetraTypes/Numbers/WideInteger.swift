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

    /// Decimal digits of a number; 0 for zero.
    package static func digitCount(_ value: UInt128) -> Int {
        guard value != 0 else { return 0 }
        // 1233 / 4096 is just above log10(2); the guess is right or one too small.
        let bits = 128 - value.leadingZeroBitCount
        let guess = (bits * 1_233) >> 12
        return guess > 38 || value < UInt128(powers[guess]) ? guess : guess + 1
    }

    /// `left * right / divisor`, rounded half away from zero; nil when the result leaves 128 bits.
    package static func multiply(
        _ left: Int128, _ right: Int128, dividedBy divisor: Int128
    ) -> Int128? {
        let product = WideMagnitude(multiplying: left.magnitude, by: right.magnitude)
        guard let quotient = product.divided(by: divisor.magnitude) else { return nil }
        return signed(quotient, ((left < 0) != (right < 0)) != (divisor < 0))
    }

    /// A magnitude with a sign, or nil when it leaves 128 bits.
    package static func signed(_ magnitude: UInt128, _ isNegative: Bool) -> Int128? {
        if isNegative {
            return magnitude <= UInt128(Int128.max) + 1
                ? Int128(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int128(exactly: magnitude)
    }
}

/// An unsigned number of 256 bits: what a product of two decimals' digits can need.
struct WideMagnitude {
    private(set) var high: UInt128
    private(set) var low: UInt128

    init(_ low: UInt128) { (self.high, self.low) = (0, low) }

    init(multiplying left: UInt128, by right: UInt128) {
        if left.leadingZeroBitCount + right.leadingZeroBitCount >= 128 {
            (high, low) = (0, left &* right)
        } else {
            (high, low) = left.multipliedFullWidth(by: right)
        }
    }

    /// `self * 10^digits`, or nil when it leaves 256 bits.
    func scaled(byPowerOfTen digits: Int) -> WideMagnitude? {
        var result = self
        var rest = digits
        while rest > 0 {
            let step = min(rest, 38)
            let power = UInt128(WideInteger.powerOfTen(step))
            let upper = WideMagnitude(multiplying: result.high, by: power)
            let lower = WideMagnitude(multiplying: result.low, by: power)
            let (high, overflow) = upper.low.addingReportingOverflow(lower.high)
            if overflow || upper.high != 0 { return nil }
            (result.high, result.low) = (high, lower.low)
            rest -= step
        }
        return result
    }

    /// The sum; neither side may use the highest bit.
    static func + (left: WideMagnitude, right: WideMagnitude) -> WideMagnitude {
        var sum = left
        let (low, carry) = left.low.addingReportingOverflow(right.low)
        sum.low = low
        sum.high = left.high &+ right.high &+ (carry ? 1 : 0)
        return sum
    }

    /// The difference; `left` must not be less.
    static func - (left: WideMagnitude, right: WideMagnitude) -> WideMagnitude {
        var difference = left
        let (low, borrow) = left.low.subtractingReportingOverflow(right.low)
        difference.low = low
        difference.high = left.high &- right.high &- (borrow ? 1 : 0)
        return difference
    }

    static func < (left: WideMagnitude, right: WideMagnitude) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    /// The quotient rounded half away from zero; nil when it leaves 128 bits.
    func divided(by divisor: UInt128) -> UInt128? {
        guard high < divisor else { return nil }
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        guard remainder >= divisor - remainder else { return quotient }
        let (rounded, overflow) = quotient.addingReportingOverflow(1)
        return overflow ? nil : rounded
    }

    /// Quotient and remainder; the quotient must fit 128 bits, that is `high < divisor`.
    func quotientAndRemainder(
        dividingBy divisor: UInt128
    ) -> (quotient: UInt128, remainder: UInt128) {
        high == 0
            ? low.quotientAndRemainder(dividingBy: divisor)
            : divisor.dividingFullWidth((high, low))
    }

    /// The remainder of any division.
    func remainder(dividingBy divisor: UInt128) -> UInt128 {
        WideMagnitude(high: high % divisor, low: low).quotientAndRemainder(dividingBy: divisor)
            .remainder
    }

    /// The number without its last `digits` decimal digits, rounded half away from zero; nil when
    /// that leaves 128 bits.
    func dropping(digits: Int) -> UInt128? {
        var rest = self
        var left = digits
        // More than 38 digits go in two steps; the first cuts off, and marks what it cut by an odd
        // last digit, so that the second still rounds the exact number.
        while left > 38 {
            let divisor = UInt128(WideInteger.powerOfTen(left - 38))
            let upper = rest.high / divisor
            let lower = WideMagnitude(high: rest.high % divisor, low: rest.low)
                .quotientAndRemainder(dividingBy: divisor)
            let mark: UInt128 = lower.remainder != 0 ? 1 : 0
            rest = WideMagnitude(high: upper, low: lower.quotient | mark)
            left = 38
        }
        return rest.divided(by: UInt128(WideInteger.powerOfTen(left)))
    }

    /// Decimal digits, exact or one too many.
    var digitBound: Int {
        if high == 0 { return WideInteger.digitCount(low) }
        return (((256 - high.leadingZeroBitCount) * 1_233) >> 12) + 1
    }

    init(high: UInt128, low: UInt128) { (self.high, self.low) = (high, low) }
}
