import DemetraTypes
import DemetraVectors

/// Values that nobody can foresee: `random()` and identifiers that nobody else makes.
///
/// - Source: RFC 9562, section 5.4: 122 random bits, version 4, variant 10.
enum RandomFunctions {
    static let all: [ScalarFunction] = [
        function("random", .double, words: 1) { words in
            .double(Double(words[0] >> 11) * 0x1p-53)
        },
        function("gen_random_uuid", .uuid, words: 2) { words in
            .text(identifier(words[0] & ~0xF000 | 0x4000, words[1] & ~(0b11 << 62) | 0b10 << 62))
        },
    ]

    /// A function of words of 64 random bits, new for each row.
    private static func function(
        _ name: String, _ type: LogicalType, words: Int,
        _ value: @escaping @Sendable ([UInt64]) -> Value
    ) -> ScalarFunction {
        ScalarFunction(name, Signature([], result: .fixed(type)), volatility: .volatile) {
            (_, count, context) throws(DemetraError) in
            guard let entropy = context.entropy else {
                throw DemetraError(
                    .objectNotInPrerequisiteState, "\(name)() has no source of chance here")
            }
            let bytes = entropy.bytes(count * words * 8)
            var builder = VectorBuilder(type: type, capacity: count)
            for row in 0..<count {
                builder.append(
                    value((0..<words).map { word(bytes, at: (row * words + $0) * 8) }))
            }
            return builder.finish()
        }
    }

    private static func word(_ bytes: [UInt8], at start: Int) -> UInt64 {
        bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func identifier(_ high: UInt64, _ low: UInt64) -> String {
        var rest = (hexadecimal(high) + hexadecimal(low))[...]
        var groups: [Substring] = []
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
