// Quotients and remainders of decimals.

extension Decimal {
    /// The power of 10,000 of the first of the groups of four digits that PostgreSQL counts in.
    var weightInGroups: Int {
        guard !unscaled.isZero else { return 0 }
        return Self.weightInGroups(unscaled.magnitude.digitCount - Int(scale) - 1)
    }

    /// The power of 10,000 of the group that has the digit of a power of 10.
    private static func weightInGroups(_ exponent: Int) -> Int {
        exponent >= 0 ? exponent / 4 : -((3 - exponent) / 4)
    }

    /// The first group of four digits.
    private func firstGroup(weight: Int) -> UInt128 {
        guard !unscaled.isZero else { return 0 }
        let shift = Int(scale) + weight * 4
        let value = unscaled.magnitude
        // Of four digits at most: neither the power nor the product leaves 128 bits.
        if shift <= 0 { return value.low &* UInt128(WideInteger.powerOfTen(min(-shift, 4))) }
        if value.high == 0 {
            return shift > 38 ? 0 : value.low / UInt128(WideInteger.powerOfTen(shift))
        }
        guard shift <= UInt256.mostDigits else { return 0 }
        return value.quotientAndRemainder(dividingBy: .powerOfTen(shift)).quotient.low
    }

    /// The scale PostgreSQL gives the quotient.
    private func quotientScale(dividingBy divisor: Decimal) -> Int {
        let (own, other) = (weightInGroups, divisor.weightInGroups)
        var weight = own - other
        if firstGroup(weight: own) <= divisor.firstGroup(weight: other) { weight -= 1 }
        let scale = Self.minimumSignificantDigits - weight * 4
        return min(max(scale, Int(self.scale), Int(divisor.scale), 0), Self.maximumScale)
    }

    /// The quotient, rounded half away from zero.
    ///
    /// - Throws: 22012 for a zero divisor, 22003 beyond 76 digits before the point.
    package func divided(by other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        if other.unscaled.isZero { throw DemetraError(.divisionByZero, "division by zero") }
        var scale = quotientScale(dividingBy: other)
        if unscaled.isZero { return Decimal(unscaled: Int256(0), scale: scale) }
        let isNegative = unscaled.isNegative != other.unscaled.isNegative
        let (dividend, divisor) = (unscaled.magnitude, other.unscaled.magnitude)
        // self / other = dividend * 10^shift / divisor * 10^-scale
        let shift = scale + Int(other.scale) - Int(self.scale)
        if divisor.high == 0, shift >= 0, shift <= 38 || dividend.high == 0,
            let quotient = dividend.scaled(byPowerOfTen: shift)?
                .rounded(dividingBy: divisor.low)
        {
            return Decimal(
                unscaled: Int256(UInt256(quotient), isNegative: isNegative), scale: scale)
        }
        // Digits of the quotient's whole part, or one too few.
        let wholeDigits =
            dividend.digitCount - Int(self.scale) - (divisor.digitCount - Int(other.scale))
        scale = min(scale, Self.maximumPrecision - wholeDigits)
        while scale >= 0 {
            let shift = scale + Int(other.scale) - Int(self.scale)
            let quotient = Self.rounded(dividend, timesPowerOfTen: shift, dividedBy: divisor)
            if let quotient, quotient < Self.limit {
                return Decimal(unscaled: Int256(quotient, isNegative: isNegative), scale: scale)
            }
            scale -= 1
        }
        throw Self.overflow()
    }

    /// `dividend * 10^shift / divisor`, rounded half away from zero; nil when it leaves 256 bits.
    private static func rounded(
        _ dividend: UInt256, timesPowerOfTen shift: Int, dividedBy divisor: UInt256
    ) -> UInt256? {
        if shift >= 0 {
            return UInt512(dividend).scaled(byPowerOfTen: shift)?.rounded(dividingBy: divisor)
        }
        // A divisor beyond 256 bits is more than twice any dividend of 76 digits.
        guard let product = divisor.scaled(byPowerOfTen: -shift) else { return .zero }
        return dividend.rounded(dividingBy: product)
    }

