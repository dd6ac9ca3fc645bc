package import Demetra
package import DemetraFunctions

/// Who may log in from where, and how: what `pg_hba.conf` says elsewhere, as one rule.
///
///     from             a role with a password   a role without   no role
///     socket           trusted                  trusted          the owner of the database
///     loopback         password                 trusted *        as long as there are no users the owner *, else refused
///     other addresses  password and TLS         refused          refused
///
///     * not with `--require-auth`: refused
///
/// Whoever is refused is asked for a password all the same, so that names cannot be found out.
package struct AccessPolicy: Sendable {
    /// Passwords are asked for on loopback too.
    package let requiresPasswords: Bool

    /// The policy of a server.
    package init(requiresPasswords: Bool) { self.requiresPasswords = requiresPasswords }

    /// What becomes of a log-in.
    package enum Decision: Sendable, Equatable {
        /// The session begins; as the owner's, or as the role of the user's name.
        case trust(asOwner: Bool)
        /// A proof is asked for; `isPossible` is false when none can be right.
        case password(PasswordVerifier, isPossible: Bool)
        /// It is refused at once.
        case refuse(DemetraError)

        package static func == (left: Decision, right: Decision) -> Bool {
            switch (left, right) {
            case (.trust(let one), .trust(let other)): one == other
            case (.password(let one, let first), .password(let other, let second)):
                one == other && first == second
            case (.refuse(let one), .refuse(let other)): one == other
            default: false
            }
        }
    }

    /// Decides about a log-in.
    package func decide(
        user: String, from address: ClientAddress, isEncrypted: Bool, _ roles: LoginRoles
    ) -> Decision {
        let role = roles[user]
        if address == .socket { return .trust(asOwner: role == nil) }
        if case .remote(let host) = address, !isEncrypted {
            return .refuse(
                DemetraError(
                    .invalidAuthorization,
                    "connections from \"\(host)\" for user \"\(user)\" need encryption",
                    hint: "Connect with sslmode=require."))
        }
        if let verifier = role?.verifier {
            return .password(verifier, isPossible: true)
        }
        if case .loopback = address, !requiresPasswords {
            if role != nil { return .trust(asOwner: false) }
            if !roles.hasUsers { return .trust(asOwner: true) }
        }
        return .password(Self.mock(user, roles.secret), isPossible: false)
    }

    /// What is asked of a user who does not exist: always the same salt for the same name.
    private static func mock(_ user: String, _ secret: [UInt8]) -> PasswordVerifier {
        let salt = HMAC.sha256(key: secret, Array(user.utf8)).prefix(16)
        return PasswordVerifier(impossibleWith: Array(salt))
    }
}
