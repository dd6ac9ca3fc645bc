/// Keyed digests over SHA-256, and keys made of passwords.
///
/// - Source: RFC 2104 and RFC 8018, section 5.2.
package enum HMAC {
    private static let blockBytes = 64

    /// The digest of a message under a key: 32 bytes.
    package static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var key = key.count > blockBytes ? SHA2.sha256(key) : key
        key += [UInt8](repeating: 0, count: blockBytes - key.count)
        let inner = SHA2.sha256(key.map { $0 ^ 0x36 } + message)
        return SHA2.sha256(key.map { $0 ^ 0x5c } + inner)
    }

    /// PBKDF2: 32 bytes that take `iterations` digests to compute.
    package static func stretched(
        _ password: [UInt8], salt: [UInt8], iterations: Int
    ) -> [UInt8] {
        var last = sha256(key: password, salt + [0, 0, 0, 1])
        var result = last
        for _ in 1..<max(iterations, 1) {
            last = sha256(key: password, last)
            for index in result.indices { result[index] ^= last[index] }
        }
        return result
    }

    /// Whether two digests are equal, in a time that does not tell where they differ.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
