import DemetraTypes
import Glibc

// Exponentials, logarithms and powers of decimals, with the digits that PostgreSQL's numeric shows: at least 16
// that count, and at least the scale of each operand. Those that do not fit into 76 are left out.
//
// Results of up to 38 digits of numbers of up to 38 digits are computed at less than half the width.
//
// Source: the rules for scales were read off PostgreSQL 15, at the borders of each.

extension Decimal {
    private static let significantDigits = 16
    /// Digits up to which the narrow reals are exact, one less for the estimate of their number.
    private static let narrowDigits = 37

    /// `e` to the power of the number.
    ///
    /// - Throws: 22003 beyond 76 digits.
    func exponential() throws(DemetraError) -> Decimal {
        if isNaN { return self }
        let power = doubleValue
        let scale = max(Self.digits(ofExponential: power), Int(self.scale))
        return Self.isNarrow(self, scale: scale, logarithm: power)
            ? try exponential(FixedReal<4>.self, scale) : try exponential(FixedReal<7>.self, scale)
    }

    private func exponential<let size: Int>(
        _ type: FixedReal<size>.Type, _ scale: Int
    ) throws(DemetraError) -> Decimal {
        let number = FixedReal<size>(
            unscaled.magnitude, dividedByPowerOfTen: Int(self.scale))
        return try Self.shown(
            try Self.exponential(number, isNegative: unscaled.isNegative), isNegative: false,
            scale: scale)
    }

    /// True when narrow reals show the result, about `e^logarithm`, at a scale.
    private static func isNarrow(_ number: Decimal, scale: Int, logarithm: Double) -> Bool {
        number.unscaled.narrow != nil && scale <= narrowDigits
            && logarithm * M_LOG10E + Double(max(scale, 0)) < Double(narrowDigits)
    }

    /// `e` to the power of a number, which is nil when it is huge.
    private static func exponential<let size: Int>(
        _ number: FixedReal<size>?, isNegative: Bool
    ) throws(DemetraError) -> ScaledReal<size> {
        // No decimal is above e^175, or shows what is below e^-2400.
        guard let number, number < FixedReal(whole: isNegative ? 2_400 : 180) else {
            guard isNegative else { throw overflow() }
            return ScaledReal(mantissa: .zero, exponent: 0)
        }
        return number.exponential(negated: isNegative)
    }

    /// Digits behind the point of `e` to the power of a number, so that enough of them count.
    private static func digits(ofExponential power: Double) -> Int {
        significantDigits - Int(min(max(power * M_LOG10E, -2000), 2000))
    }

    /// The number at a scale, or at the greatest at which it fits.
    private static func shown<let size: Int>(
        _ number: ScaledReal<size>, isNegative: Bool, scale: Int
    ) throws(DemetraError) -> Decimal {
        let scale = min(max(scale, 0), maximumScale)
        guard !number.mantissa.isZero else { return Decimal(unscaled: Int256(0), scale: scale) }
        // Digits in front of the point, or one too few; below zero as many zeros behind it.
        let whole = log10(number.mantissa.doubleValue) + Double(number.exponent) * 0.301_029_995_664
        let most = min(scale, maximumPrecision - Int(whole.rounded(.down)))
        // Small numbers are made greater, so that the digits that count are in front.
        let excess = max(0, most - maximumPrecision)
        var number = number
        number.multiply(byPowerOfTen: excess)
        for digits in stride(from: most - excess, through: 0, by: -1) {
            let wide = WideReal<size>(number.mantissa, multipliedBy: .powerOfTen(digits))
            if let magnitude = wide.rounded(exponent: number.exponent),
                magnitude < .powerOfTen(maximumPrecision)
            {
                return Decimal(
                    unscaled: Int256(magnitude, isNegative: isNegative), scale: digits + excess)
            }
        }
        throw overflow()
    }

    // MARK: Logarithms

    /// The natural logarithm.
    ///
    /// - Throws: 2201E for zero and below.
    func naturalLogarithm() throws(DemetraError) -> Decimal {
        if isNaN { return self }
        try checkLogarithm()
        let scale = max(Self.significantDigits - logarithmWeight, Int(self.scale), 0)
        return Self.isNarrow(self, scale: scale, logarithm: 7)
            ? try naturalLogarithm(FixedReal<4>.self, scale)
            : try naturalLogarithm(FixedReal<7>.self, scale)
    }

