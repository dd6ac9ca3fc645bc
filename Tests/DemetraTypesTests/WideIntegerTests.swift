import DemetraTypes
import Testing

@Suite struct `Integers of 256 and 512 bits` {
    /// Digit by digit, so that reading owes nothing to what it is compared with.
    private func number(_ text: String) -> UInt512 {
        var number = UInt512(.zero)
        for digit in text.utf8 {
            let tenfold = number.multiplied(by: UInt256(10)) ?? number
            number = tenfold &+ UInt512(UInt256(UInt128(digit - 0x30)))
        }
        return number
    }

    @Test func `divide, multiply, round and take roots as numbers without a limit do`() {
        for (dividend, divisor, quotient, remainder) in WideIntegerCases.divisions {
            let result = number(dividend).quotientAndRemainder(dividingBy: number(divisor).low)
            #expect(result.quotient == number(quotient), "\(dividend) / \(divisor)")
            #expect(result.remainder.description == remainder, "\(dividend) % \(divisor)")
        }
        for (left, right, product) in WideIntegerCases.products {
            let result = UInt512(multiplying: number(left).low, by: number(right).low)
            #expect(result == number(product), "\(left) * \(right)")
        }
        for (square, root) in WideIntegerCases.roots {
            #expect(number(square).roundedRoot?.description == root, "sqrt(\(square))")
        }
        for (text, digits, rest) in WideIntegerCases.roundings {
            let result = number(text).rounded(droppingDigits: Int(digits) ?? 0)
            #expect(result?.description ?? "nil" == rest, "\(text) without \(digits) digits")
        }
    }

    @Test func `quotient, divisor and remainder give the dividend back`() {
        var random = SeededGenerator(seed: 512)
        func word() -> UInt64 {
            switch UInt8.random(in: 0...3, using: &random) {
            case 0: 0
            case 1: .max
            default: random.next()
            }
        }
        for _ in 0..<20_000 {
            let dividend = UInt512(
                high: UInt256(word(), word(), word(), word()),
                low: UInt256(word(), word(), word(), word()))
            let divisor = UInt256(word(), word(), word(), word())
            guard !divisor.isZero else { continue }
            let note: Comment = "seed \(random.seed)"
            let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
            #expect(remainder < divisor, note)
            #expect(
                quotient.multiplied(by: divisor).map { $0 &+ UInt512(remainder) } == dividend, note)
        }
    }

    @Test func `a number of 128 bits and the wide one it becomes are the same`() {
        for value in [0, 1, -1, .max, .min, 1 << 64, -(1 << 64)] as [Int128] {
            let wide = Int256(value)
            #expect(wide.narrow == value)
            #expect(wide.description == String(value))
            #expect(wide.negated.negated == wide)
            #expect(wide.isNegative == (value < 0))
        }
        let beyond = Int256(UInt256(high: 0, low: 1 << 127), isNegative: false)
        #expect(beyond.narrow == nil)
        #expect(Int256(.min) < Int256(-1) && Int256(-1) < Int256(0) && Int256(.max) < beyond)
        #expect(beyond.negated == Int256(.min))
        #expect(beyond.description == "170141183460469231731687303715884105728")
        #expect(UInt256.powerOfTen(77).digitCount == 78)
        #expect(UInt256.powerOfTen(76).digits.count == 77)
    }
}
