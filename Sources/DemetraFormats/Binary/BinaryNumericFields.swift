import DemetraTypes
import DemetraVectors

// Parsers of numeric fields: groups of four digits to exact digits at the column's scale; see `BinaryNumeric`.
//
// Safe because the count of groups is compared with the count of bytes before a group is read.

/// A number of at most 36 digits as it stands in a field.
private struct BinaryDigits {
    /// Groups whose digits fit `UInt128`.
    private static let mostGroups = 8

    /// The digits of the groups.
    let digits: UInt128
    /// What they are multiplied with: ten to this power.
    let exponent: Int
    let isNegative: Bool
    /// Digits behind the point that the number shows.
    let scale: Int

    /// Nil for what is no finite number of few digits.
    @inline(__always)
    init?(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        guard count >= 8 else { return nil }
        let groupCount = Int(BinaryWord.load(bytes, as: UInt16.self))
        let weight = Int(BinaryWord.load(bytes + 2, as: Int16.self))
        let sign = BinaryWord.load(bytes + 4, as: UInt16.self)
        guard groupCount <= Self.mostGroups, count == 8 &+ 2 &* groupCount,
            sign == 0 || sign == BinaryNumeric.negative
        else { return nil }
        isNegative = sign != 0
        scale = Int(BinaryWord.load(bytes + 6, as: UInt16.self))
        guard scale < BinaryNumeric.scaleEnd else { return nil }
        exponent = 4 &* (weight &- groupCount &+ 1)
        guard let high = Self.digits(bytes + 8, min(groupCount, 4)) else { return nil }
        guard groupCount > 4 else {
            digits = UInt128(high)
            return
        }
        guard let low = Self.digits(bytes + 16, groupCount &- 4) else { return nil }
        let power = UInt64(PowersOfTen.int64.pointer[4 &* (groupCount &- 4)])
        digits = UInt128(high) &* UInt128(power) &+ UInt128(low)
    }

    /// The digits of at most four groups; nil when one is none.
    @inline(__always)
    private static func digits(_ bytes: UnsafePointer<UInt8>, _ groupCount: Int) -> UInt64? {
        var digits: UInt64 = 0
        for index in 0..<groupCount {
            let group = BinaryWord.load(bytes + 2 &* index, as: UInt16.self)
            guard group < 10_000 else { return nil }
            digits = digits &* 10_000 &+ UInt64(group)
        }
        return digits
    }
}

/// Fields of a numeric(p, s) column of at most 18 digits; numbers that have to be rounded go the general way.
struct BinaryNumericInt64: BinaryFieldParser {
    private let scale: Int
    private let limit: Int64
    private let powers: UnsafePointer<Int64>

    /// Fields of the given precision, at most 18, and scale.
    init(_ modifier: NumericModifier) {
        scale = modifier.scale
        limit = Int64(truncatingIfNeeded: WideInteger.powerOfTen(min(modifier.precision, 18)))
        powers = PowersOfTen.int64.pointer
    }

    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> Bool {
        guard let number = BinaryDigits(bytes, count),
            let digits = Int64(exactly: number.digits)
        else { return false }
        let missing = scale &+ number.exponent
        var unscaled = digits
        if missing >= 0 {
            guard missing <= 18 else { return false }
            let (product, overflows) = digits.multipliedReportingOverflow(by: powers[missing])
            guard !overflows else { return false }
            unscaled = product
        } else {
            guard missing >= -18 else { return false }
            let (quotient, rest) = digits.quotientAndRemainder(dividingBy: powers[0 &- missing])
            guard rest == 0 else { return false }
            unscaled = quotient
        }
        // Digits that the number does not show are not part of it.
        if number.scale < scale {
            guard unscaled % powers[scale &- number.scale] == 0 else { return false }
        }
        guard unscaled < limit else { return false }
        element.pointee = number.isNegative ? 0 &- unscaled : unscaled
        return true
    }
}

/// Fields of a numeric column without a modifier: the scale is kept as sent.
struct BinaryDecimal: BinaryFieldParser {
    /// The most digits that are shifted at once.
    private static let mostScale = 18

    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Decimal>
    ) -> Bool {
        guard let number = BinaryDigits(bytes, count), number.scale <= Self.mostScale else {
            return false
        }
        let powers = PowersOfTen.int64.pointer
        let missing = number.scale &+ number.exponent
        guard abs(missing) <= Self.mostScale else { return false }
        var unscaled = number.digits
        if missing >= 0 {
            let (product, overflows) = unscaled.multipliedReportingOverflow(
                by: UInt128(UInt64(powers[missing])))
            guard !overflows, product <= UInt128(Int128.max) else { return false }
            unscaled = product
        } else {
            // Digits that the number does not show are not part of it.
            unscaled /= UInt128(UInt64(powers[0 &- missing]))
        }
        let magnitude = Int128(unscaled)
        element.pointee = Decimal(
            unscaled: number.isNegative ? 0 - magnitude : magnitude, scale: number.scale)
        return true
    }
}
