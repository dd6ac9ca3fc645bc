/// Powers of ten and decimal digits of numbers of 128 bits.
package enum WideInteger {
    /// `value * 10^digits`, or nil when it leaves 128 bits.
    package static func scaled(_ value: Int128, byPowerOfTen digits: Int) -> Int128? {
        guard digits > 0, value != 0 else { return value }
        guard digits <= 38 else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: powerOfTen(digits))
        return overflow ? nil : product
    }

    /// `10^digits` for 0...38.
    package static func powerOfTen(_ digits: Int) -> Int128 { powers[digits] }

    private static let powers: [Int128] = {
        var powers: [Int128] = [1]
        for _ in 0..<38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    /// Decimal digits of a number; 0 for zero.
    package static func digitCount(_ value: UInt128) -> Int {
        guard value != 0 else { return 0 }
        // 1233 / 4096 is just above log10(2); the guess is right or one too small.
        let bits = 128 - value.leadingZeroBitCount
        let guess = (bits * 1_233) >> 12
        return guess > 38 || value < UInt128(powers[guess]) ? guess : guess + 1
    }
}
