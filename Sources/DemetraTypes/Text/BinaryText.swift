/// Bytes and identifiers as text.
package enum BinaryText {
    /// Reads a bytea: `\x` and hexadecimal digits, or plain characters with `\\` and `\ooo`; nil for anything else.
    package static func bytes(_ text: [UInt8]) -> [UInt8]? {
        let backslash = UInt8(ascii: "\\")
        if text.starts(with: [backslash, UInt8(ascii: "x")]) {
            return hexadecimal(text.dropFirst(2))
        }
        return unescaped(text)
    }

    /// Reads plain characters with `\\` for a backslash and `\ooo` for the byte of three octal digits; nil for
    /// anything else.
    package static func unescaped(_ text: [UInt8]) -> [UInt8]? {
        let backslash = UInt8(ascii: "\\")
        var result: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == backslash else {
                result.append(byte)
                continue
            }
            if rest.first == backslash {
                result.append(backslash)
                rest = rest.dropFirst()
                continue
            }
            let digits = rest.prefix(3)
            guard digits.count == 3, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x37 }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            else { return nil }
            result.append(value)
            rest = rest.dropFirst(3)
        }
        return result
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var high: Int?
        for byte in digits {
            guard let digit = hexDigit(byte) else { return nil }
            if let first = high {
                result.append(UInt8(first << 4 | digit))
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? result : nil
    }

    /// Reads a uuid: 32 hexadecimal digits, hyphens after any four of them, perhaps in braces; gives it in the usual
    /// form, or nil for anything else.
    package static func uuid(_ text: [UInt8]) -> [UInt8]? {
        var digits: [UInt8] = []
        var source = text[...]
        if source.first == UInt8(ascii: "{") {
            guard source.last == UInt8(ascii: "}"), source.count > 2 else { return nil }
            source = source.dropFirst().dropLast()
        }
        var hyphenAt = 0
        for byte in source {
            if byte == UInt8(ascii: "-"), digits.count % 4 == 0, digits.count > hyphenAt,
                digits.count < 32
            {
                hyphenAt = digits.count
                continue
            }
            guard hexDigit(byte) != nil, digits.count < 32 else { return nil }
            digits.append(byte < 0x3a ? byte : byte | 0x20)
        }
        guard digits.count == 32 else { return nil }
        for position in [20, 16, 12, 8] { digits.insert(UInt8(ascii: "-"), at: position) }
        return digits
    }
}
