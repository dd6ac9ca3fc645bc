import DemetraTypes

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

    /// Parses `[+-]digits[.digits][e[+-]digits]`; `.outOfRange` beyond 38 digits before the point.
    static func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ number: inout DecimalText
    ) -> FieldOutcome {
        switch Decimal.read(UnsafeBufferPointer(start: text, count: count)) {
        case .number(let decimal) where !decimal.isNaN:
            number = DecimalText(unscaled: decimal.unscaled, scale: Int(decimal.scale))
            return .parsed
        case .overflow: return .outOfRange
        default: return .malformed
        }
    }
}
