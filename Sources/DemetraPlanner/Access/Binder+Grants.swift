import DemetraCatalog
import DemetraSQL
import DemetraTypes

// GRANT and REVOKE of privileges, and ALTER DEFAULT PRIVILEGES.

extension Binder {
    func bindGrant(_ statement: GrantStatement) throws(DemetraError) -> BoundStatement {
        try checkColumns(statement.privileges)
        let grantees = try grantees(statement.roles, hasOption: statement.hasOption, statement)
        var changes: [CatalogChange] = []
        var notices: [String] = []
        for object in try objects(statement.target) {
            let wanted = try privileges(statement.privileges, of: object.kind)
            let (grantor, allowed) = try granting(wanted, object, statement, &notices)
            guard !allowed.isEmpty else { continue }
            var access = object.access
            for grantee in grantees {
                // The owner of the database has everything.
                if grantee == .owner { continue }
                if statement.isRevoke {
                    try revoke(
                        allowed, of: grantee.name, by: grantor, statement, object, &access)
                } else if grantee.name == nil || grantee.name != access.owner {
                    access.add(
                        Grant(
                            grantee: grantee.name, grantor: grantor, privileges: allowed,
                            grantable: statement.hasOption ? allowed : []))
                }
            }
            if access != object.access { changes.append(object.changed(access)) }
        }
        return .define(
            changes, tag: statement.isRevoke ? "REVOKE" : "GRANT",
            notice: notices.isEmpty ? nil : notices.joined(separator: "\n"))
    }

    // MARK: Parts

    private func checkColumns(_ privileges: PrivilegeList) throws(DemetraError) {
        guard let column = privileges.columns.first else { return }
        throw DemetraError(
            .featureNotSupported, "privileges on columns are not supported",
            hint: "Grant SELECT on a view with the columns."
        ).at(column.range)
    }

    private func grantees(
        _ names: [DemetraSQL.RoleName], hasOption: Bool, _ statement: GrantStatement?
    ) throws(DemetraError) -> [RoleSubject] {
        var result: [RoleSubject] = []
        for name in names {
            let subject = try subject(name, allowsEveryone: true)
            if subject == .everyone, hasOption, !(statement?.isRevoke ?? false) {
                throw DemetraError(
                    .invalidGrantOperation, "grant options can only be granted to roles"
                ).at(name.range)
            }
            result.append(subject)
        }
        return result
    }

    private func privileges(
        _ list: PrivilegeList, of kind: SecuredKind
    ) throws(DemetraError) -> Privileges {
        guard !list.words.isEmpty else { return kind.privileges }
        var result: Privileges = []
        for word in list.words {
            guard var privilege = Privileges(word: word.name) else {
                throw DemetraError(
                    .syntaxError, "unrecognized privilege type \"\(word.name)\"",
                    hint: NearestName.find(
                        word.name.uppercased(), among: SecuredKind.table.privileges.words
                    ).map { "Perhaps you meant \($0)." }
                ).at(word.range)
            }
            // Metrics and models are used rather than read.
            if privilege == .usage, kind == .metric || kind == .model { privilege = .select }
            guard kind.privileges.contains(privilege) else {
                throw DemetraError(
                    .invalidGrantOperation,
                    "invalid privilege type \(word.name.uppercased()) for \(kind.noun)",
                    hint: "There are \(kind.privileges.words.joined(separator: ", "))."
                ).at(word.range)
            }
            result.insert(privilege)
        }
        return result
    }

    /// As whom the current role gives or takes, and what of it.
    ///
    /// - Throws: 42501 when it has nothing to do with the object.
    private func granting(
        _ wanted: Privileges, _ object: SecuredObject, _ statement: GrantStatement,
        _ notices: inout [String]
    ) throws(DemetraError) -> (grantor: String?, privileges: Privileges) {
        guard let rights = authority.rights else { return (object.access.owner, wanted) }
        let (grantor, allowed) = rights.grantable(wanted, object.access)
        if allowed.isEmpty, !wanted.each.contains(where: { rights.allows($0, object.access) }) {
            throw DemetraError(
                .insufficientPrivilege, "permission denied for \(object.kind.noun) \(object.name)",
                hint: "Its owner can grant, and who was granted WITH GRANT OPTION.")
        }
        let verb = statement.isRevoke ? "revoked" : "granted"
        if allowed.isEmpty {
            notices.append("no privileges were \(verb) for \"\(object.name)\"")
        } else if allowed != wanted, !statement.privileges.words.isEmpty {
            notices.append("not all privileges were \(verb) for \"\(object.name)\"")
        }
        return (grantor, allowed)
    }

