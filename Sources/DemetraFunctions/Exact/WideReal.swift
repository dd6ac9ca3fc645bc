import DemetraTypes

/// Like `FixedReal`, with as many bits in front of the point as behind it: products with the digits of decimals.
struct WideReal<let size: Int> {
    /// The least significant word first; `fractionWords` are behind the point.
    private var words = InlineArray<12, UInt64>(repeating: 0)
    private static var fractionWords: Int { size - 1 }
    private static var wordCount: Int { 2 * size - 2 }

    /// A whole number of no more bits than are behind the point.
    init(whole: UInt256) {
        let source = whole.words
        for index in 0..<min(4, Self.fractionWords) {
            words[Self.fractionWords + index] = source[index]
        }
    }

    /// The product with a whole number; what is beyond the bits is lost.
    init(_ left: FixedReal<size>, multipliedBy right: UInt256) {
        let factors = right.words
        for offset in 0..<min(4, Self.wordCount - size + 1) where factors[offset] != 0 {
            var carry: UInt64 = 0
            for index in 0..<min(size, Self.wordCount - offset) {
                let (high, low) = left.words[index].multipliedFullWidth(by: factors[offset])
                let (half, first) = words[index + offset].addingReportingOverflow(low)
                let (word, second) = half.addingReportingOverflow(carry)
                words[index + offset] = word
                carry = high &+ (first ? 1 : 0) &+ (second ? 1 : 0)
            }
            if offset + size < Self.wordCount { words[offset + size] = carry }
        }
    }

    /// Divides by `10^digits`; what is behind the last bit is cut off.
    mutating func divide(byPowerOfTen digits: Int) {
        // 10^19 is the greatest power in a word.
        var rest = digits
        while rest > 0 {
            let step = min(rest, 19)
            let divisor = UInt64(WideInteger.powerOfTen(step))
            var remainder: UInt64 = 0
            for index in stride(from: Self.wordCount - 1, through: 0, by: -1) {
                (words[index], remainder) = divisor.dividingFullWidth((remainder, words[index]))
            }
            rest -= step
        }
    }

    /// The number, or nil from 2^64 on.
    var fixed: FixedReal<size>? {
        for index in size..<Self.wordCount where words[index] != 0 { return nil }
        var result = InlineArray<size, UInt64>(repeating: 0)
        for index in 0..<size { result[index] = words[index] }
        return FixedReal(words: result)
    }

    /// `self * 2^exponent` as a whole number, halves up; nil from 2^255 on.
    ///
    /// - Parameter exponent: no more than there are bits behind the point.
    func rounded(exponent: Int) -> UInt256? {
        let shift = Self.fractionWords * 64 - exponent
        guard shift <= Self.wordCount * 64 else { return .zero }
        // One bit more than the whole number has.
        guard let doubled = bits(from: shift - 1) else { return nil }
        let half = UInt256(
            high: doubled.high >> 1, low: doubled.low >> 1 | doubled.high << 127)
        return doubled.low & 1 == 1 ? half &+ UInt256(1) : half
    }

    /// The bits from one on, which may be -1; nil when there are more than 256 of them.
    private func bits(from first: Int) -> UInt256? {
        var result = InlineArray<4, UInt64>(repeating: 0)
        for index in 0..<Self.wordCount where words[index] != 0 {
            let place = index * 64 - first
            guard place > -64 else { continue }
            if place < 0 {
                result[0] |= words[index] >> UInt64(-place)
                continue
            }
            let (word, bit) = (place / 64, UInt64(place % 64))
            let above = bit > 0 ? words[index] >> (64 - bit) : 0
            guard word < 4, word < 3 || above == 0 else { return nil }
            result[word] |= words[index] << bit
            if above != 0 { result[word + 1] |= above }
        }
        return UInt256(result[0], result[1], result[2], result[3])
    }
}
