import DemetraTypes

/// A real number from 0 up to 2^64 with `size` words of 64 bits, all but one of them behind the point: four for results
/// of up to 38 digits, seven for those of up to 76, and what roots, powers and logarithms lose on the way there.
///
/// Results are cut off, not rounded; what leaves 64 bits in front of the point is lost, so callers bound their operands.
struct FixedReal<let size: Int> {
    /// Bits behind the point.
    static var fractionBits: Int { (size - 1) * 64 }
    static var zero: Self { Self(words: InlineArray(repeating: 0)) }
    static var one: Self { Self(whole: 1) }
    /// More than a power of a decimal is wrong by, less than digits show.
    static var roundingMargin: Self {
        var words = InlineArray<size, UInt64>(repeating: 0)
        words[0] = 1 << 44
        return Self(words: words)
    }
    /// The natural logarithm of 2, and of 10, cut off behind the last bit.
    static var ln2: Self { Self(RealConstants.ln2, whole: 0) }
    static var ln10: Self { Self(RealConstants.ln10, whole: 2) }

    /// The least significant word first; the last is the whole part.
    private(set) var words: InlineArray<size, UInt64>

    init(words: InlineArray<size, UInt64>) { self.words = words }

    /// A whole number.
    init(whole: UInt64) {
        words = InlineArray(repeating: 0)
        words[size - 1] = whole
    }

    /// A constant with as much of its fraction as there is room for.
    private init(_ fraction: InlineArray<6, UInt64>, whole: UInt64) {
        self.init(whole: whole)
        for index in 0..<(size - 1) { words[index] = fraction[index + 7 - size] }
    }

    /// `magnitude * 2^-shift` for the shift that brings it from 1 up to 2, with that shift; the number is not zero, and of
    /// no more bits than are behind the point.
    static func normalized(_ magnitude: UInt256) -> (mantissa: Self, shift: Int) {
        let source = magnitude.words
        var words = InlineArray<size, UInt64>(repeating: 0)
        let shift = magnitude.bitCount - 1
        let offset = Self.fractionBits - shift
        for index in 0..<4 where source[index] != 0 {
            let place = offset + index * 64
            let (word, bit) = (place / 64, UInt64(place % 64))
            words[word] |= source[index] << bit
            if bit > 0, word + 1 < size { words[word + 1] |= source[index] >> (64 - bit) }
        }
        return (Self(words: words), shift)
    }

    /// About the number, which is from 0 up to 1.
    init(fraction: Double) {
        self.init(whole: 0)
        words[size - 2] = UInt64(fraction * 0x1p64)
    }

    /// `magnitude * 10^-digits`, or nil from 2^64 on.
    init?(_ magnitude: UInt256, dividedByPowerOfTen digits: Int) {
        var wide = WideReal<size>(whole: magnitude)
        wide.divide(byPowerOfTen: digits)
        guard let value = wide.fixed else { return nil }
        self = value
    }

    var isZero: Bool {
        for index in 0..<size where words[index] != 0 { return false }
        return true
    }

    /// The nearest double, or one beside it.
    var doubleValue: Double {
        var (sum, unit) = (0.0, 1.0)
        for index in stride(from: size - 1, through: 0, by: -1) {
            sum += Double(words[index]) * unit
            unit *= 0x1p-64
        }
        return sum
    }

    static func < (left: Self, right: Self) -> Bool {
        for index in stride(from: size - 1, through: 0, by: -1)
        where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return false
    }

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        var carry: UInt64 = 0
        for index in 0..<size {
            let (half, first) = left.words[index].addingReportingOverflow(right.words[index])
            let (word, second) = half.addingReportingOverflow(carry)
            sum.words[index] = word
            carry = first || second ? 1 : 0
        }
        return sum
    }

    /// The difference; `left` must not be less.
    static func - (left: Self, right: Self) -> Self {
        var difference = left
        var borrow: UInt64 = 0
        for index in 0..<size {
            let (half, first) = left.words[index].subtractingReportingOverflow(right.words[index])
            let (word, second) = half.subtractingReportingOverflow(borrow)
            difference.words[index] = word
            borrow = first || second ? 1 : 0
        }
        return difference
    }

    static func * (left: Self, right: Self) -> Self {
        // Column by column; those behind the last bit count by what they carry.
        var product = Self.zero
        var (sum, above): (UInt128, UInt64) = (0, 0)
        for column in 0..<(2 * size - 1) {
            for i in max(0, column - size + 1)...min(column, size - 1) {
                let (high, low) = left.words[i].multipliedFullWidth(by: right.words[column - i])
                let (next, overflow) = sum.addingReportingOverflow(
                    UInt128(high) << 64 | UInt128(low))
                sum = next
                above &+= overflow ? 1 : 0
            }
            if column >= size - 1 {
                product.words[column - size + 1] = UInt64(truncatingIfNeeded: sum)
            }
            sum = sum >> 64 | UInt128(above) << 64
            above = 0
        }
        return product
    }

    /// The product with a small whole number.
    static func * (left: Self, right: UInt64) -> Self {
        var product = Self.zero
        var carry: UInt64 = 0
        for index in 0..<size {
            let (high, low) = left.words[index].multipliedFullWidth(by: right)
            let (word, overflow) = low.addingReportingOverflow(carry)
            product.words[index] = word
            carry = high &+ (overflow ? 1 : 0)
        }
        return product
    }

    /// The quotient by a small whole number.
    static func / (left: Self, right: UInt64) -> Self {
        var quotient = left
        var remainder: UInt64 = 0
        for index in stride(from: size - 1, through: 0, by: -1) {
            (quotient.words[index], remainder) =
                right.dividingFullWidth((remainder, left.words[index]))
        }
        return quotient
    }

    /// The quotient, or nil from 2^64 on; the divisor is less than 2^63 and not zero.
    func divided(by divisor: Self) -> Self? {
        // Bit by bit: logarithms to a base are rare.
        var (quotient, remainder) = (Self.zero, Self.zero)
        for bit in stride(from: size * 64 - 1, through: -Self.fractionBits, by: -1) {
            guard quotient.words[size - 1] >> 63 == 0 else { return nil }
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
    var halved: Self { shifted(right: 1) }

    /// The number divided by 2^bits.
    ///
    /// - Parameter bits: 0...63.
    func shifted(right bits: UInt64) -> Self {
        guard bits > 0 else { return self }
        var result = self
        for index in 0..<(size - 1) {
            result.words[index] = words[index] >> bits | words[index + 1] << (64 - bits)
        }
        result.words[size - 1] = words[size - 1] >> bits
        return result
    }
}

/// Fractions of constants to 384 bits, the least significant word first.
private enum RealConstants {
    static let ln2: InlineArray<6, UInt64> = [
        0x5595_52fb_4afa_1b10, 0xe7b8_7620_6deb_ac98, 0x8a0d_175b_8baa_fa2b,
        0x40f3_4326_7298_b62d, 0xc9e3_b398_03f2_f6af, 0xb172_17f7_d1cf_79ab,
    ]
    static let ln10: InlineArray<6, UInt64> = [
        0x31c3_2f00_b17c_35a0, 0x58bc_0b5e_c6a0_4173, 0x0f18_7a08_07c0_b5ca,
        0x8a3f_b3e7_6977_e43a, 0xa95b_58ae_0b4c_28a3, 0x4d76_3776_aaa2_b05b,
    ]
}
