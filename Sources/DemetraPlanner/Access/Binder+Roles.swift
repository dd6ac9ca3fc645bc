import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

// CREATE, ALTER and DROP ROLE.

extension Binder {
    func bindRole(_ statement: RoleStatement) throws(DemetraError) -> BoundStatement {
        switch statement {
        case .create(let name, let canLogin, let options):
            return try createRole(name, canLogin, options)
        case .alter(let name, let options): return try alterRole(name, options)
        case .rename(let name, let target): return try renameRole(name, target)
        case .set(let name, let setting, let values):
            if setting.text.lowercased() == LanguageModelAccess.Setting.url {
                try requireSuperuser("set \(setting.text) for a role")
            }
            return try changeSettings(of: name) { settings in
                settings[setting.text.lowercased()] = values?.joined(separator: ", ")
            }
        case .reset(let name, let setting):
            return try changeSettings(of: name) { settings in
                guard let setting else { return settings = [:] }
                settings[setting.text.lowercased()] = nil
            }
        case .drop(let names, let ifExists): return try dropRoles(names, ifExists)
        case .dropOwned(let names, let cascade): return try dropOwned(names, cascade)
        case .reassign(let names, let target): return try reassign(names, target)
        case .owner(let target, let ifExists, let role):
            return try changeOwner(target, ifExists, role)
        case .grant(let grant): return try bindGrant(grant)
        case .membership(let membership): return try bindMembership(membership)
        case .defaults(let defaults): return try bindDefaults(defaults)
        }
    }

    // MARK: CREATE

    private func createRole(
        _ name: Identifier, _ canLogin: Bool, _ options: [RoleOption]
    ) throws(DemetraError) -> BoundStatement {
        try requireRoleMaker("create role")
        guard !Self.reservedRoles.contains(name.name), !name.name.hasPrefix("pg_") else {
            throw DemetraError(
                .reservedName, "role name \"\(name.name)\" is reserved",
                hint: "Use another name, one that does not begin with pg_."
            ).at(name.range)
        }
        guard catalog.access.roles[name.name] == nil else {
            throw DemetraError(
                .duplicateObject, "role \"\(name.name)\" already exists",
                hint: "Use another name, or ALTER ROLE."
            ).at(name.range)
        }
        var role = RoleDefinition(name: name.name)
        if canLogin { role.attributes.insert(.login) }
        var notices: [String] = []
        var changes: [CatalogChange] = []
        if catalog.access.secret.isEmpty {
            changes.append(.access(.setSecret(try randomBytes(32))))
        }
        if let own = ownRole(beside: name.name) {
            changes.append(.access(.putRole(own)))
            notices.append(
                "role \"\(own.name)\" is created too, with the rights of the database's owner: "
                    + "somebody must be able to log in with them")
        }
        try apply(options, to: &role, &notices)
        changes.append(.access(.putRole(role)))
        changes += try members(options, of: role.name)
        return .define(changes, tag: "CREATE ROLE", notice: Self.text(notices))
    }

    /// The role that a client gets who makes the first ones, and would be locked out else.
    private func ownRole(beside name: String) -> RoleDefinition? {
        guard authority.becomesRole, authority.role == nil, authority.user != name,
            catalog.access.roles[authority.user] == nil,
            !Self.reservedRoles.contains(authority.user), !authority.user.hasPrefix("pg_"),
            !catalog.access.roles.values.contains(where: {
                $0.mayAll && $0.attributes.contains(.login)
            })
        else { return nil }
        return RoleDefinition(
            name: authority.user,
            attributes: [.owner, .login, .inherit, .createRole, .createDatabase])
    }

    private static func text(_ notices: [String]) -> String? {
        notices.isEmpty ? nil : notices.joined(separator: "\n")
    }

    private func randomBytes(_ count: Int) throws(DemetraError) -> [UInt8] {
        if let entropy { return entropy.bytes(count) }
        throw DemetraError(
            .objectNotInPrerequisiteState, "there are no random numbers to make a salt of here")
    }

    // MARK: Options

