import DemetraTypes

// Plain and scientific decimals in fields.
//
// Safe because only the `count` bytes given are read.

extension Decimal {
    /// Parses `[+-]digits[.digits][e[+-]digits]`; `.outOfRange` for more digits before the point than numerics have.
    static func parseField(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ number: inout Decimal
    ) -> FieldOutcome {
        switch Decimal.read(UnsafeBufferPointer(start: text, count: count)) {
        case .number(let decimal) where !decimal.isNaN:
            number = decimal
            return .parsed
        case .overflow: return .outOfRange
        default: return .malformed
        }
    }

    /// The number when it has no fraction but zeros, and fits 128 bits.
    var whole: Int128? {
        let number = trimmed
        return number.scale == 0 ? number.unscaled.narrow : nil
    }

    /// The digits at scale `target`, halves rounded away from zero; nil when they leave 128 bits.
    func digits(atScale target: Int) -> Int128? {
        let cut = Int(scale) - target
        guard let digits = unscaled.narrow, cut <= 38 else {
            guard let number = try? rounded(to: target), Int(number.scale) == target else {
                return nil
            }
            return number.unscaled.narrow
        }
        if cut <= 0 { return WideInteger.scaled(digits, byPowerOfTen: -cut) }
        let power = WideInteger.powerOfTen(cut)
        let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: power)
        guard remainder.magnitude >= (power / 2).magnitude else { return quotient }
        return digits < 0 ? quotient - 1 : quotient + 1
    }
}
