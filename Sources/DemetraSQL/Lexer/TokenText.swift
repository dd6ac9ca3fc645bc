import DemetraTypes

/// What tokens stand for: names folded, literals unescaped.
struct TokenText {
    let bytes: [UInt8]

    /// The token as written.
    func source(_ token: Token) -> String {
        String(decoding: bytes[token.start..<token.end], as: UTF8.self)
    }

    /// The name a word or quoted name stands for.
    func name(_ token: Token) -> String {
        if token.kind == .quotedName {
            return unquoted(bytes[(token.start + 1)..<(token.end - 1)], quote: 0x22)
        }
        let folded = bytes[token.start..<token.end].map {
            $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0
        }
        return String(decoding: folded, as: UTF8.self)
    }

    private func unquoted(_ slice: ArraySlice<UInt8>, quote: UInt8) -> String {
        var result: [UInt8] = []
        var index = slice.startIndex
        while index < slice.endIndex {
            result.append(slice[index])
            index += slice[index] == quote ? 2 : 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The text a string literal stands for.
    ///
    /// - Throws: 22025 for an escape that makes no sense.
    func string(_ token: Token) throws(DemetraError) -> String {
        let first = bytes[token.start]
        if first == 0x24 {
            guard let close = bytes[(token.start + 1)...].firstIndex(of: 0x24) else { return "" }
            let tag = close - token.start + 1
            return String(
                decoding: bytes[(token.start + tag)..<(token.end - tag)], as: UTF8.self)
        }
        let escapes = first != 0x27
        var result: [UInt8] = []
        var index = token.start + (escapes ? 2 : 1)
        while index < token.end - 1 {
            let byte = bytes[index]
            if byte == 0x27 {
                if bytes[index + 1] == 0x27 {
                    result.append(0x27)
                    index += 2
                } else {
                    // The literal goes on behind blanks and a line break.
                    index += 1
                    while bytes[index] != 0x27 { index += 1 }
                    index += 1
                }
            } else if escapes, byte == 0x5c {
                index = try escape(at: index, token, &result)
            } else {
                result.append(byte)
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private func escape(
        at index: Int, _ token: Token, _ result: inout [UInt8]
    ) throws(DemetraError) -> Int {
        let next = bytes[index + 1]
        switch next {
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "x"), UInt8(ascii: "u"), UInt8(ascii: "U"):
            let length = next == UInt8(ascii: "x") ? 2 : (next == UInt8(ascii: "u") ? 4 : 8)
            let digits = bytes[(index + 2)..<min(token.end - 1, index + 2 + length)]
                .prefix { isHexadecimal($0) }
            guard let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(value), value != 0
            else {
                throw DemetraError(
                    .invalidEscapeSequence, "invalid Unicode escape", position: index)
            }
            result.append(contentsOf: Array(String(Character(scalar)).utf8))
            return index + 2 + digits.count
        default: result.append(next)
        }
        return index + 2
    }

    private func isHexadecimal(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)
    }
}
