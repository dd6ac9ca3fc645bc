// Plain and scientific decimals as digits and a scale.
//
// Safe because only the `count` bytes given are read.

/// A decimal number as written: digits, and how many of them follow the point.
struct DecimalText {
    /// The digits as an integer, the sign included.
    var unscaled: Int128
    /// Digits behind the point; 0...38.
    var scale: Int

    /// Powers of ten up to 10^38.
    static let powers: [Int128] = {
        var powers: [Int128] = [1]
        for index in 0..<38 { powers.append(powers[index] * 10) }
        return powers
    }()

    /// The number when it has no fraction but zeros.
    var whole: Int128? {
        let power = Self.powers[scale]
        return unscaled % power == 0 ? unscaled / power : nil
    }

    /// The nearest double.
    var double: Double {
        // Exact below 2^53 and 10^22: one rounding.
        if unscaled.magnitude <= 1 << 53, scale <= 22 {
            return Double(Int64(unscaled)) / Double(Int64(clamping: Self.powers[min(scale, 18)]))
                / (scale > 18 ? Double(Int64(clamping: Self.powers[scale - 18])) : 1)
        }
        return Double(unscaled) / Double(Self.powers[scale])
    }

    /// The digits at scale `target`, halves rounded away from zero; nil beyond 38 digits.
    func rescaled(to target: Int) -> Int128? {
        if target >= scale {
            let (product, overflow) = unscaled.multipliedReportingOverflow(
                by: Self.powers[target - scale])
            return overflow ? nil : product
        }
        let power = Self.powers[scale - target]
        let (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: power)
        guard remainder.magnitude >= (power / 2).magnitude else { return quotient }
        return unscaled < 0 ? quotient - 1 : quotient + 1
    }

    /// Parses `[+-]digits[.digits][e[+-]digits]`; `.outOfRange` beyond 38 digits.
    static func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ number: inout DecimalText
    ) -> FieldOutcome {
        var index = 0
        let isNegative = count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative || (count > 0 && text[0] == UInt8(ascii: "+")) { index = 1 }
        var magnitude: Int128 = 0
        var (digits, scale, isFraction, dropped) = (0, 0, false, false)
        while index < count {
            let digit = digit(text[index])
            if digit < 10 {
                digits += 1
                if magnitude < Self.powers[37] {
                    magnitude = magnitude * 10 + Int128(digit)
                    if isFraction { scale += 1 }
                } else if isFraction {
                    // Behind 38 digits a fraction is rounded on its first dropped digit.
                    if !dropped, digit >= 5 { magnitude += 1 }
                    dropped = true
                } else {
                    return .outOfRange
                }
            } else if text[index] == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else {
                break
            }
            index += 1
        }
        guard digits > 0 else { return .malformed }
        var exponent = 0
        if index < count {
            guard let parsed = parseExponent(text + index, count - index) else { return .malformed }
            exponent = parsed
        }
        number = DecimalText(unscaled: isNegative ? -magnitude : magnitude, scale: scale)
        return exponent == 0 ? .parsed : number.shift(by: exponent)
    }

    private static func parseExponent(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        guard count >= 2, text[0] | 0x20 == UInt8(ascii: "e") else { return nil }
        var overflows = false
        guard let value = parseInteger(text + 1, count - 1, overflows: &overflows),
            value.magnitude < 10_000
        else { return overflows ? 10_000 : nil }
        return Int(value)
    }

    private mutating func shift(by exponent: Int) -> FieldOutcome {
        let target = scale - exponent
        if target < 0 {
            guard unscaled != 0 else {
                scale = 0
                return .parsed
            }
            guard -target <= 38 else { return .outOfRange }
            let (product, overflow) = unscaled.multipliedReportingOverflow(by: Self.powers[-target])
            guard !overflow, product.magnitude < Self.powers[38].magnitude else {
                return .outOfRange
            }
            self = DecimalText(unscaled: product, scale: 0)
        } else if target > 38 {
            guard target - 38 <= 38 else {
                self = DecimalText(unscaled: 0, scale: 38)
                return .parsed
            }
            scale = target - 38
            self = DecimalText(unscaled: rescaled(to: 0) ?? 0, scale: 38)
        } else {
            scale = target
        }
        return .parsed
    }
}
