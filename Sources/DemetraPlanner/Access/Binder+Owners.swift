import DemetraCatalog
import DemetraSQL
import DemetraTypes

// OWNER TO, REASSIGN OWNED, DROP OWNED.

extension Binder {
    func changeOwner(
        _ target: GrantTarget, _ ifExists: Bool, _ name: DemetraSQL.RoleName
    ) throws(DemetraError) -> BoundStatement {
        let kind = target.kind.words
        let objects: [SecuredObject]
        do throws(DemetraError) {
            objects = try self.objects(target)
        } catch {
            guard ifExists,
                [.undefinedTable, .undefinedObject, .invalidSchemaName].contains(error.sqlState)
            else { throw error }
            let text = target.names.first?.text ?? ""
            return .define(
                [], tag: "ALTER \(kind)", notice: "\"\(text)\" does not exist, skipping")
        }
        let owner = try newOwner(name)
        var changes: [CatalogChange] = []
        for object in objects {
            if let rights = authority.rights, !rights.owns(object.access) {
                throw Self.notOwner(object.kind, object.name)
            }
            changes.append(object.changed(Self.owned(object.access, by: owner)))
            // Sequences of columns go with their table.
            if object.kind == .table, let schema = object.schema,
                let table = catalog.tables[RelationName(object.name, schema: schema)]
            {
                changes += catalog.sequences(ownedBy: table.id).map { sequence in
                    var sequence = sequence
                    sequence.access = Self.owned(sequence.access, by: owner)
                    return .putSequence(sequence)
                }
            }
        }
        return .define(changes, tag: "ALTER \(kind)", notice: nil)
    }

    private static func owned(_ access: ObjectAccess, by owner: String?) -> ObjectAccess {
        var access = access
        let old = access.owner
        access = ObjectAccess(
            owner: owner,
            grants: access.grants.map { grant in
                var grant = grant
                if grant.grantor == old { grant.grantor = owner }
                return grant
            }.filter { $0.grantee == nil || $0.grantee != owner })
        return access
    }

    /// Who is to own something: the current role must be able to become it.
    func newOwner(_ name: DemetraSQL.RoleName) throws(DemetraError) -> String? {
        let subject = try subject(name)
        guard let rights = authority.rights else { return subject.name }
        let groups = catalog.access.groups(of: rights.role, inherited: false)
        guard let role = subject.name, groups.contains(role) else {
            throw DemetraError(
                .insufficientPrivilege,
                "must be member of role \"\(subject.name ?? Authority.owner.user)\""
            ).at(name.range)
        }
        return role
    }

    func reassign(
        _ names: [DemetraSQL.RoleName], _ target: DemetraSQL.RoleName
    ) throws(DemetraError) -> BoundStatement {
        let owner = try newOwner(target)
        var olds: Set<String> = []
        for name in names { if let role = try newOwner(name) { olds.insert(role) } }
        let changes = allObjects().compactMap { object -> CatalogChange? in
            guard let old = object.access.owner, olds.contains(old) else { return nil }
            return object.changed(object.access.reassigned(from: old, to: owner))
        }
        return .define(changes, tag: "REASSIGN OWNED", notice: nil)
    }

    /// Takes back what was granted to roles. What they own is not dropped: REASSIGN OWNED comes first.
    func dropOwned(
        _ names: [DemetraSQL.RoleName], _ cascade: Bool
    ) throws(DemetraError) -> BoundStatement {
        var roles: [String] = []
        for name in names { if let role = try newOwner(name) { roles.append(role) } }
        var changes: [CatalogChange] = []
        for object in allObjects() {
            if let owner = object.access.owner, roles.contains(owner) {
                throw DemetraError(
                    .featureNotSupported,
                    "DROP OWNED does not drop \(object.text), which role \"\(owner)\" owns",
                    hint: "Drop it, or REASSIGN OWNED BY \(owner) TO another role, first.")
            }
            let access = roles.reduce(object.access) { $0.forgetting($1) }
            if access != object.access { changes.append(object.changed(access)) }
        }
        for (key, grants) in catalog.access.defaults {
            let isOwn = key.creator.map { roles.contains($0) } ?? false
            let rest =
                isOwn
                ? [] : roles.reduce(ObjectAccess(grants: grants)) { $0.forgetting($1) }.grants
            if rest != grants { changes.append(.access(.putDefaults(key, rest))) }
        }
        return .define(changes, tag: "DROP OWNED", notice: nil)
    }
}
