extension Decimal {
    /// The square root, exact to its last digit, with the scale PostgreSQL gives it; halves go up.
    ///
    /// Fewer digits than PostgreSQL's where those would exceed the 38 a decimal holds.
    ///
    /// - Throws: 2201F for negative numbers.
    package func squareRoot() throws(DemetraError) -> Decimal {
        if isNaN { return .notANumber }
        guard unscaled >= 0 else {
            throw DemetraError(
                .invalidArgumentForPower, "cannot take square root of a negative number")
        }
        let wanted = Self.minimumSignificantDigits - (weightInGroups * 2 + 1)
        var digits = max(wanted, Int(scale), 0)
        while digits * 2 >= Int(scale) {
            // sqrt(unscaled * 10^-scale) = sqrt(unscaled * 10^(2 digits - scale)) * 10^-digits
            let shift = digits * 2 - Int(scale)
            if let radicand = WideInteger.scaled(unscaled, byPowerOfTen: shift) {
                let root = Self.roundedRoot(UInt128(radicand))
                return Decimal(unscaled: Int128(root), scale: digits)
            }
            if digits <= Self.maximumPrecision,
                let radicand = WideMagnitude(unscaled.magnitude).scaled(byPowerOfTen: shift),
                let root = radicand.roundedRoot, root < Self.limit
            {
                return Decimal(unscaled: Int128(root), scale: digits)
            }
            digits -= 1
        }
        // 38 digits and an odd number of them behind the point: the last is beyond what the root can show.
        return try rounded(to: Int(scale) - 1).squareRoot()
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

extension WideMagnitude {
    /// The whole number nearest to the square root; nil for roots of more than 126 bits.
    fileprivate var roundedRoot: UInt128? {
        guard high.leadingZeroBitCount >= 4, low > 0 || high > 0 else { return nil }
        // Newton from above, as for 128 bits; a quotient by what is not below the root fits 128 bits.
        let bits =
            high > 0 ? 256 - high.leadingZeroBitCount : 128 - low.leadingZeroBitCount
        var root = UInt128(1) << UInt128((bits + 1) / 2)
        while true {
            let next = (root + quotientAndRemainder(dividingBy: root).quotient) >> 1
            if next >= root { break }
            root = next
        }
        let rest = self - WideMagnitude(multiplying: root, by: root)
        return WideMagnitude(root) < rest ? root + 1 : root
    }
}
