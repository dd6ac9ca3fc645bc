/// A real number from 0 up to 2^64 with 192 bits behind the point: enough for the 38 digits of a decimal and what
/// roots, powers and logarithms lose on the way there.
///
/// Results are cut off, not rounded; what leaves 64 bits in front of the point is lost, so callers bound their operands.
struct FixedReal {
    /// Bits behind the point.
    static let fractionBits = 192
    static let zero = FixedReal(words: InlineArray(repeating: 0))
    static let one = FixedReal(whole: 1)
    /// `2^-150`: more than a power of a decimal is wrong by, less than digits show.
    static let roundingMargin = FixedReal(words: [1 << 42, 0, 0, 0])
    /// The natural logarithm of 2, and of 10, to the last bit.
    static let ln2 = FixedReal(
        words: [0x40f3_4326_7298_b62e, 0xc9e3_b398_03f2_f6af, 0xb172_17f7_d1cf_79ab, 0])
    static let ln10 = FixedReal(
        words: [0x8a3f_b3e7_6977_e43a, 0xa95b_58ae_0b4c_28a3, 0x4d76_3776_aaa2_b05b, 2])

    /// The least significant word first; the last is the whole part.
    private(set) var words: InlineArray<4, UInt64>

    init(words: InlineArray<4, UInt64>) { self.words = words }

    /// A whole number.
    init(whole: UInt64) { words = [0, 0, 0, whole] }

    /// `mantissa * 2^-127`: from 1 up to 2 for a number whose highest bit is set.
    init(mantissa: UInt128) {
        words = [
            0, UInt64(truncatingIfNeeded: mantissa << 1),
            UInt64(truncatingIfNeeded: mantissa >> 63), UInt64(truncatingIfNeeded: mantissa >> 127),
        ]
    }

    /// About the number, which is from 0 up to 1.
    init(fraction: Double) { words = [0, 0, UInt64(fraction * 0x1p64), 0] }

    /// `magnitude * 10^-digits`, or nil from 2^64 on.
    init?(_ magnitude: UInt128, dividedByPowerOfTen digits: Int) {
        var wide = WideReal(whole: magnitude)
        wide.divide(byPowerOfTen: digits)
        guard let value = wide.fixed else { return nil }
        self = value
    }

    var isZero: Bool { self == .zero }

    /// The nearest double, or one beside it.
    var doubleValue: Double {
        Double(words[3]) + Double(words[2]) * 0x1p-64 + Double(words[1]) * 0x1p-128
            + Double(words[0]) * 0x1p-192
    }

    static func == (left: FixedReal, right: FixedReal) -> Bool {
        (0..<4).allSatisfy { left.words[$0] == right.words[$0] }
    }

    static func < (left: FixedReal, right: FixedReal) -> Bool {
        for index in [3, 2, 1, 0] where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return false
    }

    static func + (left: FixedReal, right: FixedReal) -> FixedReal {
        var sum = left
        var carry: UInt64 = 0
        for index in 0..<4 {
            let (half, first) = left.words[index].addingReportingOverflow(right.words[index])
            let (word, second) = half.addingReportingOverflow(carry)
            sum.words[index] = word
            carry = first || second ? 1 : 0
        }
        return sum
    }

    /// The difference; `left` must not be less.
    static func - (left: FixedReal, right: FixedReal) -> FixedReal {
        var difference = left
        var borrow: UInt64 = 0
        for index in 0..<4 {
            let (half, first) = left.words[index].subtractingReportingOverflow(right.words[index])
            let (word, second) = half.subtractingReportingOverflow(borrow)
            difference.words[index] = word
            borrow = first || second ? 1 : 0
        }
        return difference
    }

    static func * (left: FixedReal, right: FixedReal) -> FixedReal {
        var product = InlineArray<8, UInt64>(repeating: 0)
        for i in 0..<4 where left.words[i] != 0 {
            var carry: UInt64 = 0
            for j in 0..<4 {
                let (high, low) = left.words[i].multipliedFullWidth(by: right.words[j])
                let (half, first) = product[i + j].addingReportingOverflow(low)
                let (word, second) = half.addingReportingOverflow(carry)
                product[i + j] = word
                carry = high &+ (first ? 1 : 0) &+ (second ? 1 : 0)
            }
            product[i + 4] = carry
        }
        return FixedReal(words: [product[3], product[4], product[5], product[6]])
    }

    /// The product with a small whole number.
    static func * (left: FixedReal, right: UInt64) -> FixedReal { left * FixedReal(whole: right) }

    /// The quotient by a small whole number.
    static func / (left: FixedReal, right: UInt64) -> FixedReal {
        var quotient = left
        var remainder: UInt64 = 0
        for index in [3, 2, 1, 0] {
            (quotient.words[index], remainder) =
                right.dividingFullWidth((remainder, left.words[index]))
        }
        return quotient
    }

    /// The quotient, or nil from 2^64 on; the divisor is less than 2^63 and not zero.
    func divided(by divisor: FixedReal) -> FixedReal? {
        // Bit by bit: logarithms to a base are rare.
        var (quotient, remainder) = (FixedReal.zero, FixedReal.zero)
        for bit in stride(from: 255, through: -Self.fractionBits, by: -1) {
            guard quotient.words[3] >> 63 == 0 else { return nil }
            let next = bit < 0 ? 0 : words[bit / 64] >> UInt64(bit % 64) & 1
            remainder = remainder + remainder
            remainder.words[0] |= next
            quotient = quotient + quotient
            if !(remainder < divisor) {
                remainder = remainder - divisor
                quotient.words[0] |= 1
            }
        }
        return quotient
    }

    /// Half of it.
    var halved: FixedReal {
        var result = self
        for index in 0..<3 {
            result.words[index] = words[index] >> 1 | words[index + 1] << 63
        }
        result.words[3] = words[3] >> 1
        return result
    }
}
