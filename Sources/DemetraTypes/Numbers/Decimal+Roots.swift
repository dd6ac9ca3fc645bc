extension Decimal {
    /// The square root, exact to its last digit, with the scale PostgreSQL gives it; halves go up.
    ///
    /// Fewer digits than PostgreSQL's where those would exceed the 76 a decimal holds.
    ///
    /// - Throws: 2201F for negative numbers.
    package func squareRoot() throws(DemetraError) -> Decimal {
        if isNaN { return .notANumber }
        guard !unscaled.isNegative else {
            throw DemetraError(
                .invalidArgumentForPower, "cannot take square root of a negative number")
        }
        let wanted = Self.minimumSignificantDigits - (weightInGroups * 2 + 1)
        var digits = min(max(wanted, Int(scale), 0), Self.maximumScale)
        if unscaled.isZero { return Decimal(unscaled: Int256(0), scale: digits) }
        while digits * 2 >= Int(scale) {
            // sqrt(unscaled * 10^-scale) = sqrt(unscaled * 10^(2 digits - scale)) * 10^-digits
            let shift = digits * 2 - Int(scale)
            if let narrow = unscaled.narrow,
                let radicand = WideInteger.scaled(narrow, byPowerOfTen: shift)
            {
                let root = Self.roundedRoot(UInt128(radicand))
                return Decimal(unscaled: Int128(root), scale: digits)
            }
            let magnitude = UInt512(unscaled.magnitude)
            if let root = Self.root(magnitude, scale: Int(scale), digits: digits) { return root }
            digits -= 1
        }
        // All digits and an odd number of them behind the point: the last is beyond what the root can show.
        return try rounded(to: Int(scale) - 1).squareRoot()
    }

    /// The square root of `magnitude * 10^-scale` with up to so many digits behind the point.
    ///
    /// - Throws: 22003 when its whole part has more than 76 digits.
    package static func squareRoot(
        _ magnitude: UInt512, scale: Int, digits: Int
    ) throws(DemetraError) -> Decimal {
        var digits = digits
        while digits >= 0, digits * 2 >= scale {
            if let root = root(magnitude, scale: scale, digits: digits) { return root }
            digits -= 1
        }
        guard digits >= 0 else { throw overflow() }
        // The last digits are beyond what the root can show.
        return try squareRoot(
            magnitude.marked(droppingDigits: scale - digits * 2), scale: digits * 2, digits: digits)
    }

    /// The square root with `digits` digits behind the point; nil when those are too many.
    private static func root(_ magnitude: UInt512, scale: Int, digits: Int) -> Decimal? {
        guard let radicand = magnitude.scaled(byPowerOfTen: digits * 2 - scale),
            let root = radicand.roundedRoot, root < limit
        else { return nil }
        return Decimal(unscaled: Int256(root, isNegative: false), scale: digits)
    }

    /// The whole number nearest to the square root.
    private static func roundedRoot(_ value: UInt128) -> UInt128 {
        guard value > 0 else { return 0 }
        // Newton from above: never below the root until it is reached.
        let bits = UInt128.bitWidth - value.leadingZeroBitCount
        var root = UInt128(1) << UInt128((bits + 1) / 2)
        while true {
            let next = (root + value / root) >> 1
            if next >= root { break }
            root = next
        }
        return value - root * root > root ? root + 1 : root
    }
}
