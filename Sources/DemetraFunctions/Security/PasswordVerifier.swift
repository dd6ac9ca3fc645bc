/// What a server keeps to check a password without knowing it, in PostgreSQL's form:
/// `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey`.
///
/// - Source: RFC 5802, section 3; RFC 7677.
package struct PasswordVerifier: Sendable, Hashable {
    /// As in PostgreSQL.
    package static let standardIterations = 4_096
    /// More would let a role's definition keep a client busy for ever.
    private static let mostIterations = 10_000_000
    private static let prefix = "SCRAM-SHA-256$"

    /// How often the password is digested.
    package let iterations: Int
    /// Random bytes that go into it.
    package let salt: [UInt8]
    /// A client that knows the password can prove that it knows what this was made of; 32 bytes.
    package let storedKey: [UInt8]
    /// The server proves that it has this; 32 bytes.
    package let serverKey: [UInt8]

    /// The verifier of a password.
    package init(password: String, salt: [UInt8], iterations: Int = standardIterations) {
        let salted = HMAC.stretched(
            PreparedPassword.bytes(password), salt: salt, iterations: iterations)
        self.iterations = iterations
        self.salt = salt
        storedKey = SHA2.sha256(HMAC.sha256(key: salted, Array("Client Key".utf8)))
        serverKey = HMAC.sha256(key: salted, Array("Server Key".utf8))
    }

    /// A verifier that no password fits.
    package init(impossibleWith salt: [UInt8]) {
        iterations = Self.standardIterations
        self.salt = salt
        (storedKey, serverKey) = ([], [])
    }

    /// Reads a text; nil when it is none.
    package init?(text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let parts = text.dropFirst(Self.prefix.count).split(
            separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let head = parts[0].split(separator: ":", omittingEmptySubsequences: false)
        let keys = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard head.count == 2, keys.count == 2, let iterations = Int(head[0]),
            (1...Self.mostIterations).contains(iterations),
            let salt = Base64.bytes(head[1]), !salt.isEmpty,
            let storedKey = Base64.bytes(keys[0]), storedKey.count == 32,
            let serverKey = Base64.bytes(keys[1]), serverKey.count == 32
        else { return nil }
        self.iterations = iterations
        self.salt = salt
        self.storedKey = storedKey
        self.serverKey = serverKey
    }

    /// The text that is kept.
    package var text: String {
        Self.prefix + "\(iterations):\(Base64.text(salt))$"
            + "\(Base64.text(storedKey)):\(Base64.text(serverKey))"
    }
}
