import DemetraTypes

/// Identifiers that nobody else makes.
///
/// - Source: RFC 9562, section 5.4: 122 bits of the system's random generator, version 4, variant 10.
enum RandomUUID {
    static let function = ScalarBuilder.function(
        "gen_random_uuid", [], .uuid, volatility: .volatile
    ) { _, _ in .text(text()) }

    private static func text() -> String {
        let high = UInt64.random(in: 0...(.max)) & ~0xF000 | 0x4000
        let low = UInt64.random(in: 0...(.max)) & ~(0b11 << 62) | 0b10 << 62
        let digits = hexadecimal(high) + hexadecimal(low)
        var groups: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return groups.joined(separator: "-")
    }

    private static func hexadecimal(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
