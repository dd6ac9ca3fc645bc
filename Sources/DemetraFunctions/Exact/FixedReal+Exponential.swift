import DemetraTypes
import Glibc

// The exponential function and its inverse, to some twenty bits less than there are.

/// `mantissa * 2^exponent`.
struct ScaledReal<let size: Int> {
    /// From 1 up to 2, or as good as; or 0.
    var mantissa: FixedReal<size>
    var exponent: Int

    /// The number as ten times itself, so often; a little less exact each time.
    mutating func multiply(byPowerOfTen digits: Int) {
        var rest = digits
        while rest > 0 {
            // 10^16 times a mantissa is less than 2^55.
            let step = min(rest, 16)
            mantissa = mantissa * UInt64(WideInteger.powerOfTen(step))
            let whole = mantissa.words[size - 1]
            if whole > 1 {
                let bits = 63 - whole.leadingZeroBitCount
                mantissa = mantissa.shifted(right: UInt64(bits))
                exponent += bits
            }
            rest -= step
        }
    }
}

extension FixedReal {
    /// The argument of the series is made so small that few terms are enough.
    private static var squarings: Int { size > 4 ? 16 : 8 }
    private static var terms: UInt64 { size > 4 ? 22 : 17 }

    /// `e` to the power of this number or, negated, of its opposite; less than 2^60.
    func exponential(negated: Bool) -> ScaledReal<size> {
        // e^x = 2^k * e^r with r from 0 up to ln 2.
        let ln2 = Self.ln2
        var count = UInt64(doubleValue / 0.693_147_180_559_945_3)
        if self < ln2 * count { count -= 1 }
        var rest = self - ln2 * count
        if !(rest < ln2) { (count, rest) = (count + 1, rest - ln2) }
        guard negated, !rest.isZero else {
            return ScaledReal(
                mantissa: rest.smallExponential, exponent: negated ? -Int(count) : Int(count))
        }
        return ScaledReal(mantissa: (ln2 - rest).smallExponential, exponent: -Int(count) - 1)
    }

    /// `e` to the power of this number, which is from 0 up to ln 2.
    private var smallExponential: Self {
        let part = shifted(right: UInt64(Self.squarings))
        var sum = Self.one
        for term in stride(from: Self.terms, through: 1, by: -1) {
            sum = Self.one + part * sum / term
        }
        for _ in 0..<Self.squarings { sum = sum * sum }
        return sum
    }

    /// The natural logarithm of a whole number above zero.
    static func logarithm(of number: UInt256) -> Self {
        let (mantissa, shift) = normalized(number)
        // The logarithm to double precision, and that of the ratio of the number to its power of e.
        let guess = Self(fraction: log(mantissa.doubleValue))
        let power = guess.exponential(negated: true)
        let product = mantissa * power.mantissa
        let ratio = power.exponent < 0 ? product.halved : product
        let whole = ln2 * UInt64(shift) + guess
        return ratio < one
            ? whole - seriesOfLogarithm(one - ratio, isBelowOne: true)
            : whole + seriesOfLogarithm(ratio - one, isBelowOne: false)
    }

    /// How far the logarithm of 1 + step, or of 1 - step, is from zero; the step is about 2^-50.
    private static func seriesOfLogarithm(_ step: Self, isBelowOne: Bool) -> Self {
        // ln(1 + x) = x - x^2 / 2 + x^3 / 3 - ...
        var (added, taken) = (step, zero)
        var power = step
        for term in 2...UInt64(fractionBits / 48) {
            power = power * step
            if isBelowOne || term % 2 == 1 {
                added = added + power / term
            } else {
                taken = taken + power / term
            }
        }
        return added - taken
    }
}
