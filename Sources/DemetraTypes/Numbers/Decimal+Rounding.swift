// Rounding and rescaling of decimals; halves go away from zero.

extension Decimal {
    /// The number with `digits` digits behind the point (before it when negative), rounded.
    package func rounded(to digits: Int) throws(DemetraError) -> Decimal {
        guard !isNaN else { return self }
        let kept = max(digits, 0)
        if kept >= Int(scale) {
            guard kept <= 38,
                let value = WideInteger.scaled(unscaled, byPowerOfTen: kept - Int(scale))
            else { return self }
            return Decimal(unscaled: value, scale: kept)
        }
        let cut = Int(scale) - digits
        guard cut <= 38 else { return Decimal(unscaled: 0, scale: kept) }
        let power = WideInteger.powerOfTen(cut)
        var (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: power)
        if remainder.magnitude >= power.magnitude - remainder.magnitude {
            quotient += unscaled < 0 ? -1 : 1
        }
        if digits < 0 {
            guard let value = WideInteger.scaled(quotient, byPowerOfTen: -digits) else {
                throw DemetraError(.numericValueOutOfRange, "value overflows numeric format")
            }
            return Decimal(unscaled: value, scale: 0)
        }
        return Decimal(unscaled: quotient, scale: kept)
    }

    /// The number cut off behind `digits` digits.
    package func truncated(to digits: Int) -> Decimal {
        guard !isNaN, digits < Int(scale) else { return self }
        let cut = Int(scale) - digits
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
                detail: "A field with precision \(modifier.precision), scale \(modifier.scale) must "
                    + "round to an absolute value less than 10^\(modifier.precision - modifier.scale).")
        }
        return rounded
    }

    /// Without zeros at the end of the fraction.
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
