import DemetraCatalog
package import DemetraTypes

// Roles, owners and what they may do.

extension SystemCatalog {
    /// The number of a role; nil when there is none of that name.
    func number(ofRole name: String) -> Int64? {
        if let role = roles.first(where: { $0.name == name }) { return role.number }
        return name == user || name == Authority.owner.user ? ObjectNumbers.user : nil
    }

    /// The name of a role; nil when there is none of that number.
    func role(_ number: Int64) -> String? {
        number == ObjectNumbers.user ? user : roles.first { $0.number == number }?.name
    }

    // MARK: Owners

    /// The number of an object's owner.
    func owner(of access: ObjectAccess) -> Value {
        .integer(access.owner.flatMap { number(ofRole: $0) } ?? ObjectNumbers.user)
    }

    /// The list of who may do what with an object; NULL when nothing was granted.
    func list(_ access: ObjectAccess, _ kind: SecuredKind) -> Value {
        access.items(kind, databaseOwner: user).map { .array($0.map { .text($0) }) } ?? .null
    }

    // MARK: Rows

    /// `pg_roles`: nobody sees what passwords are checked with.
    var roleRows: [SystemTable.Row] {
        authorityRows.map { row in
            var row = row
            row["rolpassword"] = .text("********")
            return row
        }
    }

    /// `pg_authid`: superusers see what passwords are checked with.
    var authorityRows: [SystemTable.Row] {
        let isOpen = authority.rights == nil
        let owner: SystemTable.Row = [
            "oid": Self.owner, "rolname": .text(user), "rolinherit": .boolean(true),
            "rolcreaterole": .boolean(true),
            "rolcreatedb": .boolean(true), "rolcanlogin": .boolean(true),
            "rolconnlimit": .integer(-1),
        ]
        let defined = catalog.access.roles.values.sorted { $0.name < $1.name }
        let isTaken = catalog.access.roles[user] != nil
        return (isTaken ? [] : [owner])
            + ObjectNumbers.builtInGroups.map { number, name in
                [
                    "oid": .integer(number), "rolname": .text(name), "rolinherit": .boolean(true),
                    "rolconnlimit": .integer(-1),
                ]
            }
            + defined.map { row($0, isOpen: isOpen) }
    }

    private func row(_ role: RoleDefinition, isOpen: Bool) -> SystemTable.Row {
        func has(_ attribute: RoleDefinition.Attributes) -> Value {
            .boolean(role.attributes.contains(attribute))
        }
        let settings = role.settings.sorted { $0.key < $1.key }
            .map { Value.text("\($0.key)=\($0.value)") }
        return [
            "oid": number(ofRole: role.name).map { .integer($0) } ?? .null,
            "rolname": .text(role.name), "rolsuper": has(.superuser), "rolinherit": has(.inherit),
            "rolcreaterole": has(.createRole), "rolcreatedb": has(.createDatabase),
            "rolcanlogin": has(.login), "rolreplication": has(.replication),
            "rolbypassrls": has(.bypassRowSecurity),
            "rolconnlimit": .integer(Int64(role.connectionLimit ?? -1)),
            "rolpassword": isOpen ? role.verifier.map { .text($0) } ?? .null : .null,
            "rolvaliduntil": role.validUntil.map { .timestamptz($0) } ?? .null,
            "rolconfig": settings.isEmpty ? .null : .array(settings),
        ]
    }

    /// `pg_user`: roles that may log in.
    var userRows: [SystemTable.Row] {
        roleRows.filter { $0["rolcanlogin"] == .boolean(true) }.map { row in
            [
                "usename": row["rolname"] ?? .null, "usesysid": row["oid"] ?? .null,
                "usecreatedb": row["rolcreatedb"] ?? .null, "usesuper": row["rolsuper"] ?? .null,
                "passwd": .text("********"), "valuntil": row["rolvaliduntil"] ?? .null,
                "useconfig": row["rolconfig"] ?? .null,
            ]
        }
    }

