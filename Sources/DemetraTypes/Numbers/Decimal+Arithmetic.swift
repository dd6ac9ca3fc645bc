// Arithmetic on decimals with the rounding and result scales of PostgreSQL's numeric.
//
// Source: the numeric type's documentation, and the rule for the scale of quotients (at least 16
// significant digits, at least the scale of either operand) measured on PostgreSQL 15.

extension Decimal {
    /// Digits a decimal can have.
    package static let maximumPrecision = 38
    private static let minimumSignificantDigits = 16

    package static let zero = Decimal(unscaled: 0, scale: 0)

    /// A whole number.
    package init(_ integer: Int64) { self.init(unscaled: Int128(integer), scale: 0) }

    private static func overflow() -> DemetraError {
        DemetraError(
            .numericValueOutOfRange, "value overflows numeric format",
            detail: "A numeric has at most 38 digits here.")
    }

    /// Both numbers at the larger of their scales.
    private static func aligned(
        _ left: Decimal, _ right: Decimal
    ) throws(DemetraError) -> (Int128, Int128, Int) {
        let scale = max(left.scale, right.scale)
        guard
            let a = WideInteger.scaled(left.unscaled, byPowerOfTen: Int(scale - left.scale)),
            let b = WideInteger.scaled(right.unscaled, byPowerOfTen: Int(scale - right.scale))
        else { throw overflow() }
        return (a, b, Int(scale))
    }

    /// - Throws: 22003 beyond 38 digits.
    package func adding(_ other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        let (a, b, scale) = try Self.aligned(self, other)
        let (sum, overflow) = a.addingReportingOverflow(b)
        if overflow { throw Self.overflow() }
        return Decimal(unscaled: sum, scale: scale)
    }

    /// - Throws: 22003 beyond 38 digits.
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
    /// - Throws: 22003 beyond 38 digits.
    package func multiplied(by other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        var scale = Int(scale) + Int(other.scale)
        let (product, overflow) = unscaled.multipliedReportingOverflow(by: other.unscaled)
        if !overflow, scale <= Self.maximumPrecision {
            return Decimal(unscaled: product, scale: scale)
        }
        // Digits behind the point give way to digits before it.
        var divisor: Int128 = 1
        while scale > 0 {
            divisor *= 10
            scale -= 1
            if let result = WideInteger.multiply(unscaled, other.unscaled, dividedBy: divisor),
                scale <= Self.maximumPrecision
            {
                return Decimal(unscaled: result, scale: scale)
            }
            if divisor >= WideInteger.powerOfTen(37) { break }
        }
        throw Self.overflow()
    }

    /// Decimal digits before the point minus one, in groups of four as PostgreSQL counts them.
    private var weightInGroups: Int {
        guard unscaled != 0 else { return 0 }
        var digits = 0
        var rest = unscaled.magnitude
        while rest > 0 {
            rest /= 10
            digits += 1
        }
        let integerDigits = digits - Int(scale)
        return integerDigits > 0
            ? (integerDigits - 1) / 4 : -((-integerDigits) / 4 + 1)
    }

    /// The first group of four digits.
    private var firstGroup: Int128 {
        guard unscaled != 0 else { return 0 }
        let shift = Int(scale) + weightInGroups * 4
        var value = Int128(unscaled.magnitude)
        if shift > 0 {
            value /= WideInteger.powerOfTen(min(shift, 38))
        } else if shift < 0 {
            value = WideInteger.scaled(value, byPowerOfTen: -shift) ?? value
        }
        return value
    }

    /// The scale PostgreSQL gives the quotient.
    private func quotientScale(dividingBy divisor: Decimal) -> Int {
        var weight = weightInGroups - divisor.weightInGroups
        if firstGroup <= divisor.firstGroup { weight -= 1 }
        var scale = Self.minimumSignificantDigits - weight * 4
        scale = max(scale, Int(self.scale), Int(divisor.scale), 0)
        return min(scale, Self.maximumPrecision)
    }

    /// The quotient, rounded half away from zero.
    ///
    /// - Throws: 22012 for a zero divisor, 22003 beyond 38 digits.
    package func divided(by other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        if other.unscaled == 0 { throw DemetraError(.divisionByZero, "division by zero") }
        var scale = quotientScale(dividingBy: other)
        while scale >= 0 {
            // self / other = unscaled * 10^(scale + other.scale - self.scale) / other.unscaled
            let shift = scale + Int(other.scale) - Int(self.scale)
            if shift >= 0, shift <= 38,
                let result = WideInteger.multiply(
                    unscaled, WideInteger.powerOfTen(shift), dividedBy: other.unscaled)
            {
                return Decimal(unscaled: result, scale: scale)
            }
            if shift < 0, shift >= -38,
                let divisor = WideInteger.scaled(other.unscaled, byPowerOfTen: -shift),
                let result = WideInteger.multiply(unscaled, 1, dividedBy: divisor)
            {
                return Decimal(unscaled: result, scale: scale)
            }
            scale -= 1
        }
        throw Self.overflow()
    }

    /// The remainder, with the sign of the dividend.
    ///
    /// - Throws: 22012 for a zero divisor.
    package func remainder(dividingBy other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        if other.unscaled == 0 { throw DemetraError(.divisionByZero, "division by zero") }
        let (a, b, scale) = try Self.aligned(self, other)
        return Decimal(unscaled: b == -1 ? 0 : a % b, scale: scale)
    }

    /// Negative, zero or positive as this number is less than, equal to or greater than the other; NaN
    /// equals itself and is the greatest.
    package func compare(_ other: Decimal) -> Int {
        if isNaN || other.isNaN { return isNaN ? (other.isNaN ? 0 : 1) : -1 }
        if scale == other.scale {
            return unscaled < other.unscaled ? -1 : (unscaled > other.unscaled ? 1 : 0)
        }
        if (unscaled < 0) != (other.unscaled < 0) { return unscaled < 0 ? -1 : 1 }
        // The side with fewer digits behind the point is scaled up; if that leaves 128 bits it is the
        // one further from zero.
        let isLeftShorter = scale < other.scale
        let (short, long) = isLeftShorter ? (self, other) : (other, self)
        guard let up = WideInteger.scaled(short.unscaled, byPowerOfTen: Int(long.scale - short.scale))
        else { return (short.unscaled < 0) == isLeftShorter ? -1 : 1 }
        let order = up < long.unscaled ? -1 : (up > long.unscaled ? 1 : 0)
        return isLeftShorter ? order : -order
    }
}
