import DemetraCatalog
package import DemetraEngine
package import DemetraFunctions

/// A role as far as logging in goes.
package struct LoginRole: Sendable {
    /// The SQL name.
    package let name: String
    /// It may open sessions.
    package let canLogin: Bool
    /// Sessions that it may have at once; nil for any number.
    package let connectionLimit: Int?
    /// When its password ends to be good.
    package let validUntil: Timestamp?
    /// What its password is checked with; nil without a password.
    package let verifier: PasswordVerifier?

    /// Makes a role.
    package init(
        name: String, canLogin: Bool = true, connectionLimit: Int? = nil,
        validUntil: Timestamp? = nil, verifier: PasswordVerifier? = nil
    ) {
        self.name = name
        self.canLogin = canLogin
        self.connectionLimit = connectionLimit
        self.validUntil = validUntil
        self.verifier = verifier
    }
}

/// The roles of a database at one moment.
package struct LoginRoles: Sendable {
    private let roles: [String: LoginRole]
    /// What the salt of roles that do not exist is made of.
    package let secret: [UInt8]

    /// Makes roles; names are given once.
    package init(_ roles: [LoginRole], secret: [UInt8] = []) {
        self.roles = Dictionary(roles.map { ($0.name, $0) }) { first, _ in first }
        self.secret = secret
    }

    fileprivate init(_ access: AccessCatalog) {
        secret = access.secret
        roles = access.roles.mapValues { role in
            LoginRole(
                name: role.name, canLogin: role.attributes.contains(.login),
                connectionLimit: role.connectionLimit, validUntil: role.validUntil,
                verifier: role.verifier.flatMap { PasswordVerifier(text: $0) })
        }
    }

    /// The role of a name.
    package subscript(name: String) -> LoginRole? { roles[name] }

    /// Whether there are roles that may log in.
    package var hasUsers: Bool { roles.values.contains { $0.canLogin } }

    /// Whether there are roles that may log in with a password.
    package var hasPasswords: Bool {
        roles.values.contains { $0.canLogin && $0.verifier != nil }
    }
}

extension Database {
    /// The roles that there are now.
    package var loginRoles: LoginRoles { LoginRoles(engine.store.snapshot().catalog.access) }

    /// A client has logged in, or was refused for a reason.
    package func noteLogin(
        of user: String, from address: String, application: String, _ error: DemetraError?
    ) {
        engine.audit.note(loginOf: user, from: address, application: application, error)
    }

    /// The time.
    package var now: Timestamp { engine.clock.now() }

    /// A connection for a client that has proven who it is.
    ///
    /// - Throws: 42501 when the role may not connect.
    package func connect(
        client user: String, _ origin: SessionOrigin
    ) throws(DemetraError) -> Connection {
        let access = engine.store.snapshot().catalog.access
        if !origin.isOwner, let rights = access.rights(of: user),
            !rights.allows(.connect, access[.database])
        {
            throw DemetraError(
                .insufficientPrivilege, "permission denied for database",
                detail: "User does not have CONNECT privilege.",
                hint: "A superuser can GRANT CONNECT ON DATABASE \(origin.database) TO \(user).")
        }
        let session = engine.makeSession(user: user, origin: origin)
        _ = session.applyRoleSettings()
        return Connection(session: session)
    }
}
