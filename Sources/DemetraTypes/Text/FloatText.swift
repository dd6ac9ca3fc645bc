import Glibc

/// Floating-point numbers as PostgreSQL writes and reads them.
///
/// Safe because bytes are read through bounds-checked collections, while the text that owns them is
/// borrowed.
package enum FloatText {
    /// The shortest text that reads back as the same double.
    package static func text(_ value: Double) -> String { TextCursor.string { $0.write(value) } }

    /// The shortest text that reads back as the same float.
    package static func text(_ value: Float) -> String { TextCursor.string { $0.write(value) } }

    /// The number rounded to so many significant digits, in a form `Decimal.parse` reads.
    static func significant(_ value: Double, digits: Int) -> String {
        var buffer = [CChar](repeating: 0, count: 64)
        let written = withVaList([Int32(digits - 1), value]) {
            vsnprintf(&buffer, 64, "%.*e", $0)
        }
        let bytes = buffer[..<Int(max(0, min(written, 63)))].map { UInt8(bitPattern: $0) }
        let text = String(decoding: bytes, as: UTF8.self)
        // Zeros at the end of the mantissa would count as digits of the scale.
        guard let e = text.firstIndex(of: "e") else { return text }
        var mantissa = text[..<e]
        while mantissa.hasSuffix("0") { mantissa.removeLast() }
        if mantissa.hasSuffix(".") { mantissa.removeLast() }
        return String(mantissa + text[e...])
    }

    /// What reading a floating-point number can give.
    package enum Parsed: Equatable {
        /// A number.
        case value(Double)
        /// A number too large, or too close to zero.
        case outOfRange
        /// Something else.
        case invalid
    }

    /// Reads a decimal number, Infinity, inf or NaN, with blanks around it.
    package static func parse(_ text: String, isSingle: Bool) -> Parsed {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = ByteScanner(bytes)
            scanner.skipBlanks()
            if scanner.skip(word: "nan") {
                return scanner.isAtEndAfterBlanks ? .value(.nan) : .invalid
            }
            let start = scanner.position
            let isNegative = scanner.skipSign()
            if scanner.skip(word: "infinity") || scanner.skip(word: "inf") {
                guard scanner.isAtEndAfterBlanks else { return .invalid }
                return .value(isNegative ? -.infinity : .infinity)
            }
            let digits = scanner.position
            // A second sign is none of the number's.
            guard let first = scanner.peek, isDigit(first) || first == UInt8(ascii: ".") else {
                return .invalid
            }
            var isZero = true
            var isMantissa = true
            while let byte = scanner.peek, isNumberByte(byte) {
                if byte | 0x20 == UInt8(ascii: "e") { isMantissa = false }
                if isMantissa, byte >= 0x31, byte <= 0x39 { isZero = false }
                scanner.advance()
            }
            let end = scanner.position
            guard end > digits, scanner.isAtEndAfterBlanks else { return .invalid }
            // `+` in front, and a point without digits on one side, are PostgreSQL's but not
            // Swift's.
            var body = String(decoding: bytes[(isNegative ? start : digits)..<end], as: UTF8.self)
            if !isComplete(bytes[digits..<end]) {
                guard let completed = completed(bytes[digits..<end]) else { return .invalid }
                body = (isNegative ? "-" : "") + completed
            }
            return number(body, isZero: isZero, isSingle: isSingle)
        }
    }

    private static func number(_ body: String, isZero: Bool, isSingle: Bool) -> Parsed {
        if isSingle {
            guard let value = Float(body) else { return .invalid }
            if value.isInfinite || (value == 0 && !isZero) { return .outOfRange }
            return .value(Double(value))
        }
        guard let value = Double(body) else { return .invalid }
        if value.isInfinite || (value == 0 && !isZero) { return .outOfRange }
        return .value(value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Begins with a digit and has a digit behind its point, if it has one.
    private static func isComplete(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = bytes.first, first >= 0x30, first <= 0x39 else { return false }
        guard let point = bytes.firstIndex(of: UInt8(ascii: ".")) else { return true }
        let next = bytes.index(after: point)
        return next < bytes.endIndex && bytes[next] >= 0x30 && bytes[next] <= 0x39
    }

    /// `.5`, `5.` and `5.e3` with zeros where digits lack; nil without any digit.
    private static func completed(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        let mantissa = bytes.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let parts = mantissa.split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count + parts[1].count > 0 else { return nil }
        let whole = parts[0].isEmpty ? "0" : String(decoding: parts[0], as: UTF8.self)
        let fraction = parts[1].isEmpty ? "0" : String(decoding: parts[1], as: UTF8.self)
        let exponent = String(decoding: bytes[mantissa.endIndex...], as: UTF8.self)
        return whole + "." + fraction + exponent
    }
}

extension TextCursor {
    /// Writes the shortest text that reads back as the same double.
    package mutating func write(_ value: Double) {
        guard value.isFinite, value != 0 else { return writeSpecial(value) }
        if value.magnitude < 1e15, value.magnitude >= 1e-3, writeShortDecimal(value) { return }
        if value.magnitude >= 0x1p53, value.magnitude < 0x1p63 {
            return writeLargeInteger(value, spacing: value.ulp)
        }
        writeDigits(of: value.description, scientificFrom: 15)
    }

    /// Writes the shortest text that reads back as the same float.
    package mutating func write(_ value: Float) {
        guard value.isFinite, value != 0 else { return writeSpecial(Double(value)) }
        if value.magnitude >= 0x1p24, value.magnitude < 0x1p63 {
            return writeLargeInteger(Double(value), spacing: Double(value.ulp))
        }
        writeDigits(of: value.description, scientificFrom: 6)
    }

    private mutating func writeSpecial(_ value: Double) {
        if value.isNaN { return write("NaN") }
        if value.sign == .minus { write(character: "-") }
        if value == 0 { write(character: "0") } else { write("Infinity") }
    }

    /// Writes a number of up to 15 digits with few behind the point, as counts and money are;
    /// false when it is none.
    ///
    /// Such digits are the shortest: fewer behind the point were tried first, and the one division
    /// of two exact numbers proves that they read back as the same double.
    private mutating func writeShortDecimal(_ value: Double) -> Bool {
        let magnitude = value.magnitude
        for (digits, power) in Self.smallPowers.enumerated() {
            let scaled = magnitude * power
            guard scaled < 1e15 else { return false }
            let rounded = scaled.rounded()
            guard rounded / power == magnitude else { continue }
            if value < 0 { write(character: "-") }
            let number = UInt64(rounded)
            guard digits > 0 else {
                write(number)
                return true
            }
            let (whole, fraction) = number.quotientAndRemainder(dividingBy: UInt64(power))
            write(whole)
            write(character: ".")
            write(fraction, width: digits)
            return true
        }
        return false
    }

    private static let smallPowers: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

    /// Writes a whole number that is known only to its spacing, with the fewest digits.
    ///
    /// Digits right between two numbers would do for a reader that rounds halves to even, and Swift
    /// gives them; PostgreSQL does not.
    private mutating func writeLargeInteger(_ value: Double, spacing: Double) {
        let exact = UInt64(value.magnitude)
        // Below a power of two the numbers lie twice as close.
        let below = value.magnitude.significand == 1 ? UInt64(spacing) / 2 : UInt64(spacing)
        var unit: UInt64 = 1
        var digits = exact
        while exact / unit >= 10 {
            unit *= 10
            let rest = exact % unit
            let isUp = rest >= unit - rest
            let distance = isUp ? unit - rest : rest
            guard distance * 2 < (isUp ? UInt64(spacing) : below) else { break }
            digits = isUp ? exact + distance : exact - distance
        }
        if value < 0 { write(character: "-") }
        var exponent = 0
        while digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        let width = WideInteger.digitCount(UInt128(digits))
        let power = UInt64(truncatingIfNeeded: WideInteger.powerOfTen(width - 1))
        write(digits / power)
        if width > 1 {
            write(character: ".")
            write(digits % power, width: width - 1)
        }
        write("e+")
        write(UInt64(exponent + width - 1), width: 2)
    }

    /// Rearranges Swift's shortest digits: scientific below 1e-4 and from 10^`limit` on, no `.0`.
    private mutating func writeDigits(of description: String, scientificFrom limit: Int) {
        var description = description
        description.withUTF8 { bytes in
            var digits = ShortestDigits(bytes)
            if digits.isNegative { write(character: "-") }
            // The value is 0.d1d2... * 10^exponent; scientific notation has one digit before the
            // point.
            let scientific = digits.exponent - 1
            if scientific < -4 || scientific >= limit {
                writeScientific(&digits, exponent: scientific)
            } else {
                writePlain(&digits)
            }
        }
    }

    private mutating func writeScientific(_ digits: inout ShortestDigits, exponent: Int) {
        write(digit: digits.next() ?? 0x30)
        if digits.count > 1 {
            write(character: ".")
            while let digit = digits.next() { write(digit: digit) }
        }
        if exponent < 0 { write("e-") } else { write("e+") }
        write(UInt64(abs(exponent)), width: 2)
    }

    private mutating func writePlain(_ digits: inout ShortestDigits) {
        if digits.exponent <= 0 {
            write("0.")
            for _ in 0..<(-digits.exponent) { write(character: "0") }
        } else {
            for _ in 0..<digits.exponent { write(digit: digits.next() ?? 0x30) }
            if digits.count > digits.exponent { write(character: ".") }
        }
        while let digit = digits.next() { write(digit: digit) }
    }

    private mutating func write(digit: UInt8) {
        next.pointee = digit
        next += 1
    }
}

/// The digits of Swift's description of a finite, non-zero number, without zeros at either end.
private struct ShortestDigits {
    let isNegative: Bool
    /// The number is 0.digits * 10^exponent.
    private(set) var exponent = 0
    /// How many digits there are.
    private(set) var count = 0
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position: Int
    private var end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        isNegative = bytes.first == UInt8(ascii: "-")
        var scanner = ByteScanner(bytes)
        _ = scanner.skipSign()
        position = scanner.position
        end = position
        var hasPoint = false
        var leading = true
        while let byte = scanner.peek, byte | 0x20 != UInt8(ascii: "e") {
            scanner.advance()
            if byte == UInt8(ascii: ".") {
                hasPoint = true
                continue
            }
            if leading, byte == 0x30 {
                if hasPoint { exponent -= 1 }
                continue
            }
            if leading {
                leading = false
                position = scanner.position - 1
            }
            if !hasPoint { exponent += 1 }
            if byte != 0x30 { end = scanner.position }
        }
        if !scanner.isAtEnd {
            scanner.advance()
            exponent += scanner.integer() ?? 0
        }
        count = bytes[position..<end].count { $0 != UInt8(ascii: ".") }
    }

    /// The next digit, or nil behind the last.
    mutating func next() -> UInt8? {
        guard position < end else { return nil }
        let byte = bytes[position]
        position += 1
        return byte == UInt8(ascii: ".") ? next() : byte
    }
}
