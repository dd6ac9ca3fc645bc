// Decimals to and from other numbers and text.

extension Decimal {
    /// The nearest double.
    package var doubleValue: Double {
        if isNaN { return .nan }
        if scale == 0 { return Double(unscaled) }
        if scale <= 22, unscaled.magnitude < 1 << 53 {
            return Double(unscaled) / Self.doublePower(Int(scale))
        }
        return Double(description) ?? .nan
    }

    private static func doublePower(_ digits: Int) -> Double {
        var power = 1.0
        for _ in 0..<digits { power *= 10 }
        return power
    }

    /// The number of a double, with 15 significant digits as PostgreSQL gives it.
    ///
    /// - Throws: 22003 when it is infinite or too large.
    package init(_ double: Double) throws(DemetraError) {
        if double.isNaN {
            self = .notANumber
            return
        }
        guard double.isFinite else {
            throw DemetraError(.numericValueOutOfRange, "cannot convert infinity to numeric")
        }
        self = try Decimal.parse(FloatText.significant(double, digits: 15))
    }

    /// Rounded to a whole number, half away from zero; nil when it does not fit.
    package var int64Value: Int64? {
        guard !isNaN, let rounded = try? rounded(to: 0) else { return nil }
        return Int64(exactly: rounded.unscaled)
    }

    /// Reads a number: digits with point and exponent, or NaN, blanks around it.
    ///
    /// - Throws: 22P02 for anything else, 22003 beyond 38 digits.
    package static func parse(_ text: String) throws(DemetraError) -> Decimal {
        var text = text
        let result = text.withUTF8 { parse($0) }
        switch result {
        case .number(let decimal): return decimal
        case .overflow:
            throw DemetraError(
                .numericValueOutOfRange, "value overflows numeric format",
                detail: "A numeric has at most 38 digits here.")
        case .invalid:
            throw DemetraError(
                .invalidTextRepresentation, "invalid input syntax for type numeric: \"\(text)\"")
        }
    }

    private enum Parsed { case number(Decimal), overflow, invalid }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Parsed {
        var scanner = ByteScanner(bytes)
        scanner.skipBlanks()
        if scanner.skip(word: "nan") { return scanner.isAtEndAfterBlanks ? .number(.notANumber) : .invalid }
        let isNegative = scanner.skipSign()
        var unscaled: Int128 = 0
        var scale = 0
        var digitCount = 0
        var isOverflowing = false
        var hasPoint = false
        while let byte = scanner.peek {
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if byte >= 0x30, byte <= 0x39 {
                digitCount += 1
                let (product, first) = unscaled.multipliedReportingOverflow(by: 10)
                let (sum, second) = product.addingReportingOverflow(Int128(byte - 0x30))
                if first || second { isOverflowing = true }
                unscaled = sum
                if hasPoint { scale += 1 }
            } else {
                break
            }
            scanner.advance()
        }
        guard digitCount > 0 else { return .invalid }
        var exponent = 0
        if let byte = scanner.peek, byte | 0x20 == UInt8(ascii: "e") {
            scanner.advance()
            guard let value = scanner.integer() else { return .invalid }
            exponent = value
        }
        guard scanner.isAtEndAfterBlanks else { return .invalid }
        if isOverflowing || abs(exponent) > 1_000 { return .overflow }
        scale -= exponent
        if scale < 0 {
            guard let value = WideInteger.scaled(unscaled, byPowerOfTen: -scale) else { return .overflow }
            (unscaled, scale) = (value, 0)
        }
        while scale > maximumPrecision {
            unscaled /= 10
            scale -= 1
        }
        return .number(Decimal(unscaled: isNegative ? -unscaled : unscaled, scale: scale))
    }
}

extension Decimal: CustomStringConvertible {
    /// The digits, with as many behind the point as the scale says.
    public var description: String {
        if isNaN { return "NaN" }
        if scale == 0 { return String(unscaled) }
        var digits = String(unscaled.magnitude)
        if digits.utf8.count <= Int(scale) {
            digits = String(repeating: "0", count: Int(scale) + 1 - digits.utf8.count) + digits
        }
        let point = digits.index(digits.endIndex, offsetBy: -Int(scale))
        return (unscaled < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
    }
}