    /// `dividend * 10^-places / divisor` with the scale of quotients, as a number of up to 512 bits at that scale,
    /// which is less where it has to be; for what is more than a decimal on the way to a result.
    ///
    /// - Parameter divisor: above zero.
    /// - Throws: 22003 when 512 bits are too few.
    package static func quotient(
        _ dividend: UInt512, places: Int, dividedBy divisor: Decimal
    ) throws(DemetraError) -> (magnitude: UInt512, scale: Int) {
        let own = weightInGroups(dividend.digitCount - places - 1)
        let other = divisor.weightInGroups
        let firstPlace = places + own * 4
        var first = dividend.dropping(digits: firstPlace).rest.low.low
        if firstPlace < 0 { first *= UInt128(WideInteger.powerOfTen(-firstPlace)) }
        var weight = own - other
        if first <= divisor.firstGroup(weight: other) { weight -= 1 }
        var scale = max(
            minimumSignificantDigits - weight * 4, places, Int(divisor.scale), 0)
        scale = min(scale, maximumScale)
        let magnitude = divisor.unscaled.magnitude
        while scale >= 0 {
            let shift = scale + Int(divisor.scale) - places
            let scaled =
                shift >= 0
                ? dividend.scaled(byPowerOfTen: shift) : dividend.dropping(digits: -shift).rest
            if let scaled {
                let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: magnitude)
                let isUp = remainder >= magnitude &- remainder
                return (isUp ? quotient &+ UInt512(UInt256(1)) : quotient, scale)
            }
            scale -= 1
        }
        throw overflow()
    }

    /// The remainder, with the sign of the dividend.
    ///
    /// - Throws: 22012 for a zero divisor.
    package func remainder(dividingBy other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        if other.unscaled.isZero { throw DemetraError(.divisionByZero, "division by zero") }
        let common = Int(max(scale, other.scale))
        if let left = unscaled.narrow, let right = other.unscaled.narrow,
            let dividend = WideInteger.scaled(left, byPowerOfTen: common - Int(scale)),
            let divisor = WideInteger.scaled(right, byPowerOfTen: common - Int(other.scale))
        {
            return Decimal(
                unscaled: Int128(truncatingIfNeeded: dividend.magnitude % divisor.magnitude)
                    * (dividend < 0 ? -1 : 1), scale: common)
        }
        let rest = wideRemainder(
            dividingBy: other.unscaled.magnitude, places: Int(other.scale) - Int(scale))
        return try Self.fitting(
            UInt512(rest), scale: common, isNegative: unscaled.isNegative)
    }

    /// The remainder of `magnitude * 10^places` by a divisor or, where places are below zero, of the magnitude by
    /// `divisor * 10^-places`.
    private func wideRemainder(dividingBy divisor: UInt256, places: Int) -> UInt256 {
        let dividend = unscaled.magnitude
        if places < 0 {
            // A divisor beyond 256 bits is beyond the dividend.
            guard let product = divisor.scaled(byPowerOfTen: -places) else { return dividend }
            return dividend.quotientAndRemainder(dividingBy: product).remainder
        }
        var rest = dividend.quotientAndRemainder(dividingBy: divisor).remainder
        var left = places
        while left > 0, !rest.isZero {
            let step = min(left, UInt256.mostDigits)
            rest =
                UInt512(multiplying: rest, by: .powerOfTen(step))
                .quotientAndRemainder(dividingBy: divisor).remainder
            left -= step
        }
        return rest
    }

    /// The quotient without its fraction.
    ///
    /// - Throws: 22012 for a zero divisor, 22003 beyond 76 digits.
    package func wholeQuotient(dividingBy other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        if other.unscaled.isZero { throw DemetraError(.divisionByZero, "division by zero") }
        let (dividend, divisor) = (unscaled.magnitude, other.unscaled.magnitude)
        let places = Int(other.scale) - Int(scale)
        var quotient: UInt256? = .zero
        if places >= 0 {
            quotient =
                UInt512(dividend).scaled(byPowerOfTen: places)?
                .quotientAndRemainder(dividingBy: divisor).quotient.narrow
        } else if let product = divisor.scaled(byPowerOfTen: -places) {
            quotient = dividend.quotientAndRemainder(dividingBy: product).quotient
        }
        guard let quotient, quotient < Self.limit else { throw Self.overflow() }
        let isNegative = unscaled.isNegative != other.unscaled.isNegative
        return Decimal(unscaled: Int256(quotient, isNegative: isNegative), scale: 0)
    }

    /// The greatest number of which both are whole multiples; not below zero.
    package func greatestCommonDivisor(_ other: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || other.isNaN { return .notANumber }
        var (left, right) = (magnitude, other.magnitude)
        while !right.unscaled.isZero {
            (left, right) = (right, try left.remainder(dividingBy: right))
        }
        return left.extended(to: Int(max(scale, other.scale)))
    }

    /// The least number that is a whole multiple of both; not below zero.
    ///
    /// - Throws: 22003 beyond 76 digits before the point.
    package func leastCommonMultiple(_ other: Decimal) throws(DemetraError) -> Decimal {
        let divisor = try greatestCommonDivisor(other)
        if divisor.isNaN || unscaled.isZero || other.unscaled.isZero {
            return divisor.isNaN
                ? divisor
                : Decimal.zero.extended(to: Int(max(scale, other.scale)))
        }
        return try magnitude.wholeQuotient(dividingBy: divisor).multiplied(by: other.magnitude)
            .extended(to: Int(max(scale, other.scale)))
    }

    /// Negative, zero or positive as this number is less than, equal to or greater than the other;
    /// NaN equals itself and is the greatest.
    package func compare(_ other: Decimal) -> Int {
        if isNaN || other.isNaN { return isNaN ? (other.isNaN ? 0 : 1) : -1 }
        if scale == other.scale {
            return unscaled < other.unscaled ? -1 : (unscaled == other.unscaled ? 0 : 1)
        }
        let (own, its) = (unscaled.signum, other.unscaled.signum)
        if own != its || own == 0 { return (own - its).signum() }
        // The side with fewer digits behind the point is scaled up; if that leaves its bits it is the one further
        // from zero.
        let isLeftShorter = scale < other.scale
        let (short, long) = isLeftShorter ? (self, other) : (other, self)
        let places = Int(long.scale - short.scale)
        let order: Int
        if let coarse = short.unscaled.narrow, let fine = long.unscaled.narrow,
            let up = WideInteger.scaled(coarse, byPowerOfTen: places)
        {
            order = up < fine ? -1 : (up == fine ? 0 : 1)
        } else if let up = short.unscaled.magnitude.scaled(byPowerOfTen: places) {
            let fine = long.unscaled.magnitude
            order = (up < fine ? -1 : (up == fine ? 0 : 1)) * own
        } else {
            order = own
        }
        return isLeftShorter ? order : -order
    }
}
