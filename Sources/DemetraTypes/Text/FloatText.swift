import Glibc

/// Floating-point numbers as PostgreSQL writes and reads them.
package enum FloatText {
    /// The shortest text that reads back as the same double.
    package static func text(_ value: Double) -> String { format(value.description, value) }

    /// The shortest text that reads back as the same float.
    package static func text(_ value: Float) -> String { format(value.description, Double(value)) }

    /// Rearranges Swift's shortest digits: exponents from 1e+15 on and below 1e-4, no `.0`.
    private static func format(_ description: String, _ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        var (digits, exponent, isNegative) = parts(description)
        while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
        // The value is 0.d1d2... * 10^exponent; scientific notation has one digit before the point.
        let scientific = exponent - 1
        var text = isNegative ? "-" : ""
        if scientific < -4 || scientific >= 15 {
            text += String(decoding: digits[..<1], as: UTF8.self)
            if digits.count > 1 { text += "." + String(decoding: digits[1...], as: UTF8.self) }
            let magnitude = String(abs(scientific))
            text += scientific < 0 ? "e-" : "e+"
            return text + (magnitude.utf8.count < 2 ? "0" + magnitude : magnitude)
        }
        if exponent <= 0 {
            text += "0." + String(repeating: "0", count: -exponent)
            return text + String(decoding: digits, as: UTF8.self)
        }
        if digits.count <= exponent {
            text += String(decoding: digits, as: UTF8.self)
            return text + String(repeating: "0", count: exponent - digits.count)
        }
        return text + String(decoding: digits[..<exponent], as: UTF8.self) + "."
            + String(decoding: digits[exponent...], as: UTF8.self)
    }

    /// Digits without leading zeros, and the exponent e of 0.digits * 10^e.
    private static func parts(_ description: String) -> ([UInt8], Int, Bool) {
        var digits: [UInt8] = []
        var exponent = 0
        var pointAt: Int?
        var isNegative = false
        var bytes = Array(description.utf8)[...]
        if bytes.first == UInt8(ascii: "-") {
            isNegative = true
            bytes = bytes.dropFirst()
        }
        while let byte = bytes.first {
            bytes = bytes.dropFirst()
            if byte == UInt8(ascii: ".") {
                pointAt = digits.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: bytes, as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        var whole = pointAt ?? digits.count
        while digits.count > 1, digits.first == 0x30 {
            digits.removeFirst()
            whole -= 1
        }
        return (digits, whole + exponent, isNegative)
    }

    /// The number rounded to so many significant digits, in a form `Decimal.parse` reads.
    static func significant(_ value: Double, digits: Int) -> String {
        var buffer = [CChar](repeating: 0, count: 64)
        let written = withVaList([Int32(digits - 1), value]) { vsnprintf(&buffer, 64, "%.*e", $0) }
        let bytes = buffer[..<Int(max(0, min(written, 63)))].map { UInt8(bitPattern: $0) }
        let text = String(decoding: bytes, as: UTF8.self)
        // Zeros at the end of the mantissa would count as digits of the scale.
        guard let e = text.firstIndex(of: "e") else { return text }
        var mantissa = String(text[..<e])
        while mantissa.hasSuffix("0") { mantissa.removeLast() }
        if mantissa.hasSuffix(".") { mantissa.removeLast() }
        return mantissa + text[e...]
    }

    /// Reads a double: a decimal number, Infinity, inf or NaN, blanks around it; nil for anything else.
    package static func parse(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = ByteScanner(bytes)
            scanner.skipBlanks()
            let start = scanner.position
            if scanner.skip(word: "nan") { return scanner.isAtEndAfterBlanks ? .nan : nil }
            let isNegative = scanner.skipSign()
            if scanner.skip(word: "infinity") || scanner.skip(word: "inf") {
                guard scanner.isAtEndAfterBlanks else { return nil }
                return isNegative ? -.infinity : .infinity
            }
            guard let first = scanner.peek, (first >= 0x30 && first <= 0x39) || first == 0x2e else {
                return nil
            }
            var end = scanner.position
            while let byte = scanner.peek, byte != 0x20, !(0x09...0x0d).contains(byte) {
                scanner.advance()
                end = scanner.position
            }
            guard scanner.isAtEndAfterBlanks else { return nil }
            let digits = String(decoding: bytes[start..<end], as: UTF8.self)
            guard !digits.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) else { return nil }
            return Double(digits.hasPrefix("+") ? String(digits.dropFirst()) : digits)
        }
    }
}
