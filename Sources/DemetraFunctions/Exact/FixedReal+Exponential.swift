import DemetraTypes
import Glibc

// The exponential function and its inverse, to about 180 bits.

/// `mantissa * 2^exponent`.
struct ScaledReal {
    /// From 1 up to 2, or as good as.
    var mantissa: FixedReal
    var exponent: Int
}

extension FixedReal {
    /// The argument of the series is made so small that 17 terms are enough.
    private static let squarings = 8
    private static let terms: UInt64 = 17

    /// `e` to the power of this number or, negated, of its opposite; less than 2^60.
    func exponential(negated: Bool) -> ScaledReal {
        // e^x = 2^k * e^r with r from 0 up to ln 2.
        var count = UInt64(doubleValue / 0.693_147_180_559_945_3)
        if self < Self.ln2 * count { count -= 1 }
        var rest = self - Self.ln2 * count
        if !(rest < Self.ln2) { (count, rest) = (count + 1, rest - Self.ln2) }
        guard negated, !rest.isZero else {
            return ScaledReal(
                mantissa: rest.smallExponential, exponent: negated ? -Int(count) : Int(count))
        }
        return ScaledReal(
            mantissa: (Self.ln2 - rest).smallExponential, exponent: -Int(count) - 1)
    }

    /// `e` to the power of this number, which is from 0 up to ln 2.
    private var smallExponential: FixedReal {
        let part = self / (1 << UInt64(Self.squarings))
        var sum = FixedReal.one
        for term in stride(from: Self.terms, through: 1, by: -1) {
            sum = FixedReal.one + part * sum / term
        }
        for _ in 0..<Self.squarings { sum = sum * sum }
        return sum
    }

    /// The natural logarithm of a whole number above zero.
    static func logarithm(of number: UInt128) -> FixedReal {
        let shift = number.leadingZeroBitCount
        let mantissa = FixedReal(mantissa: number << UInt128(shift))
        // The logarithm to double precision, and that of the ratio of the number to its power of e.
        let guess = FixedReal(fraction: log(mantissa.doubleValue))
        let power = guess.exponential(negated: true)
        let product = mantissa * power.mantissa
        let ratio = power.exponent < 0 ? product.halved : product
        let whole = ln2 * UInt64(127 - shift) + guess
        if ratio < one {
            let step = one - ratio
            let square = step * step
            return whole - (step + square.halved + square * step / 3)
        }
        let step = ratio - one
        let square = step * step
        return whole + step + square * step / 3 - square.halved
    }
}
