// Rounding and rescaling of decimals; halves go away from zero.

extension Decimal {
    /// The number with `digits` digits behind the point (before it when negative), rounded.
    ///
    /// More digits than there is room for are not added.
    ///
    /// - Throws: 22003 when rounding needs a 77th digit before the point.
    package func rounded(to digits: Int) throws(DemetraError) -> Decimal {
        guard !isNaN else { return self }
        let kept = min(max(digits, 0), Self.maximumScale)
        if kept >= Int(scale), digits >= 0 { return extended(to: kept) }
        let cut = Int(scale) - max(digits, -Self.maximumPrecision - 1)
        guard cut <= Self.maximumPrecision else {
            return Decimal(unscaled: Int256(0), scale: kept)
        }
        let quotient = withoutDigits(cut, rounded: true)
        return digits < 0
            ? try quotient.multiplied(byPowerOfTen: -digits)
            : Decimal(unscaled: quotient.unscaled, scale: kept)
    }

    /// The digits without the last `cut`, as a whole number.
    private func withoutDigits(_ cut: Int, rounded: Bool) -> Decimal {
        if cut <= 38, let narrow = unscaled.narrow {
            let power = WideInteger.powerOfTen(cut)
            var (quotient, remainder) = narrow.quotientAndRemainder(dividingBy: power)
            if rounded, remainder.magnitude >= power.magnitude - remainder.magnitude {
                quotient += narrow < 0 ? -1 : 1
            }
            return Decimal(unscaled: quotient, scale: 0)
        }
        let (power, magnitude) = (UInt256.powerOfTen(cut), unscaled.magnitude)
        let quotient =
            rounded
            ? magnitude.rounded(dividingBy: power)
            : magnitude.quotientAndRemainder(dividingBy: power).quotient
        return Decimal(unscaled: Int256(quotient, isNegative: unscaled.isNegative), scale: 0)
    }

    /// A whole number with zeros behind it.
    private func multiplied(byPowerOfTen digits: Int) throws(DemetraError) -> Decimal {
        guard let product = unscaled.magnitude.scaled(byPowerOfTen: digits), product < Self.limit
        else { throw Self.overflow() }
        return Decimal(unscaled: Int256(product, isNegative: unscaled.isNegative), scale: 0)
    }

    /// The same number with zeros behind it up to a scale, as far as they fit.
    package func extended(to digits: Int) -> Decimal {
        let places = min(digits, Self.maximumScale) - Int(scale)
        guard places > 0 else { return self }
        if let narrow = unscaled.narrow,
            let product = WideInteger.scaled(narrow, byPowerOfTen: places)
        {
            return Decimal(unscaled: product, scale: Int(scale) + places)
        }
        let magnitude = unscaled.magnitude
        let added = min(places, Self.maximumPrecision - magnitude.digitCount)
        guard added > 0, let product = magnitude.scaled(byPowerOfTen: added) else { return self }
        return Decimal(
            unscaled: Int256(product, isNegative: unscaled.isNegative), scale: Int(scale) + added)
    }

    /// The number cut off behind `digits` digits.
    package func truncated(to digits: Int) -> Decimal {
        guard !isNaN else { return self }
        guard digits < Int(scale) else { return extended(to: digits) }
        let cut = Int(scale) - max(digits, -Self.maximumPrecision - 1)
        guard cut <= Self.maximumPrecision else {
            return Decimal(unscaled: Int256(0), scale: max(digits, 0))
        }
        let quotient = withoutDigits(cut, rounded: false)
        // What is cut off is not longer than before.
        if digits < 0 { return (try? quotient.multiplied(byPowerOfTen: -digits)) ?? .zero }
        return Decimal(unscaled: quotient.unscaled, scale: digits)
    }

    /// The greatest whole number that is not greater.
    package var floor: Decimal { directed(up: false) }

    /// The least whole number that is not less.
    package var ceiling: Decimal { directed(up: true) }

    private func directed(up: Bool) -> Decimal {
        guard !isNaN, scale > 0 else { return self }
        let whole = truncated(to: 0)
        guard unscaled.isNegative != up, compare(whole) != 0 else { return whole }
        // There was a fraction, so that the whole part has a digit less than the limit.
        return (try? whole.adding(Decimal(up ? 1 : -1))) ?? whole
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
        guard rounded.unscaled.magnitude < UInt256.powerOfTen(modifier.precision),
            Int(rounded.scale) == modifier.scale
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
        guard scale > 0 else { return isNaN ? .notANumber : self }
        if unscaled.isZero { return .zero }
        guard let narrow = unscaled.narrow else { return trimmedWide }
        if let short = Int64(exactly: narrow) {
            return Self.trimmed(short, Int(scale))
        }
        return Self.trimmed(narrow, Int(scale))
    }

    @inline(__always)
    private static func trimmed<Digits: FixedWidthInteger & SignedInteger>(
        _ digits: Digits, _ scale: Int
    ) -> Decimal {
        var (value, places) = (digits, scale)
        while places > 0, value % 10 == 0 {
            value /= 10
            places -= 1
        }
        return Decimal(unscaled: Int128(value), scale: places)
    }

    private var trimmedWide: Decimal {
        var (value, places) = (unscaled.magnitude, Int(scale))
        // By eight, then one by one.
        for step in [8, 1] {
            let power = UInt256.powerOfTen(step)
            while places >= step {
                let (quotient, remainder) = value.quotientAndRemainder(dividingBy: power)
                guard remainder.isZero else { break }
                (value, places) = (quotient, places - step)
            }
        }
        return Decimal(unscaled: Int256(value, isNegative: unscaled.isNegative), scale: places)
    }
}