    /// `pg_auth_members`.
    var membershipRows: [SystemTable.Row] {
        catalog.access.roles.values.sorted { $0.name < $1.name }.flatMap { role in
            role.memberships.map { membership in
                [
                    "roleid": number(ofRole: membership.role).map { .integer($0) } ?? .null,
                    "member": number(ofRole: role.name).map { .integer($0) } ?? .null,
                    "grantor": .integer(
                        membership.grantor.flatMap { number(ofRole: $0) } ?? ObjectNumbers.user),
                    "admin_option": .boolean(membership.isAdmin),
                ]
            }
        }
    }

    // MARK: Questions

    /// Whether a role may do one of the things that a text lists; nil when there is no such object.
    package func allows(
        _ privileges: String, on number: Int64, _ type: SystemType?, role: Value?
    ) throws(DemetraError) -> Bool? {
        let name = try roleName(role)
        let rights = try rights(of: name)
        if type == .regrole { return try isMember(name, of: number, privileges) }
        let found: (access: ObjectAccess, kind: SecuredKind)?
        switch type {
        case .regclass: found = relation(number).map { ($0.access, $0.securedKind) }
        case .regnamespace:
            found = schema(number).map { schema in
                let isSystem = schema == Self.systemSchema || schema == "information_schema"
                let usage = ObjectAccess(grants: [
                    Grant(grantee: nil, grantor: nil, privileges: .usage)
                ])
                return (isSystem ? usage : catalog.access[.schema(schema)], .schema)
            }
        case nil: found = (catalog.access[.database], .database)
        // Types and functions are everybody's.
        case .some(let type): return self.name(of: number, as: type) == nil ? nil : true
        }
        guard let found else { return nil }
        let isRelation = type == .regclass
        let asked = try Self.asked(
            privileges,
            isRelation
                ? SecuredKind.table.privileges.union(SecuredKind.sequence.privileges)
                : found.kind.privileges)
        guard let rights else { return true }
        return asked.contains { privilege, withOption in
            withOption
                ? rights.grantable(privilege, found.access).privileges == privilege
                : rights.allows(privilege, found.access)
        }
    }

    private func roleName(_ role: Value?) throws(DemetraError) -> String {
        switch role {
        case .text(let name):
            if name == authority.user || number(ofRole: name) != nil { return name }
            throw DemetraError(
                .undefinedObject, "role \"\(name)\" does not exist",
                hint: NearestName.find(name, among: roles.map(\.name))
                    .map { "Perhaps you meant \"\($0)\"." })
        case .integer(let number): return self.role(number) ?? ""
        default: return authority.user
        }
    }

    private func rights(of role: String) throws(DemetraError) -> Rights? {
        if role == authority.user { return authority.rights }
        if catalog.access.roles[role] == nil, role == user || role == Authority.owner.user {
            return nil
        }
        return catalog.access.rights(of: role)
    }

    private static func asked(
        _ text: String, _ known: Privileges
    ) throws(DemetraError) -> [(privilege: Privileges, withOption: Bool)] {
        var result: [(privilege: Privileges, withOption: Bool)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            var word = part.split(separator: " ").joined(separator: " ").uppercased()
            let option = " WITH GRANT OPTION"
            let withOption = word.hasSuffix(option)
            if withOption { word = String(word.dropLast(option.count)) }
            guard let privilege = Privileges(word: word), known.contains(privilege) else {
                throw DemetraError(
                    .invalidParameterValue, "unrecognized privilege type: \"\(word)\"",
                    hint: "There are \(known.words.joined(separator: ", ")).")
            }
            result.append((privilege, withOption))
        }
        return result
    }

    /// `pg_has_role`: MEMBER counts groups that need SET ROLE, USAGE those whose rights a role has.
    private func isMember(
        _ name: String, of number: Int64, _ privileges: String
    ) throws(DemetraError) -> Bool? {
        guard let group = role(number) else { return nil }
        if try rights(of: name) == nil { return true }
        let words = privileges.split(separator: ",").map {
            $0.split(separator: " ").joined(separator: " ").uppercased()
        }
        return words.contains { word in
            catalog.access.groups(of: name, inherited: word.hasPrefix("USAGE")).contains(group)
        }
    }
}
