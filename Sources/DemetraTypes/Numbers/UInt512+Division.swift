// Long division in words of 64 bits.
//
// Source: Knuth, "The Art of Computer Programming", volume 2, section 4.3.1, algorithm D.

extension UInt512 {
    /// Quotient and remainder; the divisor is not zero.
    package func quotientAndRemainder(
        dividingBy divisor: UInt256
    ) -> (quotient: UInt512, remainder: UInt256) {
        let shift = UInt64(truncatingIfNeeded: divisor.leadingWordZeros)
        // The highest word of the divisor has its highest bit set, the dividend a word more.
        let parts = Self.shifted(divisor.words, by: shift)
        var length = 4
        while length > 1, parts[length - 1] == 0 { length -= 1 }
        var rest = Self.shifted(words, by: shift)
        guard length > 1 else { return Self.divide(rest, byWord: parts[0], shift) }
        var quotient = InlineArray<8, UInt64>(repeating: 0)
        for place in stride(from: 8 - length, through: 0, by: -1) {
            let word = Self.estimate(rest, place + length, parts, length)
            guard word != 0 else { continue }
            quotient[place] = Self.subtract(word, parts, length, from: &rest, at: place)
        }
        return (UInt512(words: quotient), UInt256(words: rest, shiftedBack: shift))
    }

    private static func divide(
        _ dividend: InlineArray<9, UInt64>, byWord divisor: UInt64, _ shift: UInt64
    ) -> (quotient: UInt512, remainder: UInt256) {
        var quotient = InlineArray<8, UInt64>(repeating: 0)
        var remainder = dividend[8]
        for index in stride(from: 7, through: 0, by: -1) {
            (quotient[index], remainder) =
                divisor.dividingFullWidth((remainder, dividend[index]))
        }
        return (UInt512(words: quotient), UInt256(UInt128(remainder >> shift)))
    }

    /// A word of the quotient, by the highest words, or one more.
    @inline(__always)
    private static func estimate(
        _ rest: InlineArray<9, UInt64>, _ top: Int, _ divisor: InlineArray<4, UInt64>, _ length: Int
    ) -> UInt64 {
        let (first, second) = (divisor[length - 1], divisor[length - 2])
        if rest[top] == 0, rest[top - 1] < first { return 0 }
        var (word, remainder): (UInt64, UInt64)
        if rest[top] >= first {
            word = .max
            let (sum, overflow) = rest[top - 1].addingReportingOverflow(first)
            if overflow { return word }
            remainder = sum
        } else {
            (word, remainder) = first.dividingFullWidth((rest[top], rest[top - 1]))
        }
        while true {
            let (high, low) = word.multipliedFullWidth(by: second)
            guard high > remainder || (high == remainder && low > rest[top - 2]) else { break }
            word -= 1
            let (sum, overflow) = remainder.addingReportingOverflow(first)
            if overflow { break }
            remainder = sum
        }
        return word
    }

    /// Takes `word * divisor` away, or one time less when that is too much; the word that was right.
    @inline(__always)
    private static func subtract(
        _ word: UInt64, _ divisor: InlineArray<4, UInt64>, _ length: Int,
        from rest: inout InlineArray<9, UInt64>, at place: Int
    ) -> UInt64 {
        var (carry, isBorrowed): (UInt64, Bool) = (0, false)
        for index in 0...length {
            let part: (high: UInt64, low: UInt64) =
                index < length ? word.multipliedFullWidth(by: divisor[index]) : (0, 0)
            let (amount, over) = part.low.addingReportingOverflow(carry)
            carry = part.high &+ (over ? 1 : 0)
            let (half, first) = rest[place + index].subtractingReportingOverflow(amount)
            let (whole, second) = half.subtractingReportingOverflow(isBorrowed ? 1 : 0)
            rest[place + index] = whole
            isBorrowed = first || second
        }
        guard isBorrowed else { return word }
        var isCarried = false
        for index in 0...length {
            let part = index < length ? divisor[index] : 0
            let (half, first) = rest[place + index].addingReportingOverflow(part)
            let (whole, second) = half.addingReportingOverflow(isCarried ? 1 : 0)
            rest[place + index] = whole
            isCarried = first || second
        }
        return word - 1
    }

    private static func shifted(
        _ words: InlineArray<4, UInt64>, by shift: UInt64
    ) -> InlineArray<4, UInt64> {
        guard shift > 0 else { return words }
        var result = words
        for index in stride(from: 3, to: 0, by: -1) {
            result[index] = words[index] << shift | words[index - 1] >> (64 - shift)
        }
        result[0] = words[0] << shift
        return result
    }

    private static func shifted(
        _ words: InlineArray<8, UInt64>, by shift: UInt64
    ) -> InlineArray<9, UInt64> {
        var result = InlineArray<9, UInt64>(repeating: 0)
        for index in 0..<8 { result[index] = words[index] << shift }
        guard shift > 0 else { return result }
        for index in 0..<8 { result[index + 1] |= words[index] >> (64 - shift) }
        return result
    }

    private var words: InlineArray<8, UInt64> {
        let (lower, upper) = (low.words, high.words)
        return [
            lower[0], lower[1], lower[2], lower[3], upper[0], upper[1], upper[2], upper[3],
        ]
    }

    private init(words: InlineArray<8, UInt64>) {
        self.init(
            high: UInt256(words[4], words[5], words[6], words[7]),
            low: UInt256(words[0], words[1], words[2], words[3]))
    }
}

extension UInt256 {
    /// The words, the least significant first.
    package var words: InlineArray<4, UInt64> {
        [
            UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: low >> 64),
            UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: high >> 64),
        ]
    }

    /// A number of its words, the least significant first.
    package init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        self.init(
            high: UInt128(fourth) << 64 | UInt128(third),
            low: UInt128(second) << 64 | UInt128(first))
    }

    /// Zero bits in front of the highest word that is not zero.
    fileprivate var leadingWordZeros: Int {
        let half = high == 0 ? low : high
        return half.leadingZeroBitCount % 64
    }

    fileprivate init(words: InlineArray<9, UInt64>, shiftedBack shift: UInt64) {
        func word(_ index: Int) -> UInt64 {
            shift == 0 ? words[index] : words[index] >> shift | words[index + 1] << (64 - shift)
        }
        self.init(word(0), word(1), word(2), word(3))
    }
}
