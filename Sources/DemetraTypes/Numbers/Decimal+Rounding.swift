// Rounding and rescaling of decimals; halves go away from zero.

extension Decimal {
    /// The number with `digits` digits behind the point (before it when negative), rounded.
    ///
    /// More digits than there is room for are not added.
    ///
    /// - Throws: 22003 when rounding needs a 39th digit before the point.
    package func rounded(to digits: Int) throws(DemetraError) -> Decimal {
        guard !isNaN else { return self }
        let kept = min(max(digits, 0), Self.maximumPrecision)
        if kept >= Int(scale), digits >= 0 { return extended(to: kept) }
        let cut = Int(scale) - max(digits, -39)
        guard cut <= 38 else { return Decimal(unscaled: 0, scale: kept) }
        let power = WideInteger.powerOfTen(cut)
        var (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: power)
        if remainder.magnitude >= power.magnitude - remainder.magnitude {
            quotient += unscaled < 0 ? -1 : 1
        }
        guard digits < 0 else { return Decimal(unscaled: quotient, scale: kept) }
        guard let value = WideInteger.scaled(quotient, byPowerOfTen: -digits),
            value.magnitude < Self.limit
        else { throw Self.overflow() }
        return Decimal(unscaled: value, scale: 0)
    }

    /// The same number with zeros behind it, as far as they fit.
    private func extended(to digits: Int) -> Decimal {
        let room = Self.maximumPrecision - WideInteger.digitCount(unscaled.magnitude)
        let added = max(0, min(digits - Int(scale), room))
        return Decimal(
            unscaled: unscaled * WideInteger.powerOfTen(added), scale: Int(scale) + added)
    }

    /// The number cut off behind `digits` digits.
    package func truncated(to digits: Int) -> Decimal {
        guard !isNaN else { return self }
        guard digits < Int(scale) else { return extended(to: min(digits, Self.maximumPrecision)) }
        let cut = Int(scale) - max(digits, -39)
        guard cut <= 38 else { return Decimal(unscaled: 0, scale: max(digits, 0)) }
        let quotient = unscaled / WideInteger.powerOfTen(cut)
        if digits < 0 {
            return Decimal(
                unscaled: WideInteger.scaled(quotient, byPowerOfTen: -digits) ?? 0, scale: 0)
        }
        return Decimal(unscaled: quotient, scale: digits)
    }

    /// The greatest whole number that is not greater.
    package var floor: Decimal { directed(up: false) }

    /// The least whole number that is not less.
    package var ceiling: Decimal { directed(up: true) }

    private func directed(up: Bool) -> Decimal {
        guard !isNaN, scale > 0 else { return self }
        let power = WideInteger.powerOfTen(Int(scale))
        let (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: power)
        if remainder == 0 { return Decimal(unscaled: quotient, scale: 0) }
        if up { return Decimal(unscaled: remainder > 0 ? quotient + 1 : quotient, scale: 0) }
        return Decimal(unscaled: remainder < 0 ? quotient - 1 : quotient, scale: 0)
    }

    /// The number as a `numeric(precision, scale)`.
    ///
    /// - Throws: 22003 when its whole part has too many digits.
    package func fitted(to modifier: NumericModifier) throws(DemetraError) -> Decimal {
        if isNaN {
            throw DemetraError(
                .featureNotSupported, "a numeric with precision cannot hold NaN",
                hint: "Use double precision, or NULL.")
        }
        let rounded = try rounded(to: modifier.scale)
        let limit = WideInteger.powerOfTen(modifier.precision)
        guard rounded.unscaled.magnitude < limit.magnitude, Int(rounded.scale) == modifier.scale
        else {
            throw DemetraError(
                .numericValueOutOfRange, "numeric field overflow",
                detail:
                    "A field with precision \(modifier.precision), scale \(modifier.scale) must "
                    + "round to an absolute value less than 10^\(modifier.precision - modifier.scale)."
            )
        }
        return rounded
    }

    /// Without zeros at the end of the fraction: equal numbers then have equal fields.
    package var trimmed: Decimal {
        guard !isNaN else { return self }
        var (value, digits) = (unscaled, Int(scale))
        while digits > 0, value % 10 == 0 {
            value /= 10
            digits -= 1
        }
        return Decimal(unscaled: value, scale: digits)
    }
}
