import DemetraTypes
import Glibc

// Exponentials, logarithms and powers of decimals, with the digits that PostgreSQL's numeric shows: at least 16
// that count, and at least the scale of each operand. Those that do not fit into 38 are left out.
//
// Source: the rules for scales were read off PostgreSQL 15, at the borders of each.

extension Decimal {
    private static let significantDigits = 16

    /// `e` to the power of the number.
    ///
    /// - Throws: 22003 beyond 38 digits.
    func exponential() throws(DemetraError) -> Decimal {
        if isNaN { return self }
        let number = FixedReal(unscaled.magnitude, dividedByPowerOfTen: Int(self.scale))
        let scale = max(Self.digits(ofExponential: doubleValue), Int(self.scale))
        return try Self.shown(
            try Self.exponential(number, isNegative: unscaled < 0), isNegative: false, scale: scale)
    }

    /// `e` to the power of a number, which is nil when it is huge.
    private static func exponential(
        _ number: FixedReal?, isNegative: Bool
    ) throws(DemetraError) -> ScaledReal {
        // No decimal is above e^88, or shows what is below e^-88.
        guard let number, number < FixedReal(whole: 100) else {
            guard isNegative else { throw tooLarge() }
            return ScaledReal(mantissa: .zero, exponent: 0)
        }
        return number.exponential(negated: isNegative)
    }

    /// Digits behind the point of `e` to the power of a number, so that enough of them count.
    private static func digits(ofExponential power: Double) -> Int {
        significantDigits - Int(min(max(power * M_LOG10E, -2000), 2000))
    }

    /// The number at a scale, or at the greatest at which it fits.
    private static func shown(
        _ number: ScaledReal, isNegative: Bool, scale: Int
    ) throws(DemetraError) -> Decimal {
        for digits in stride(from: min(scale, maximumPrecision), through: 0, by: -1) {
            let wide = WideReal(
                number.mantissa, multipliedBy: UInt128(WideInteger.powerOfTen(digits)))
            if let magnitude = wide.rounded(exponent: number.exponent),
                WideInteger.digitCount(magnitude) <= maximumPrecision
            {
                let unscaled = Int128(magnitude)
                return Decimal(unscaled: isNegative ? -unscaled : unscaled, scale: digits)
            }
        }
        throw tooLarge()
    }

    private static func tooLarge() -> DemetraError {
        DemetraError(
            .numericValueOutOfRange, "value overflows numeric format",
            detail: "A numeric has at most 38 digits here.")
    }

    // MARK: Logarithms

    /// The natural logarithm.
    ///
    /// - Throws: 2201E for zero and below.
    func naturalLogarithm() throws(DemetraError) -> Decimal {
        if isNaN { return self }
        try checkLogarithm()
        let (magnitude, isNegative) = logarithm
        let scale = max(Self.significantDigits - logarithmWeight, Int(self.scale), 0)
        return try Self.shown(
            ScaledReal(mantissa: magnitude, exponent: 0), isNegative: isNegative, scale: scale)
    }

    /// The logarithm to a base.
    ///
    /// - Throws: 2201E for zero and below, 22012 for the base 1.
    func logarithm(base: Decimal) throws(DemetraError) -> Decimal {
        if isNaN || base.isNaN { return .notANumber }
        try base.checkLogarithm()
        try checkLogarithm()
        let (own, other) = (logarithm, base.logarithm)
        guard !other.magnitude.isZero else {
            throw DemetraError(.divisionByZero, "division by zero")
        }
        guard let quotient = own.magnitude.divided(by: other.magnitude) else {
            throw Self.tooLarge()
        }
        let weight = logarithmWeight - base.logarithmWeight
        return try Self.shown(
            ScaledReal(mantissa: quotient, exponent: 0),
            isNegative: own.isNegative != other.isNegative,
            scale: max(Self.significantDigits - weight, Int(scale), Int(base.scale), 0))
    }

    private func checkLogarithm() throws(DemetraError) {
        guard unscaled <= 0 else { return }
        throw DemetraError(
            .invalidArgumentForLogarithm,
            "cannot take logarithm of \(unscaled == 0 ? "zero" : "a negative number")")
    }

    /// The natural logarithm of a number above zero.
    private var logarithm: (magnitude: FixedReal, isNegative: Bool) {
        if compare(Decimal(Int64(1))) == 0 { return (.zero, false) }
        let digits = FixedReal.logarithm(of: unscaled.magnitude)
        let places = FixedReal.ln10 * UInt64(scale)
        return digits < places ? (places - digits, true) : (digits - places, false)
    }