    private static let flags: [String: (RoleDefinition.Attributes, Bool)] = [
        "superuser": (.superuser, true), "nosuperuser": (.superuser, false),
        "login": (.login, true), "nologin": (.login, false),
        "inherit": (.inherit, true), "noinherit": (.inherit, false),
        "createrole": (.createRole, true), "nocreaterole": (.createRole, false),
        "createdb": (.createDatabase, true), "nocreatedb": (.createDatabase, false),
        "replication": (.replication, true), "noreplication": (.replication, false),
        "bypassrls": (.bypassRowSecurity, true), "nobypassrls": (.bypassRowSecurity, false),
    ]

    private func apply(
        _ options: [RoleOption], to role: inout RoleDefinition, _ notices: inout [String]
    ) throws(DemetraError) {
        for option in options {
            switch option.content {
            case .flag(let word):
                guard let (attribute, isOn) = Self.flags[word] else {
                    throw DemetraError(
                        .syntaxError, "unrecognized role option \"\(word)\"",
                        hint: NearestName.find(word, among: Self.flags.keys)
                            .map { "Perhaps you meant \($0.uppercased())." }
                    ).at(option.range)
                }
                if isOn {
                    role.attributes.insert(attribute)
                } else {
                    role.attributes.remove(attribute)
                }
                if attribute == .superuser {
                    try requireSuperuser("change the superuser attribute")
                }
            case .readOnly(let isOn):
                if isOn {
                    role.attributes.insert(.readOnly)
                } else {
                    role.attributes.remove(.readOnly)
                }
            case .connectionLimit(let limit):
                guard limit >= -1 else {
                    throw DemetraError(
                        .invalidParameterValue, "invalid connection limit: \(limit)",
                        hint: "-1 means any number of connections."
                    ).at(option.range)
                }
                role.connectionLimit = limit < 0 ? nil : limit
            case .validUntil(let text): role.validUntil = try moment(text, option.range)
            case .password(let text):
                role.verifier = try verifier(text, option.range, &notices)
            case .groups(let groups):
                for group in groups {
                    role.memberships.append(try membership(in: group, of: role.name))
                }
            case .members: continue
            }
        }
    }

    private func moment(_ text: String, _ range: SourceRange) throws(DemetraError) -> Timestamp? {
        if text.lowercased() == "infinity" { return nil }
        let literal = BoundExpression(.literal(.text(text)), type: .unknown, range: range)
        let value = try coerce(literal, to: .timestamptz, .assignment)
        guard case .timestamptz(let time)? = constant(value) else {
            throw DemetraError(
                .invalidParameterValue, "\"\(text)\" is not a time",
                hint: "Write VALID UNTIL '2027-01-01 00:00+00', or 'infinity'."
            ).at(range)
        }
        return time
    }

    /// What is kept of a password: never the password. Errors do not show it.
    private func verifier(
        _ text: String?, _ range: SourceRange, _ notices: inout [String]
    ) throws(DemetraError) -> String? {
        guard let text else { return nil }
        if text.isEmpty {
            notices.append("empty string is not a valid password, clearing password")
            return nil
        }
        if let verifier = PasswordVerifier(text: text) { return verifier.text }
        guard !text.hasPrefix("SCRAM-SHA-256$"), !Self.isMD5(text) else {
            throw DemetraError(
                .invalidParameterValue, "the password looks like a verifier and is none",
                hint: "Give the password itself, or a SCRAM-SHA-256 verifier. MD5 is not supported."
            ).at(range)
        }
        return PasswordVerifier(password: text, salt: try randomBytes(16)).text
    }

