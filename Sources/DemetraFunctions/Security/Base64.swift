/// Bytes as letters, by RFC 4648, section 4.
package enum Base64 {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The letters, filled up with `=`.
    package static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = (0..<3).reduce(UInt32(0)) { word, index in
                word << 8 | UInt32(index < part.count ? part[start + index] : 0)
            }
            for index in 0..<4 {
                let letter = letters[Int(word >> UInt32(18 - 6 * index)) & 63]
                result.append(index <= part.count ? letter : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes; nil for what is not in canonical form.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let letters = Array(text.utf8)
        guard letters.count % 4 == 0 else { return nil }
        var result: [UInt8] = []
        for start in stride(from: 0, to: letters.count, by: 4) {
            let part = letters[start..<(start + 4)].prefix { $0 != UInt8(ascii: "=") }
            guard part.count >= 2, part.count == 4 || start + 4 == letters.count else { return nil }
            var word: UInt32 = 0
            for letter in part {
                guard let value = Self.letters.firstIndex(of: letter) else { return nil }
                word = word << 6 | UInt32(value)
            }
            word <<= UInt32(6 * (4 - part.count))
            for index in 0..<(part.count - 1) {
                result.append(UInt8(truncatingIfNeeded: word >> UInt32(16 - 8 * index)))
            }
        }
        return Self.text(result) == String(decoding: letters, as: UTF8.self) ? result : nil
    }
}