    private func naturalLogarithm<let size: Int>(
        _ type: FixedReal<size>.Type, _ scale: Int
    ) throws(DemetraError) -> Decimal {
        let (magnitude, isNegative) = logarithm(type)
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
        let weight = logarithmWeight - base.logarithmWeight
        let scale = max(Self.significantDigits - weight, Int(scale), Int(base.scale), 0)
        let isNarrow =
            base.unscaled.narrow != nil && abs(weight) < 8
            && Self.isNarrow(self, scale: scale, logarithm: 20)
        return isNarrow
            ? try logarithm(FixedReal<4>.self, base, scale)
            : try logarithm(FixedReal<7>.self, base, scale)
    }

    private func logarithm<let size: Int>(
        _ type: FixedReal<size>.Type, _ base: Decimal, _ scale: Int
    ) throws(DemetraError) -> Decimal {
        let (own, other) = (logarithm(type), base.logarithm(type))
        guard !other.magnitude.isZero else {
            throw DemetraError(.divisionByZero, "division by zero")
        }
        // A base near 1 is made greater until the quotient has room in front of its point.
        let ratio = own.magnitude.doubleValue / other.magnitude.doubleValue
        let exponent = ratio < 0x1p60 ? 0 : Int(ratio.exponent) - 50
        var divisor = other.magnitude
        for _ in 0..<exponent { divisor = divisor + divisor }
        guard let quotient = own.magnitude.divided(by: divisor) else { throw Self.overflow() }
        return try Self.shown(
            ScaledReal(mantissa: quotient, exponent: exponent),
            isNegative: own.isNegative != other.isNegative, scale: scale)
    }

    private func checkLogarithm() throws(DemetraError) {
        guard unscaled.signum <= 0 else { return }
        throw DemetraError(
            .invalidArgumentForLogarithm,
            "cannot take logarithm of \(unscaled.isZero ? "zero" : "a negative number")")
    }

    /// The natural logarithm of a number above zero.
    private func logarithm<let size: Int>(
        _ type: FixedReal<size>.Type
    ) -> (magnitude: FixedReal<size>, isNegative: Bool) {
        if compare(Decimal(Int64(1))) == 0 { return (.zero, false) }
        let digits = FixedReal<size>.logarithm(of: unscaled.magnitude)
        let places = FixedReal<size>.ln10 * UInt64(scale)
        return digits < places ? (places - digits, true) : (digits - places, false)
    }

    /// About the power of ten of the natural logarithm's first digit.
    private var logarithmWeight: Int { logarithmWeight(roughLogarithm) }

    private func logarithmWeight(_ roughLogarithm: Double) -> Int {
        // Near 1 the logarithm is as good as the distance from it.
        if abs(roughLogarithm) < 0.11 {
            let distance = (try? adding(Decimal(Int64(-1)))) ?? self
            if distance.magnitude.compare(Decimal(unscaled: 1, scale: 1)) <= 0 {
                guard !distance.unscaled.isZero else { return 0 }
                return distance.unscaled.magnitude.digitCount - Int(distance.scale) - 1
            }
        }
        return Int(log10(abs(roughLogarithm)))
    }

    /// The natural logarithm of a number above zero to some digits, however small the number is.
    private var roughLogarithm: Double {
        if scale < 200 { return log(doubleValue) }
        let digits = Decimal(unscaled: unscaled, scale: 0)
        return log(digits.doubleValue) - Double(scale) * M_LN10
    }

    /// The natural logarithm of a power to the eight digits by which its scale is chosen.
    private func estimatedLogarithm(_ roughLogarithm: Double, ofPower power: Double) -> Double {
        let unit = pow(10, Double(max(8 - logarithmWeight(roughLogarithm), 0)))
        let logarithm = (roughLogarithm * unit).rounded() / unit
        return (logarithm * power * unit).rounded() / unit
    }

    // MARK: Powers

