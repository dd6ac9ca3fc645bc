/// An unsigned whole number of 512 bits: what a product of two decimals' digits can need.
package struct UInt512: Sendable, Hashable, BitwiseCopyable {
    /// The upper half.
    package let high: UInt256
    /// The lower half.
    package let low: UInt256

    /// Makes a number of its halves.
    package init(high: UInt256, low: UInt256) { (self.high, self.low) = (high, low) }

    /// A number of 256 bits.
    package init(_ low: UInt256) { (self.high, self.low) = (.zero, low) }

    /// The whole product.
    package init(multiplying left: UInt256, by right: UInt256) {
        let lower = left.multiplied(by: right.low)
        guard right.high != 0 else {
            self.init(high: UInt256(lower.above), low: lower.product)
            return
        }
        let upper = left.multiplied(by: right.high)
        let middle = UInt256(high: lower.above, low: lower.product.high)
        let (sum, carry) = middle.addingReportingOverflow(upper.product)
        self.init(
            high: UInt256(high: upper.above, low: sum.high)
                &+ UInt256(high: carry ? 1 : 0, low: 0),
            low: UInt256(high: sum.low, low: lower.product.low))
    }

    /// True for 0.
    package var isZero: Bool { high.isZero && low.isZero }

    /// The number when it fits 256 bits.
    package var narrow: UInt256? { high.isZero ? low : nil }

    /// Bits without zeros in front.
    package var bitCount: Int { high.isZero ? low.bitCount : 256 + high.bitCount }

    /// Decimal digits, exact or one too many.
    package var digitBound: Int { high.isZero ? low.digitCount : ((bitCount * 1_233) >> 12) + 1 }

    /// Decimal digits; 0 for zero.
    var digitCount: Int {
        let bound = digitBound
        return high.isZero || !dropping(digits: bound - 1).rest.isZero ? bound : bound - 1
    }
}

extension UInt512: Comparable {
    /// True when the left number is less.
    package static func < (left: UInt512, right: UInt512) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

extension UInt512 {
    /// The sum modulo `2^512`.
    package static func &+ (left: UInt512, right: UInt512) -> UInt512 {
        let (low, carry) = left.low.addingReportingOverflow(right.low)
        let high = left.high &+ right.high
        return UInt512(high: carry ? high &+ UInt256(1) : high, low: low)
    }

    /// The difference modulo `2^512`.
    package static func &- (left: UInt512, right: UInt512) -> UInt512 {
        let high = left.high &- right.high
        return UInt512(
            high: left.low < right.low ? high &- UInt256(1) : high, low: left.low &- right.low)
    }

    /// The sum, and whether it left 512 bits.
    package func addingReportingOverflow(_ other: UInt512) -> (sum: UInt512, overflow: Bool) {
        let sum = self &+ other
        return (sum, sum < self)
    }

    /// `self * factor`, or nil when it leaves 512 bits.
    package func multiplied(by factor: UInt256) -> UInt512? {
        let lower = UInt512(multiplying: low, by: factor)
        guard !high.isZero else { return lower }
        let upper = UInt512(multiplying: high, by: factor)
        let (middle, overflow) = upper.low.addingReportingOverflow(lower.high)
        guard upper.high.isZero, !overflow else { return nil }
        return UInt512(high: middle, low: lower.low)
    }

    /// `self * 10^digits`, or nil when it leaves 512 bits.
    package func scaled(byPowerOfTen digits: Int) -> UInt512? {
        if isZero || digits <= 0 { return self }
        // 10^154 is the greatest power in 512 bits.
        guard digits <= 2 * UInt256.mostDigits else { return nil }
        let step = min(digits, UInt256.mostDigits)
        guard let product = multiplied(by: UInt256.powerOfTen(step)) else { return nil }
        return product.scaled(byPowerOfTen: digits - step)
    }

    /// The number without its last decimal digits, and 1 in its last bit if they were not all zero: rounding what
    /// it gives at an even place rounds the exact number.
    package func marked(droppingDigits digits: Int) -> UInt512 {
        let (rest, isExact) = dropping(digits: digits)
        guard !isExact else { return rest }
        return UInt512(
            high: rest.high, low: UInt256(high: rest.low.high, low: rest.low.low | 1))
    }

    /// The number without its last decimal digits, and whether they were all zero.
    package func dropping(digits: Int) -> (rest: UInt512, isExact: Bool) {
        var (rest, left, isExact) = (self, digits, true)
        while left > 0, !rest.isZero {
            let step = min(left, UInt256.mostDigits)
            let (quotient, remainder) = rest.quotientAndRemainder(
                dividingBy: UInt256.powerOfTen(step))
            isExact = isExact && remainder.isZero
            (rest, left) = (quotient, left - step)
        }
        return (rest, isExact)
    }

    /// The number without its last decimal digits, halves rounded up; nil when that leaves 256 bits.
    package func rounded(droppingDigits digits: Int) -> UInt256? {
        guard digits > 0 else { return narrow }
        let last = min(digits, UInt256.mostDigits)
        return marked(droppingDigits: digits - last)
            .rounded(dividingBy: UInt256.powerOfTen(last))
    }

    /// The quotient, halves rounded up; nil when it leaves 256 bits. The divisor is not zero.
    package func rounded(dividingBy divisor: UInt256) -> UInt256? {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        guard let narrow = quotient.narrow else { return nil }
        guard remainder >= divisor &- remainder else { return narrow }
        let (rounded, overflow) = narrow.addingReportingOverflow(UInt256(1))
        return overflow ? nil : rounded
    }

    /// The whole number nearest to the square root; nil for roots of more than 254 bits.
    package var roundedRoot: UInt256? {
        guard bitCount <= 508 else { return nil }
        guard !isZero else { return .zero }
        // Newton from above: never below the root until it is reached.
        let bit = (bitCount + 1) / 2
        var root =
            bit < 128
            ? UInt256(UInt128(1) << UInt128(bit))
            : UInt256(high: UInt128(1) << UInt128(bit - 128), low: 0)
        while true {
            let quotient = quotientAndRemainder(dividingBy: root).quotient.low
            let next = (root &+ quotient).halved
            if next >= root { break }
            root = next
        }
        let rest = self &- UInt512(multiplying: root, by: root)
        return UInt512(root) < rest ? root &+ UInt256(1) : root
    }
}

extension UInt256 {
    fileprivate var halved: UInt256 { UInt256(high: high >> 1, low: low >> 1 | high << 127) }
}
