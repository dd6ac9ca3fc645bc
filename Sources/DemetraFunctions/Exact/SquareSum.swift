import DemetraTypes

/// An unsigned whole number of 1,024 bits: a sum of squares of numbers of up to 512.
struct SquareSum {
    /// The least significant word first.
    private var words = InlineArray<4, UInt256>(repeating: .zero)

    init(_ number: UInt512) { (words[0], words[1]) = (number.low, number.high) }

    init(squaring number: UInt512) {
        self.init(UInt512(multiplying: number.low, by: number.low))
        guard !number.high.isZero else { return }
        let middle = UInt512(multiplying: number.low, by: number.high)
        // Twice the middle may have a bit more than 512.
        add(middle, at: 1)
        add(middle, at: 1)
        add(UInt512(multiplying: number.high, by: number.high), at: 2)
    }

    /// Adds `number * 2^(256 * place)`, whose sum fits.
    private mutating func add(_ number: UInt512, at place: Int) {
        var carry = UInt256.zero
        for index in place..<4 {
            let part =
                index == place ? number.low : (index == place + 1 ? number.high : .zero)
            let (half, first) = words[index].addingReportingOverflow(part)
            let (whole, second) = half.addingReportingOverflow(carry)
            words[index] = whole
            carry = UInt256(first || second ? 1 : 0)
        }
    }

    /// Adds another number; false when the sum leaves 1,024 bits.
    mutating func add(_ other: SquareSum) -> Bool {
        var carry = UInt256.zero
        for index in 0..<4 {
            let (half, first) = words[index].addingReportingOverflow(other.words[index])
            let (whole, second) = half.addingReportingOverflow(carry)
            words[index] = whole
            carry = UInt256(first || second ? 1 : 0)
        }
        return carry.isZero
    }

    /// The difference; the other number must not be greater.
    func subtracting(_ other: SquareSum) -> SquareSum {
        var difference = self
        var borrow = UInt256.zero
        for index in 0..<4 {
            let half = words[index] &- other.words[index]
            difference.words[index] = half &- borrow
            borrow = UInt256(words[index] < other.words[index] || half < borrow ? 1 : 0)
        }
        return difference
    }

    /// The product, or nil when it leaves 1,024 bits.
    func multiplied(by factor: UInt256) -> SquareSum? {
        var product = self
        var carry = UInt256.zero
        for index in 0..<4 {
            let part =
                UInt512(multiplying: words[index], by: factor) &+ UInt512(carry)
            product.words[index] = part.low
            carry = part.high
        }
        return carry.isZero ? product : nil
    }

    /// `self * 10^digits`, or nil when it leaves 1,024 bits.
    func scaled(byPowerOfTen digits: Int) -> SquareSum? {
        var result = self
        var rest = digits
        while rest > 0 {
            let step = min(rest, 77)
            guard let product = result.multiplied(by: .powerOfTen(step)) else { return nil }
            result = product
            rest -= step
        }
        return result
    }

    /// The number in 512 bits, without as many of its last digits as that takes; a mark in the last bit says that they
    /// were not all zero.
    var shortened: (number: UInt512, digits: Int) {
        var (result, digits, isExact) = (self, 0, true)
        while !result.words[3].isZero || !result.words[2].isZero {
            let divisor = UInt256.powerOfTen(19)
            var remainder = UInt256.zero
            for index in [3, 2, 1, 0] {
                let part = UInt512(high: remainder, low: result.words[index])
                let (quotient, rest) = part.quotientAndRemainder(dividingBy: divisor)
                (result.words[index], remainder) = (quotient.low, rest)
            }
            isExact = isExact && remainder.isZero
            digits += 19
        }
        let low = result.words[0]
        let mark: UInt128 = isExact ? 0 : 1
        return (
            UInt512(high: result.words[1], low: UInt256(high: low.high, low: low.low | mark)),
            digits
        )
    }
}