    /// About the power of ten of the natural logarithm's first digit.
    private var logarithmWeight: Int {
        let tenth = Decimal(unscaled: 1, scale: 1)
        let distance = (try? adding(Decimal(Int64(-1)))) ?? self
        // Near 1 the logarithm is as good as the distance from it.
        if distance.magnitude.compare(tenth) <= 0 {
            guard distance.unscaled != 0 else { return 0 }
            return WideInteger.digitCount(distance.unscaled.magnitude) - Int(distance.scale) - 1
        }
        return Int(log10(abs(log(doubleValue))))
    }

    // MARK: Powers

    /// The number to a power.
    ///
    /// - Throws: 2201F for a negative power of zero and for one of a negative number that is not whole, 22003 beyond
    ///   38 digits.
    func raised(to exponent: Decimal) throws(DemetraError) -> Decimal {
        let one = Decimal(Int64(1))
        if compare(one) == 0, exponent.isNaN { return one }
        if isNaN, exponent.unscaled == 0, !exponent.isNaN { return one }
        if isNaN || exponent.isNaN { return .notANumber }
        let power = exponent.trimmed
        try checkPower(power)
        if unscaled == 0, power.unscaled != 0 {
            return Decimal(unscaled: 0, scale: Self.significantDigits)
        }
        if power.scale == 0, Int32(exactly: power.unscaled) != nil {
            return try raised(toWhole: power.unscaled)
        }
        let (product, isSmall) = powerOfE(exponent)
        let weight = product.map { isSmall ? -$0.doubleValue : $0.doubleValue } ?? 0
        return try Self.shown(
            try Self.exponential(product, isNegative: isSmall),
            isNegative: unscaled < 0 && power.unscaled % 2 != 0,
            scale: max(Self.digits(ofExponential: weight), Int(scale), Int(exponent.scale)))
    }

    private func raised(toWhole power: Int128) throws(DemetraError) -> Decimal {
        let scale = max(Self.significantDigits, Int(self.scale))
        if let exact = exactPower(power) { return try exact.rounded(to: scale) }
        let (product, isSmall) = powerOfE(Decimal(unscaled: power, scale: 0))
        var result = try Self.exponential(product, isNegative: isSmall)
        // The power is rational and may lie just between two decimals: then it is rounded up.
        result.mantissa = result.mantissa + FixedReal.roundingMargin
        return try Self.shown(result, isNegative: unscaled < 0 && power % 2 != 0, scale: scale)
    }

    /// The number `p` with `e^p` the power, and whether it is below zero; nil when it is huge.
    private func powerOfE(_ exponent: Decimal) -> (magnitude: FixedReal?, isNegative: Bool) {
        let (log, isBelowOne) = magnitude.logarithm
        var product = WideReal(log, multipliedBy: exponent.unscaled.magnitude)
        product.divide(byPowerOfTen: Int(exponent.scale))
        return (product.fixed, isBelowOne != (exponent.unscaled < 0))
    }

    private func checkPower(_ power: Decimal) throws(DemetraError) {
        if unscaled == 0, power.unscaled < 0 {
            throw DemetraError(
                .invalidArgumentForPower, "zero raised to a negative power is undefined")
        }
        if unscaled < 0, power.scale > 0 {
            throw DemetraError(
                .invalidArgumentForPower,
                "a negative number raised to a non-integer power yields a complex result")
        }
    }

    /// The power with all its digits, if they fit.
    private func exactPower(_ power: Int128) -> Decimal? {
        guard power > 0 else { return power == 0 ? Decimal(Int64(1)) : nil }
        let base = trimmed
        let places = Int128(base.scale) * power
        guard places <= Int128(Self.maximumPrecision) else { return nil }
        if base.unscaled.magnitude == 1 {
            return Decimal(unscaled: power % 2 == 0 ? 1 : base.unscaled, scale: Int(places))
        }
        // Each factor is at least 2, and 127 bits are all there are.
        guard power < 127 else { return nil }
        var result: Int128 = 1
        for _ in 0..<power {
            let (product, overflow) = result.multipliedReportingOverflow(by: base.unscaled)
            if overflow { return nil }
            result = product
        }
        guard WideInteger.digitCount(result.magnitude) <= Self.maximumPrecision else { return nil }
        return Decimal(unscaled: result, scale: Int(places))
    }
}
