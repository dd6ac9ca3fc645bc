// Arithmetic on decimals with the rounding and result scales of PostgreSQL's numeric.
//
// A result has at most 76 digits that count. One that needs more loses digits behind the point, rounded half
// away from zero; only a whole part of more than 76 digits is an error.
//
// Most numbers fit 128 bits: they take the short way, the others the long one behind it.
//
// Source: the numeric type's documentation, and the rule for the scale of quotients (at least 16
// significant digits, at least the scale of either operand) measured on PostgreSQL 15.

extension Decimal {
    /// Digits that count which a decimal can have.
    package static let maximumPrecision = 76
    /// Digits behind the point that a decimal can have.
    package static let maximumScale = 1_000
    static let minimumSignificantDigits = 16
    /// The least magnitude that has too many digits.
    static let limit = UInt256.powerOfTen(maximumPrecision)

    /// Zero without a fraction.
    package static let zero = Decimal(unscaled: Int256(0), scale: 0)

    /// A whole number.
    @inlinable
    package init(_ integer: Int64) { self.init(unscaled: Int128(integer), scale: 0) }

    /// The error for numbers of too many digits.
    package static func overflow() -> DemetraError {
        DemetraError(
            .numericValueOutOfRange, "value overflows numeric format",
            detail: "A numeric has at most \(maximumPrecision) digits here.")
    }

    /// The number `magnitude * 10^-scale` with as many digits behind the point as fit.
    ///
    /// - Throws: 22003 beyond 76 digits before the point.
    package static func fitting(
        _ magnitude: UInt512, scale: Int, isNegative: Bool
    ) throws(DemetraError) -> Decimal {
        if magnitude.isZero { return Decimal(unscaled: Int256(0), scale: min(scale, maximumScale)) }
        var excess = max(0, scale - maximumScale, magnitude.digitBound - maximumPrecision - 1)
        while excess <= scale {
            if let kept = magnitude.rounded(droppingDigits: excess), kept < limit {
                return Decimal(
                    unscaled: Int256(kept, isNegative: isNegative), scale: scale - excess)
            }
            excess += 1
        }
        throw overflow()
    }

    /// - Throws: 22003 beyond 76 digits before the point.
    package func adding(_ other: Decimal) throws(DemetraError) -> Decimal {
        if let left = unscaled.narrow, let right = other.unscaled.narrow, scale >= 0,
            other.scale >= 0
        {
            if scale == other.scale {
                let (sum, overflow) = left.addingReportingOverflow(right)
                if !overflow { return Decimal(unscaled: sum, scale: Int(scale)) }
            }
            let common = max(scale, other.scale)
            if let a = WideInteger.scaled(left, byPowerOfTen: Int(common - scale)),
                let b = WideInteger.scaled(right, byPowerOfTen: Int(common - other.scale))
            {
                let (sum, overflow) = a.addingReportingOverflow(b)
                if !overflow { return Decimal(unscaled: sum, scale: Int(common)) }
            }
        }
        if isNaN || other.isNaN { return .notANumber }
        return try addingWide(other)
    }

    private func addingWide(_ other: Decimal) throws(DemetraError) -> Decimal {
        if other.unscaled.isZero { return extended(to: Int(other.scale)) }
        if unscaled.isZero { return other.extended(to: Int(scale)) }
        let (short, long) = scale < other.scale ? (self, other) : (other, self)
        var common = Int(long.scale)
        var places = common - Int(short.scale)
        var fine = UInt512(long.unscaled.magnitude)
        // What is further behind than a number has digits decides about rounding alone.
        let beyond = places - UInt256.mostDigits
        if beyond > 0 {
            fine = fine.marked(droppingDigits: beyond)
            (common, places) = (common - beyond, UInt256.mostDigits)
        }
        guard let coarse = UInt512(short.unscaled.magnitude).scaled(byPowerOfTen: places) else {
            throw Self.overflow()
        }
        if short.unscaled.isNegative == long.unscaled.isNegative {
            return try Self.fitting(
                coarse &+ fine, scale: common, isNegative: long.unscaled.isNegative)
        }
        return coarse < fine
            ? try Self.fitting(
                fine &- coarse, scale: common, isNegative: long.unscaled.isNegative)
            : try Self.fitting(
                coarse &- fine, scale: common, isNegative: short.unscaled.isNegative)
    }

    /// The sum when it has a place for every digit, else nil; NaN with any number is NaN.
    package func addingExactly(_ other: Decimal) -> Decimal? {
        guard let sum = try? adding(other) else { return nil }
        return sum.isNaN || sum.scale == max(scale, other.scale) ? sum : nil
    }

    /// - Throws: 22003 beyond 76 digits before the point.
    package func subtracting(_ other: Decimal) throws(DemetraError) -> Decimal {
        try adding(other.negated)
    }

    /// The number with its sign turned.
    package var negated: Decimal {
        isNaN ? self : Decimal(unscaled: unscaled.negated, scale: Int(scale))
    }

    /// The number without its sign.
    package var magnitude: Decimal { unscaled.isNegative ? negated : self }

    /// The product, at the sum of the scales.
    ///
    /// - Throws: 22003 beyond 76 digits before the point.
    package func multiplied(by other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        let scale = Int(scale) + Int(other.scale)
        if let left = unscaled.narrow, let right = other.unscaled.narrow {
            let (product, overflow) = left.multipliedReportingOverflow(by: right)
            if !overflow, scale <= Self.maximumScale {
                return Decimal(unscaled: product, scale: scale)
            }
        }
        return try Self.fitting(
            UInt512(multiplying: unscaled.magnitude, by: other.unscaled.magnitude),
            scale: scale, isNegative: unscaled.isNegative != other.unscaled.isNegative)
    }
}
