// Decimals to and from other numbers and text.
//
// Safe because the scanner checks each read, and the bytes outlive the reading of one value.

extension Decimal {
    /// The nearest double.
    package var doubleValue: Double {
        if isNaN { return .nan }
        if scale == 0 { return Double(unscaled) }
        if scale <= 22, unscaled.magnitude < 1 << 53 {
            // Both sides are exact, so the one division rounds once.
            return Double(unscaled) / Self.doublePowers[Int(scale)]
        }
        return Double(description) ?? .nan
    }

    /// The powers of ten that doubles hold exactly.
    static let doublePowers: [Double] = {
        var powers = [1.0]
        for _ in 0..<22 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    /// The number of a double, with 15 significant digits as PostgreSQL gives it (a real: 6).
    ///
    /// - Throws: 22003 when it is infinite or too large.
    package init(_ double: Double, significantDigits: Int = 15) throws(DemetraError) {
        if double.isNaN {
            self = .notANumber
            return
        }
        guard double.isFinite else {
            throw DemetraError(.numericValueOutOfRange, "cannot convert infinity to numeric")
        }
        // Whole numbers of few digits are most doubles that are cast.
        if double.magnitude < 1e6, let whole = Int64(exactly: double) {
            self.init(whole)
            return
        }
        self = try Decimal.parse(FloatText.significant(double, digits: significantDigits))
    }

    /// Rounded to a whole number, half away from zero; nil when it does not fit.
    package var int64Value: Int64? {
        guard !isNaN, let rounded = try? rounded(to: 0) else { return nil }
        return Int64(exactly: rounded.unscaled)
    }

    /// Reads a number: digits with point and exponent, or NaN, blanks around it.
    ///
    /// Digits behind the point that do not fit are rounded.
    ///
    /// - Throws: 22P02 for anything else, 22003 beyond 38 digits before the point.
    package static func parse(_ text: String) throws(DemetraError) -> Decimal {
        var copy = text
        switch copy.withUTF8({ read($0) }) {
        case .number(let decimal): return decimal
        case .overflow: throw overflow()
        case .invalid:
            throw DemetraError(
                .invalidTextRepresentation, "invalid input syntax for type numeric: \"\(text)\"")
        }
    }

    /// What reading a number can give.
    package enum Reading {
        /// A number.
        case number(Decimal)
        /// More than 38 digits before the point.
        case overflow
        /// Something else.
        case invalid
    }

    /// Reads a number as `parse` does.
    package static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Reading {
        var parser = DecimalParser(bytes)
        return parser.parse()
    }
}

extension Decimal: CustomStringConvertible {
    /// The digits, with as many behind the point as the scale says.
    public var description: String { TextCursor.string { $0.write(self) } }
}

/// Reads one number of any length and keeps the 38 digits that fit.
private struct DecimalParser {
    private var scanner: ByteScanner
    private var unscaled: Int128 = 0
    /// Digits kept, without zeros in front.
    private var keptCount = 0
    /// Digits kept behind the point, less digits dropped before it.
    private var scale = 0
    /// The first digit that did not fit: it decides the rounding.
    private var firstDropped: UInt8?

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
                if keptCount < Decimal.maximumPrecision {
                    unscaled = unscaled * 10 + Int128(byte - 0x30)
                    if unscaled != 0 { keptCount += 1 }
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
        var (value, digits) = (unscaled, scale)
        if value == 0 {
            return .number(
                Decimal(unscaled: 0, scale: min(max(digits, 0), Decimal.maximumPrecision)))
        }
        if digits < 0 {
            guard let scaled = WideInteger.scaled(value, byPowerOfTen: -digits),
                scaled.magnitude < Decimal.limit
            else { return .overflow }
            (value, digits) = (scaled, 0)
        } else if digits > Decimal.maximumPrecision {
            value = Self.rounded(value, digits - Decimal.maximumPrecision)
            digits = Decimal.maximumPrecision
        } else if let firstDropped, firstDropped >= 5 {
            value += 1
            if value.magnitude >= Decimal.limit {
                guard digits > 0 else { return .overflow }
                (value, digits) = (value / 10, digits - 1)
            }
        }
        return .number(Decimal(unscaled: isNegative ? -value : value, scale: digits))
    }

    /// Without its last digits, rounded half up.
    private static func rounded(_ value: Int128, _ digits: Int) -> Int128 {
        guard digits <= 38 else { return 0 }
        let power = WideInteger.powerOfTen(digits)
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: power)
        return remainder >= power - remainder ? quotient + 1 : quotient
    }
}
