/// Reads bytes from left to right; the small parsers of values are written over it.
///
/// Safe because every read checks the position against the count first.
package struct ByteScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The position of the next byte.
    package private(set) var position = 0

    /// Reads `bytes`, which must outlive the scanner.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next byte, or nil at the end.
    package var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The byte behind the next one.
    package var peekSecond: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

    /// True behind the last byte.
    package var isAtEnd: Bool { position >= bytes.count }

    /// Goes one byte on.
    package mutating func advance() { position += 1 }

    /// Goes over blanks.
    package mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) { position += 1 }
    }

    /// True when only blanks are left.
    package var isAtEndAfterBlanks: Bool {
        mutating get {
            skipBlanks()
            return isAtEnd
        }
    }

    /// Goes over a byte if it is the next one.
    package mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    /// Goes over a word in any case if it is next; the word is given in lower case.
    package mutating func skip(word: String) -> Bool {
        let word = Array(word.utf8)
        guard position + word.count <= bytes.count else { return false }
        for index in word.indices where bytes[position + index] | 0x20 != word[index] {
            return false
        }
        position += word.count
        return true
    }

    /// Goes over a sign; true for minus.
    package mutating func skipSign() -> Bool {
        if skip("-") { return true }
        _ = skip("+")
        return false
    }

    /// Digits as a number, with how many there were; nil without any or beyond 18.
    package mutating func digits() -> (value: Int, count: Int)? {
        var value = 0
        let start = position
        while let byte = peek, byte >= 0x30, byte <= 0x39 {
            guard position - start < 18 else { return nil }
            value = value * 10 + Int(byte - 0x30)
            position += 1
        }
        return position > start ? (value, position - start) : nil
    }

    /// A whole number with an optional sign.
    package mutating func integer() -> Int? {
        let isNegative = skipSign()
        guard let (value, _) = digits() else { return nil }
        return isNegative ? -value : value
    }

    /// Digits of a fraction as millionths; further digits round.
    package mutating func microseconds() -> Int? {
        var value = 0
        var count = 0
        var rounding = 0
        while let byte = peek, byte >= 0x30, byte <= 0x39 {
            if count < 6 { value = value * 10 + Int(byte - 0x30) }
            if count == 6 { rounding = byte >= 0x35 ? 1 : 0 }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        while count < 6 {
            value *= 10
            count += 1
        }
        return value + rounding
    }

    /// Letters in lower case, or nil without any.
    package mutating func word() -> String? {
        var letters: [UInt8] = []
        while let byte = peek, (byte | 0x20) >= 0x61, (byte | 0x20) <= 0x7a {
            letters.append(byte | 0x20)
            position += 1
        }
        return letters.isEmpty ? nil : String(decoding: letters, as: UTF8.self)
    }

    /// Everything up to a blank or the end.
    package mutating func token() -> String {
        let start = position
        while let byte = peek, byte != 0x20 { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
