// Arithmetic on decimals with the rounding and result scales of PostgreSQL's numeric.
//
// A result has at most 38 digits. One that needs more loses digits behind the point, rounded half
// away from zero; only a whole part of more than 38 digits is an error.
//
// Source: the numeric type's documentation, and the rule for the scale of quotients (at least 16
// significant digits, at least the scale of either operand) measured on PostgreSQL 15.

extension Decimal {
    /// Digits a decimal can have.
    package static let maximumPrecision = 38
    static let minimumSignificantDigits = 16
    /// The least magnitude that has too many digits.
    static let limit = UInt128(100_000_000_000_000_000_000_000_000_000_000_000_000)

    /// Zero without a fraction.
    package static let zero = Decimal(unscaled: 0, scale: 0)

    /// A whole number.
    package init(_ integer: Int64) { self.init(unscaled: Int128(integer), scale: 0) }

    static func overflow() -> DemetraError {
        DemetraError(
            .numericValueOutOfRange, "value overflows numeric format",
            detail: "A numeric has at most 38 digits here.")
    }

    /// The number `magnitude * 10^-scale` with as many digits behind the point as fit.
    static func fitting(
        _ magnitude: WideMagnitude, scale: Int, isNegative: Bool
    ) throws(DemetraError) -> Decimal {
        var excess = max(0, scale - maximumPrecision, magnitude.digitBound - maximumPrecision - 1)
        while excess <= scale {
            if let kept = magnitude.dropping(digits: excess), kept < limit {
                let unscaled = Int128(truncatingIfNeeded: kept)
                return Decimal(unscaled: isNegative ? -unscaled : unscaled, scale: scale - excess)
            }
            excess += 1
        }
        throw overflow()
    }

    /// - Throws: 22003 beyond 38 digits before the point.
    package func adding(_ other: Decimal) throws(DemetraError) -> Decimal {
        if scale == other.scale, scale >= 0 {
            let (sum, overflow) = unscaled.addingReportingOverflow(other.unscaled)
            if !overflow, sum.magnitude < Self.limit {
                return Decimal(unscaled: sum, scale: Int(scale))
            }
        }
        if isNaN || other.isNaN { return .notANumber }
        let common = max(scale, other.scale)
        if let a = WideInteger.scaled(unscaled, byPowerOfTen: Int(common - scale)),
            let b = WideInteger.scaled(other.unscaled, byPowerOfTen: Int(common - other.scale))
        {
            let (sum, overflow) = a.addingReportingOverflow(b)
            if !overflow, sum.magnitude < Self.limit {
                return Decimal(unscaled: sum, scale: Int(common))
            }
        }
        return try addingWide(other, scale: Int(common))
    }

    private func addingWide(_ other: Decimal, scale common: Int) throws(DemetraError) -> Decimal {
        let (isNegative, isOtherNegative) = (unscaled < 0, other.unscaled < 0)
        guard
            let a = WideMagnitude(unscaled.magnitude).scaled(byPowerOfTen: common - Int(scale)),
            let b = WideMagnitude(other.unscaled.magnitude).scaled(
                byPowerOfTen: common - Int(other.scale))
        else { throw Self.overflow() }
        if isNegative == isOtherNegative {
            return try Self.fitting(a + b, scale: common, isNegative: isNegative)
        }
        return a < b
            ? try Self.fitting(b - a, scale: common, isNegative: isOtherNegative)
            : try Self.fitting(a - b, scale: common, isNegative: isNegative)
    }

    /// - Throws: 22003 beyond 38 digits before the point.
    package func subtracting(_ other: Decimal) throws(DemetraError) -> Decimal {
        try adding(other.negated)
    }

    /// The number with its sign turned.
    package var negated: Decimal {
        isNaN ? self : Decimal(unscaled: 0 &- unscaled, scale: Int(scale))
    }

    /// The number without its sign.
    package var magnitude: Decimal { unscaled < 0 ? negated : self }

    /// The product, at the sum of the scales.
    ///
    /// - Throws: 22003 beyond 38 digits before the point.
    package func multiplied(by other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        let scale = Int(scale) + Int(other.scale)
        let (product, overflow) = unscaled.multipliedReportingOverflow(by: other.unscaled)
        if !overflow, scale <= Self.maximumPrecision, product.magnitude < Self.limit {
            return Decimal(unscaled: product, scale: scale)
        }
        return try Self.fitting(
            WideMagnitude(multiplying: unscaled.magnitude, by: other.unscaled.magnitude),
            scale: scale, isNegative: (unscaled < 0) != (other.unscaled < 0))
    }

    /// The power of 10,000 of the first of the groups of four digits that PostgreSQL counts in.
    var weightInGroups: Int {
        guard unscaled != 0 else { return 0 }
        let exponent = WideInteger.digitCount(unscaled.magnitude) - Int(scale) - 1
        return exponent >= 0 ? exponent / 4 : -((3 - exponent) / 4)
    }

