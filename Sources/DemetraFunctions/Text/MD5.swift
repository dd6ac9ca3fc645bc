import Glibc

/// The MD5 digest, for `md5()`; not for secrets.
///
/// - Source: RFC 1321.
enum MD5 {
    private static let shifts: [UInt32] =
        [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]
        .flatMap { row in (0..<16).map { row[$0 % 4] } }

    private static let constants: [UInt32] = (0..<64).map { index in
        UInt32(truncatingIfNeeded: Int64(abs(sin(Double(index + 1))) * 4_294_967_296))
    }

    /// The digest in lower-case hexadecimal digits.
    static func hexadecimal(_ message: [UInt8]) -> String {
        var bytes = message
        bytes.append(0x80)
        while bytes.count % 64 != 56 { bytes.append(0) }
        let bits = UInt64(message.count) &* 8
        for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(byte * 8))) }
        var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
        for start in stride(from: 0, to: bytes.count, by: 64) {
            let words = (0..<16).map { word -> UInt32 in
                (0..<4).reduce(0) { $0 | UInt32(bytes[start + word * 4 + $1]) << UInt32($1 * 8) }
            }
            round(&state, words)
        }
        return state.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32($0 * 8)) }
        }
        .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func round(_ state: inout [UInt32], _ words: [UInt32]) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        for step in 0..<64 {
            let (mix, word): (UInt32, Int)
            switch step / 16 {
            case 0: (mix, word) = ((b & c) | (~b & d), step)
            case 1: (mix, word) = ((d & b) | (~d & c), (5 * step + 1) % 16)
            case 2: (mix, word) = (b ^ c ^ d, (3 * step + 5) % 16)
            default: (mix, word) = (c ^ (b | ~d), (7 * step) % 16)
            }
            let sum = a &+ mix &+ constants[step] &+ words[word]
            (a, d, c) = (d, c, b)
            b = b &+ (sum << shifts[step] | sum >> (32 - shifts[step]))
        }
        state[0] = state[0] &+ a
        state[1] = state[1] &+ b
        state[2] = state[2] &+ c
        state[3] = state[3] &+ d
    }
}
