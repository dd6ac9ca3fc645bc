/// Reads one number of any length and keeps the 76 digits that fit.
///
/// Safe because the scanner checks each read, and the bytes outlive the reading of one value.
struct DecimalParser {
    private var scanner: ByteScanner
    /// The first 38 digits, and those behind them.
    private var (upper, lower): (Int128, Int128) = (0, 0)
    /// Digits kept, without zeros in front.
    private var keptCount = 0
    /// Digits kept behind the point, less digits dropped before it.
    private var scale = 0
    /// The first digit that did not fit: it decides the rounding.
    private var firstDropped: UInt8?

    /// Digits that 128 bits hold.
    private static let halfCount = 38

    init(_ bytes: UnsafeBufferPointer<UInt8>) { scanner = ByteScanner(bytes) }

    mutating func parse() -> Decimal.Reading {
        scanner.skipBlanks()
        if scanner.skip(word: "nan") {
            return scanner.isAtEndAfterBlanks ? .number(.notANumber) : .invalid
        }
        let isNegative = scanner.skipSign()
        guard digits() else { return .invalid }
        if let byte = scanner.peek, byte | 0x20 == UInt8(ascii: "e") {
            scanner.advance()
            guard let exponent = scanner.integer(), abs(exponent) < 1 << 40 else {
                return .invalid
            }
            scale -= exponent
        }
        guard scanner.isAtEndAfterBlanks else { return .invalid }
        return number(isNegative)
    }

    /// Digits with at most one point; false without any.
    private mutating func digits() -> Bool {
        var hasPoint = false
        var hasDigits = false
        while let byte = scanner.peek {
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if byte >= 0x30, byte <= 0x39 {
                hasDigits = true
                let digit = Int128(byte - 0x30)
                if keptCount < Self.halfCount {
                    upper = upper * 10 + digit
                    if upper != 0 { keptCount += 1 }
                    if hasPoint { scale += 1 }
                } else if keptCount < Decimal.maximumPrecision {
                    lower = lower * 10 + digit
                    keptCount += 1
                    if hasPoint { scale += 1 }
                } else {
                    if firstDropped == nil { firstDropped = byte - 0x30 }
                    if !hasPoint { scale -= 1 }
                }
            } else {
                break
            }
            scanner.advance()
        }
        return hasDigits
    }

    private func number(_ isNegative: Bool) -> Decimal.Reading {
        if keptCount <= Self.halfCount, scale >= 0, scale <= Decimal.maximumScale {
            return .number(Decimal(unscaled: isNegative ? -upper : upper, scale: scale))
        }
        if upper == 0 {
            return .number(
                Decimal(unscaled: Int256(0), scale: min(max(scale, 0), Decimal.maximumScale)))
        }
        guard var (value, digits) = rounded else { return .overflow }
        if digits < 0 {
            guard let scaled = value.scaled(byPowerOfTen: -digits), scaled < Decimal.limit else {
                return .overflow
            }
            (value, digits) = (scaled, 0)
        }
        return .number(
            Decimal(unscaled: Int256(value, isNegative: isNegative), scale: digits))
    }

    /// The digits kept and their scale, rounded by those that were not; nil when a whole number got a digit too many.
    private var rounded: (UInt256, Int)? {
        var value = UInt256(upper.magnitude)
        if keptCount > Self.halfCount {
            let power = UInt128(WideInteger.powerOfTen(keptCount - Self.halfCount))
            value = value.multiplied(by: power).product &+ UInt256(lower.magnitude)
        }
        let excess = scale - Decimal.maximumScale
        if excess > 0 {
            let kept =
                excess <= UInt256.mostDigits
                ? value.rounded(dividingBy: UInt256.powerOfTen(excess)) : .zero
            return (kept, Decimal.maximumScale)
        }
        guard let firstDropped, firstDropped >= 5 else { return (value, scale) }
        value = value &+ UInt256(1)
        guard value == Decimal.limit else { return (value, scale) }
        return scale > 0 ? (UInt256.powerOfTen(Decimal.maximumPrecision - 1), scale - 1) : nil
    }
}