    private static func isMD5(_ text: String) -> Bool {
        text.utf8.count == 35 && text.hasPrefix("md5")
            && text.dropFirst(3).allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    private func members(
        _ options: [RoleOption], of group: String
    ) throws(DemetraError) -> [CatalogChange] {
        var changes: [CatalogChange] = []
        for option in options {
            guard case .members(let names, let isAdmin) = option.content else { continue }
            for name in names {
                var member = try definedRole(name)
                try checkCircle(member: member.name, group: group, name.range)
                member.memberships.append(
                    RoleDefinition.Membership(
                        role: group, isAdmin: isAdmin, grantor: authority.role))
                changes.append(.access(.putRole(member)))
            }
        }
        return changes
    }

    // MARK: ALTER

    private func alterRole(
        _ name: DemetraSQL.RoleName, _ options: [RoleOption]
    ) throws(DemetraError) -> BoundStatement {
        var role = try definedRole(name)
        let isOwnPassword =
            role.name == authority.role
            && options.allSatisfy { if case .password = $0.content { true } else { false } }
        if !isOwnPassword { try requireRoleMaker("alter role", of: role) }
        var notices: [String] = []
        try apply(options, to: &role, &notices)
        return .define(
            [.access(.putRole(role))] + (try members(options, of: role.name)), tag: "ALTER ROLE",
            notice: Self.text(notices))
    }

    private func renameRole(
        _ name: DemetraSQL.RoleName, _ target: Identifier
    ) throws(DemetraError) -> BoundStatement {
        let role = try definedRole(name)
        try requireRoleMaker("rename role", of: role)
        guard role.name != authority.role else {
            throw DemetraError(.featureNotSupported, "session user cannot be renamed")
                .at(name.range)
        }
        guard !Self.reservedRoles.contains(target.name), !target.name.hasPrefix("pg_") else {
            throw DemetraError(.reservedName, "role name \"\(target.name)\" is reserved")
                .at(target.range)
        }
        guard catalog.access.roles[target.name] == nil else {
            throw DemetraError(.duplicateObject, "role \"\(target.name)\" already exists")
                .at(target.range)
        }
        return .define(
            [.access(.renameRole(role.name, to: target.name))], tag: "ALTER ROLE", notice: nil)
    }

    private func changeSettings(
        of name: DemetraSQL.RoleName, _ change: (inout [String: String]) -> Void
    ) throws(DemetraError) -> BoundStatement {
        var role = try definedRole(name)
        if role.name != authority.role { try requireRoleMaker("alter role", of: role) }
        change(&role.settings)
        return .define([.access(.putRole(role))], tag: "ALTER ROLE", notice: nil)
    }

    // MARK: DROP

    private func dropRoles(
        _ names: [DemetraSQL.RoleName], _ ifExists: Bool
    ) throws(DemetraError) -> BoundStatement {
        try requireRoleMaker("drop role")
        var changes: [CatalogChange] = []
        var notices: [String] = []
        for name in names {
            if ifExists, case .named(let identifier) = name,
                catalog.access.roles[identifier.name] == nil
            {
                notices.append("role \"\(identifier.name)\" does not exist, skipping")
                continue
            }
            let role = try definedRole(name)
            try requireRoleMaker("drop role", of: role)
            guard role.name != authority.role else {
                throw DemetraError(.objectInUse, "current user cannot be dropped").at(name.range)
            }
            let mentions = mentions(of: role.name)
            guard mentions.isEmpty else {
                throw DemetraError(
                    .dependentObjectsStillExist,
                    "role \"\(role.name)\" cannot be dropped because some objects depend on it",
                    detail: mentions.joined(separator: "\n"),
                    hint: "REASSIGN OWNED BY \(role.name) TO another role, then DROP OWNED BY "
                        + "\(role.name)."
                ).at(name.range)
            }
            changes.append(.access(.dropRole(role.name)))
        }
        return .define(changes, tag: "DROP ROLE", notice: Self.text(notices))
    }

    /// Where a role stands, as sentences.
    private func mentions(of role: String) -> [String] {
        var found = allObjects().compactMap { object -> String? in
            guard object.access.mentions(role) else { return nil }
            let isOwner = object.access.owner == role
            return (isOwner ? "owner of " : "privileges for ") + object.text
        }
        for (key, grants) in catalog.access.defaults.sorted(by: { $0.key < $1.key })
        where key.creator == role || ObjectAccess(grants: grants).mentions(role) {
            found.append("default privileges on new \(key.kind.noun)s")
        }
        return found
    }

    // MARK: Who may

    /// - Throws: 42501 for all but superusers and roles with CREATEROLE; those leave superusers alone.
    func requireRoleMaker(
        _ what: String, of role: RoleDefinition? = nil
    ) throws(DemetraError) {
        guard let rights = authority.rights else { return }
        if role?.mayAll ?? false {
            throw DemetraError(
                .insufficientPrivilege, "must be superuser to alter superuser roles",
                hint: "Let a superuser do it.")
        }
        guard rights.createsRoles else {
            throw DemetraError(
                .insufficientPrivilege, "permission denied to \(what)",
                hint: "It needs a superuser, or a role with CREATEROLE.")
        }
    }
}
