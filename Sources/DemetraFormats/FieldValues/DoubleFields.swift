import DemetraVectors
import Glibc

// Parsers of real and double precision fields.
//
// Safe because fields have 8 readable bytes behind them, and strtod sees a copy that ends in NUL.

/// Fields of a double precision column, or of a real one.
struct DoubleField: FieldParser {
    /// True when values are rounded to single precision.
    let isSingle: Bool
    private let powers: UnsafePointer<Double>

    static let filler: Double = 0
    static let isNumber = true

    /// Fields of a double precision column; of a real one when `isSingle`.
    init(isSingle: Bool) {
        self.isSingle = isSingle
        powers = PowersOfTen.double.pointer
    }

    @inline(__always)
    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Double>
    ) -> FieldOutcome {
        let isNegative = text[0] == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        var index = first
        var digits: UInt64 = 0
        while index < count, digit(text[index]) < 10 {
            digits = digits &* 10 &+ UInt64(digit(text[index]))
            index &+= 1
        }
        var fraction = 0
        var hasPoint = 0
        if index < count, text[index] == UInt8(ascii: ".") {
            hasPoint = 1
            index &+= 1
            let start = index
            while index < count, digit(text[index]) < 10 {
                digits = digits &* 10 &+ UInt64(digit(text[index]))
                index &+= 1
            }
            fraction = index &- start
        }
        // Nineteen digits fit 64 bits; below 2^53 one division by an exact power rounds once.
        let digitCount = index &- first &- hasPoint
        guard index == count, digitCount > 0, digitCount <= 19, digits <= 1 << 53, fraction <= 22,
            !isSingle
        else { return parseExactly(text, count, element) }
        let value = Double(Int64(bitPattern: digits)) / powers[fraction]
        element.pointee = isNegative ? -value : value
        return .parsed
    }

    @inline(never)
    private func parseExactly(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Double>
    ) -> FieldOutcome {
        if FieldWord.nan.matches(text, count) {
            element.pointee = .nan
        } else if FieldWord.infinity.matches(text, count) {
            element.pointee = .infinity
        } else if FieldWord.minusInfinity.matches(text, count) {
            element.pointee = -.infinity
        } else {
            return decimalDouble(text, count, isSingle: isSingle, element)
        }
        return .parsed
    }

    func parseLeniently(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Double>
    ) -> FieldOutcome {
        guard let amount = AmountText.parse(text, count) else { return .malformed }
        // Through text again, so that a grouped number and a plain one give the same double.
        let plain = amount.plainText
        return plain.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return .malformed }
            return parseExactly(base, bytes.count, element)
        }
    }
}

/// Parses a decimal with an optional exponent, by strtod or strtof; what else these would take, such as hexadecimal,
/// is malformed. Out of range where it is infinite, or zero without being so.
private func decimalDouble(
    _ text: UnsafePointer<UInt8>, _ count: Int, isSingle: Bool,
    _ element: UnsafeMutablePointer<Double>
) -> FieldOutcome {
    var digits = 0
    var isZero = true
    var isMantissa = true
    for index in 0..<count {
        let byte = text[index]
        if digit(byte) < 10 {
            digits += 1
            if isMantissa, byte != UInt8(ascii: "0") { isZero = false }
        } else if byte | 0x20 == UInt8(ascii: "e") {
            isMantissa = false
        } else if byte != UInt8(ascii: "-"), byte != UInt8(ascii: "+"), byte != UInt8(ascii: ".") {
            return .malformed
        }
    }
    guard digits > 0 else { return .malformed }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { copy in
        guard let base = copy.baseAddress else { return .malformed }
        for index in 0..<count { base[index] = CChar(bitPattern: text[index]) }
        base[count] = 0
        var end: UnsafeMutablePointer<CChar>?
        let value = isSingle ? Double(strtof(base, &end)) : strtod(base, &end)
        guard end == base + count else { return .malformed }
        guard value.isFinite, value != 0 || isZero else { return .outOfRange }
        element.pointee = value
        return .parsed
    }
}