    /// Takes privileges away, and with CASCADE what was given on.
    private func revoke(
        _ privileges: Privileges, of grantee: String?, by grantor: String?,
        _ statement: GrantStatement, _ object: SecuredObject, _ access: inout ObjectAccess
    ) throws(DemetraError) {
        access.remove(
            privileges, of: grantee, by: grantor, onlyOption: statement.hasOption)
        guard let grantee else { return }
        let orphans = access.orphans(of: grantee, among: privileges)
        guard let first = orphans.first else { return }
        guard statement.cascade else {
            throw DemetraError(
                .dependentObjectsStillExist, "dependent privileges exist",
                detail: "Role \"\(grantee)\" has granted \(object.text) to "
                    + "\"\(first.grantee ?? "public")\".",
                hint: "Use CASCADE to revoke them too.")
        }
        for orphan in orphans {
            access.remove(
                orphan.privileges, of: orphan.grantee, by: grantee, onlyOption: false)
            if let next = orphan.grantee {
                for further in access.orphans(of: next, among: orphan.privileges) {
                    try revoke(
                        further.privileges, of: further.grantee, by: next, statement, object,
                        &access)
                }
            }
        }
    }

    // MARK: ALTER DEFAULT PRIVILEGES

    func bindDefaults(
        _ statement: DefaultPrivilegesStatement
    ) throws(DemetraError) -> BoundStatement {
        try checkColumns(statement.privileges)
        let kind: SecuredKind =
            switch statement.kind {
            case .tables: .table
            case .sequences: .sequence
            case .schemas: .schema
            case .metrics: .metric
            case .alerts: .alert
            case .models: .model
            }
        let wanted = try privileges(statement.privileges, of: kind)
        let grantees = try grantees(
            statement.roles, hasOption: statement.hasOption && !statement.isRevoke, nil)
        if !statement.schemas.isEmpty, kind != .table, kind != .sequence {
            throw DemetraError(
                .invalidGrantOperation,
                "cannot use IN SCHEMA clause when using GRANT/REVOKE ON \(kind.noun.uppercased())S"
            ).at(statement.schemas[0].range)
        }
        var schemas: [String?] = [nil]
        if !statement.schemas.isEmpty {
            schemas = []
            for schema in statement.schemas {
                guard catalog.hasSchema(schema.name) else {
                    throw undefinedSchema(schema.name, schema.range)
                }
                schemas.append(schema.name)
            }
        }
        var changes: [CatalogChange] = []
        for creator in try creators(statement.creators) {
            for schema in schemas {
                let key = AccessCatalog.Defaults(creator: creator, schema: schema, kind: kind)
                var access = ObjectAccess(grants: catalog.access.defaults[key] ?? [])
                for grantee in grantees where grantee != .owner {
                    if statement.isRevoke {
                        access.remove(
                            wanted, of: grantee.name, by: creator,
                            onlyOption: statement.hasOption)
                    } else {
                        access.add(
                            Grant(
                                grantee: grantee.name, grantor: creator, privileges: wanted,
                                grantable: statement.hasOption ? wanted : []))
                    }
                }
                changes.append(.access(.putDefaults(key, access.grants)))
            }
        }
        return .define(changes, tag: "ALTER DEFAULT PRIVILEGES", notice: nil)
    }

    private func creators(
        _ names: [DemetraSQL.RoleName]
    ) throws(DemetraError) -> [String?] {
        guard !names.isEmpty else { return [authority.role] }
        var result: [String?] = []
        for name in names {
            let creator = try subject(name).name
            if let rights = authority.rights, creator.map({ !rights.roles.contains($0) }) ?? true {
                throw DemetraError(
                    .insufficientPrivilege,
                    "permission denied to change default privileges",
                    hint: "One may do it for oneself, and for groups one is in."
                ).at(name.range)
            }
            result.append(creator)
        }
        return result
    }
}