    /// The first group of four digits.
    private func firstGroup(weight: Int) -> UInt128 {
        let shift = Int(scale) + weight * 4
        let value = unscaled.magnitude
        if shift <= 0 { return value &* UInt128(WideInteger.powerOfTen(-shift)) }
        return shift > 38 ? 0 : value / UInt128(WideInteger.powerOfTen(shift))
    }

    /// The scale PostgreSQL gives the quotient.
    private func quotientScale(dividingBy divisor: Decimal) -> Int {
        let (own, other) = (weightInGroups, divisor.weightInGroups)
        var weight = own - other
        if firstGroup(weight: own) <= divisor.firstGroup(weight: other) { weight -= 1 }
        let scale = Self.minimumSignificantDigits - weight * 4
        return min(max(scale, Int(self.scale), Int(divisor.scale), 0), Self.maximumPrecision)
    }

    /// The quotient, rounded half away from zero.
    ///
    /// - Throws: 22012 for a zero divisor, 22003 beyond 38 digits before the point.
    package func divided(by other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        if other.unscaled == 0 { throw DemetraError(.divisionByZero, "division by zero") }
        var scale = quotientScale(dividingBy: other)
        let isNegative = (unscaled < 0) != (other.unscaled < 0)
        let (dividend, divisor) = (unscaled.magnitude, other.unscaled.magnitude)
        // Digits of the quotient's whole part, or one too few.
        let wholeDigits =
            WideInteger.digitCount(dividend) - Int(self.scale)
            - (WideInteger.digitCount(divisor) - Int(other.scale))
        scale = min(scale, Self.maximumPrecision - wholeDigits)
        while scale >= 0 {
            // self / other = dividend * 10^shift / divisor * 10^-scale
            let shift = scale + Int(other.scale) - Int(self.scale)
            let quotient =
                shift >= 0
                ? WideMagnitude(dividend).scaled(byPowerOfTen: shift)?.divided(by: divisor)
                : Self.quotient(dividend, by: divisor, timesPowerOfTen: -shift)
            if let quotient, quotient < Self.limit {
                let result = Int128(truncatingIfNeeded: quotient)
                return Decimal(unscaled: isNegative ? -result : result, scale: scale)
            }
            scale -= 1
        }
        throw Self.overflow()
    }

    /// `dividend / (divisor * 10^digits)`, rounded half away from zero.
    private static func quotient(
        _ dividend: UInt128, by divisor: UInt128, timesPowerOfTen digits: Int
    ) -> UInt128 {
        let power = UInt128(WideInteger.powerOfTen(min(digits, 38)))
        let (product, overflow) = divisor.multipliedReportingOverflow(by: power)
        // A divisor beyond 128 bits is more than twice any dividend of 38 digits.
        return overflow ? 0 : WideMagnitude(dividend).divided(by: product) ?? 0
    }

    /// The remainder, with the sign of the dividend.
    ///
    /// - Throws: 22012 for a zero divisor, 22003 beyond 38 digits.
    package func remainder(dividingBy other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        if other.unscaled == 0 { throw DemetraError(.divisionByZero, "division by zero") }
        let common = Int(max(scale, other.scale))
        let divisor = WideMagnitude(other.unscaled.magnitude).scaled(
            byPowerOfTen: common - Int(other.scale))
        guard
            let dividend = WideMagnitude(unscaled.magnitude).scaled(
                byPowerOfTen: common - Int(scale)), let divisor
        else { throw Self.overflow() }
        // Only one side was scaled, so a divisor beyond 128 bits is beyond the dividend.
        let rest =
            divisor.high == 0
            ? WideMagnitude(dividend.remainder(dividingBy: divisor.low)) : dividend
        return try Self.fitting(rest, scale: common, isNegative: unscaled < 0)
    }

    /// Negative, zero or positive as this number is less than, equal to or greater than the other;
    /// NaN equals itself and is the greatest.
    package func compare(_ other: Decimal) -> Int {
        if isNaN || other.isNaN { return isNaN ? (other.isNaN ? 0 : 1) : -1 }
        if scale == other.scale {
            return unscaled < other.unscaled ? -1 : (unscaled > other.unscaled ? 1 : 0)
        }
        if (unscaled < 0) != (other.unscaled < 0) { return unscaled < 0 ? -1 : 1 }
        // The side with fewer digits behind the point is scaled up; if that leaves 128 bits it is
        // the one further from zero.
        let isLeftShorter = scale < other.scale
        let (short, long) = isLeftShorter ? (self, other) : (other, self)
        guard
            let up = WideInteger.scaled(
                short.unscaled, byPowerOfTen: Int(long.scale - short.scale))
        else { return (short.unscaled < 0) == isLeftShorter ? -1 : 1 }
        let order = up < long.unscaled ? -1 : (up > long.unscaled ? 1 : 0)
        return isLeftShorter ? order : -order
    }
}