    /// The number to a power.
    ///
    /// - Throws: 2201F for a negative power of zero and for one of a negative number that is not whole, 22003 beyond
    ///   76 digits.
    func raised(to exponent: Decimal) throws(DemetraError) -> Decimal {
        let one = Decimal(Int64(1))
        if compare(one) == 0, exponent.isNaN { return one }
        if isNaN, exponent.unscaled.isZero, !exponent.isNaN { return one }
        if isNaN || exponent.isNaN { return .notANumber }
        let power = exponent.trimmed
        try checkPower(power)
        let whole = power.scale == 0 ? power.unscaled.narrow.flatMap { Int32(exactly: $0) } : nil
        if unscaled.isZero, !power.unscaled.isZero {
            return Decimal(
                unscaled: Int256(0),
                scale: max(Self.significantDigits, whole == nil ? 0 : Int(scale)))
        }
        if let whole { return try raised(toWhole: Int128(whole)) }
        let (rough, factor) = (magnitude.roughLogarithm, exponent.doubleValue)
        let logarithm = rough * factor
        let weight = magnitude.estimatedLogarithm(rough, ofPower: factor)
        let scale = max(Self.digits(ofExponential: weight), Int(scale), Int(exponent.scale))
        let isOdd = power.scale == 0 && power.unscaled.low & 1 == 1
        let isNarrow =
            exponent.unscaled.narrow != nil
            && Self.isNarrow(self, scale: scale, logarithm: logarithm)
        return isNarrow
            ? try realPower(
                FixedReal<4>.self, exponent, scale, isNegative: unscaled.isNegative && isOdd)
            : try realPower(
                FixedReal<7>.self, exponent, scale, isNegative: unscaled.isNegative && isOdd)
    }

    private func realPower<let size: Int>(
        _ type: FixedReal<size>.Type, _ exponent: Decimal, _ scale: Int, isNegative: Bool
    ) throws(DemetraError) -> Decimal {
        let (product, isSmall) = powerOfE(type, exponent)
        return try Self.shown(
            try Self.exponential(product, isNegative: isSmall), isNegative: isNegative,
            scale: scale)
    }

    private func raised(toWhole power: Int128) throws(DemetraError) -> Decimal {
        let scale = max(Self.significantDigits, Int(self.scale))
        if let exact = exactPower(power) { return try exact.rounded(to: scale) }
        let logarithm = magnitude.roughLogarithm * Double(power)
        return Self.isNarrow(self, scale: scale, logarithm: logarithm)
            ? try rationalPower(FixedReal<4>.self, power, scale)
            : try rationalPower(FixedReal<7>.self, power, scale)
    }

    private func rationalPower<let size: Int>(
        _ type: FixedReal<size>.Type, _ power: Int128, _ scale: Int
    ) throws(DemetraError) -> Decimal {
        let (product, isSmall) = powerOfE(type, Decimal(unscaled: power, scale: 0))
        var result = try Self.exponential(product, isNegative: isSmall)
        // The power is rational and may lie just between two decimals: then it is rounded up.
        result.mantissa = result.mantissa + FixedReal.roundingMargin
        return try Self.shown(
            result, isNegative: unscaled.isNegative && power % 2 != 0, scale: scale)
    }

    /// The number `p` with `e^p` the power, and whether it is below zero; nil when it is huge.
    private func powerOfE<let size: Int>(
        _ type: FixedReal<size>.Type, _ exponent: Decimal
    ) -> (magnitude: FixedReal<size>?, isNegative: Bool) {
        let (log, isBelowOne) = magnitude.logarithm(type)
        let isNegative = isBelowOne != exponent.unscaled.isNegative
        // What would leave the bits of the product is far beyond every power.
        guard abs(magnitude.roughLogarithm * exponent.doubleValue) < 10_000
        else { return (nil, isNegative) }
        var product = WideReal<size>(log, multipliedBy: exponent.unscaled.magnitude)
        product.divide(byPowerOfTen: Int(exponent.scale))
        return (product.fixed, isNegative)
    }

    private func checkPower(_ power: Decimal) throws(DemetraError) {
        if unscaled.isZero, power.unscaled.isNegative {
            throw DemetraError(
                .invalidArgumentForPower, "zero raised to a negative power is undefined")
        }
        if unscaled.isNegative, power.scale > 0 {
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
        guard places <= Int128(Self.maximumScale) else { return nil }
        let isNegative = base.unscaled.isNegative && power % 2 != 0
        let factor = base.unscaled.magnitude
        var result = UInt256(1)
        if factor != result {
            // Each factor is at least 2, and 253 bits are all there are.
            guard power < 253 else { return nil }
            for _ in 0..<power {
                guard
                    let product = UInt512(multiplying: result, by: factor).narrow,
                    product < .powerOfTen(Self.maximumPrecision)
                else { return nil }
                result = product
            }
        }
        return Decimal(unscaled: Int256(result, isNegative: isNegative), scale: Int(places))
    }
}
