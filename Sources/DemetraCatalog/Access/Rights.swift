/// What a role that is no superuser may do: its own rights, and those of the groups whose rights it has.
package struct Rights: Sendable, Hashable {
    /// Roles of PostgreSQL that every database has: their members read or write all tables.
    package static let readsAll = "pg_read_all_data"
    package static let writesAll = "pg_write_all_data"
    /// Groups that are there without being made.
    package static let builtInGroups: Set<String> = [readsAll, writesAll]

    /// The role.
    package let role: String
    /// The role and the groups whose rights it has.
    package let roles: Set<String>
    /// Every write is refused.
    package let isReadOnly: Bool
    /// It may make roles.
    package let createsRoles: Bool

    /// Whether it may do what the owner of an object may.
    package func owns(_ access: ObjectAccess) -> Bool {
        access.owner.map { roles.contains($0) } ?? false
    }

    /// Whether it may do all of this with an object.
    package func allows(_ wanted: Privileges, _ access: ObjectAccess) -> Bool {
        if owns(access) { return true }
        var missing = wanted
        if roles.contains(Self.readsAll) { missing.subtract([.select, .usage]) }
        if roles.contains(Self.writesAll) { missing.subtract([.insert, .update, .delete, .usage]) }
        for grant in access.grants where grant.grantee.map({ roles.contains($0) }) ?? true {
            missing.subtract(grant.privileges)
        }
        return missing.isEmpty
    }

    /// What of it this role may give on, and as whom.
    package func grantable(
        _ wanted: Privileges, _ access: ObjectAccess
    ) -> (grantor: String?, privileges: Privileges) {
        if owns(access) { return (access.owner, wanted) }
        var best: (grantor: String?, privileges: Privileges) = (role, [])
        for candidate in roles.sorted(by: { ($0 == role ? 0 : 1, $0) < ($1 == role ? 0 : 1, $1) }) {
            let has = access.grants.filter { $0.grantee == candidate }
                .reduce(Privileges()) { $0.union($1.grantable) }.intersection(wanted)
            if has.each.count > best.privileges.each.count { best = (candidate, has) }
        }
        return best
    }
}

extension AccessCatalog {
    /// The rights of a role; nil for one that may do everything. A role that does not exist any more may do
    /// nothing.
    package func rights(of name: String) -> Rights? {
        guard let role = roles[name] else {
            return Rights(role: name, roles: [], isReadOnly: true, createsRoles: false)
        }
        if role.mayAll { return nil }
        return Rights(
            role: name, roles: groups(of: name, inherited: true),
            isReadOnly: role.attributes.contains(.readOnly),
            createsRoles: role.attributes.contains(.createRole))
    }

    /// A role and all groups it is in, directly or not; with `inherited`, those alone whose rights it has without
    /// SET ROLE.
    package func groups(of name: String, inherited: Bool) -> Set<String> {
        var found: Set<String> = [name]
        var waiting = [name]
        while let next = waiting.popLast() {
            guard let role = roles[next],
                !inherited || role.attributes.contains(.inherit)
            else { continue }
            for membership in role.memberships where found.insert(membership.role).inserted {
                waiting.append(membership.role)
            }
        }
        return found
    }
}
