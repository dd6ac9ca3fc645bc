import DemetraCatalog
import DemetraSQL
import DemetraTypes

// GRANT and REVOKE of roles: who is in which group.

extension Binder {
    func bindMembership(
        _ statement: MembershipStatement
    ) throws(DemetraError) -> BoundStatement {
        var changed: [String: RoleDefinition] = [:]
        var notices: [String] = []
        for group in statement.groups {
            if statement.isRevoke {
                try checkAdmin(of: group)
            }
            for name in statement.members {
                let known = try definedRole(name)
                var member = changed[known.name] ?? known
                if statement.isRevoke {
                    revoke(group.name, statement.hasOption, from: &member, &notices)
                } else {
                    try grant(group, statement.hasOption, to: &member, name.range, &notices)
                }
                changed[known.name] = member
            }
        }
        return .define(
            changed.values.sorted { $0.name < $1.name }.map { .access(.putRole($0)) },
            tag: statement.isRevoke ? "REVOKE ROLE" : "GRANT ROLE",
            notice: notices.isEmpty ? nil : notices.joined(separator: "\n"))
    }

    private func grant(
        _ group: Identifier, _ isAdmin: Bool, to member: inout RoleDefinition,
        _ range: SourceRange, _ notices: inout [String]
    ) throws(DemetraError) {
        var membership = try membership(in: group, of: member.name)
        membership.isAdmin = isAdmin
        if let index = member.memberships.firstIndex(where: { $0.role == group.name }) {
            if member.memberships[index].isAdmin || !isAdmin {
                notices.append(
                    "role \"\(member.name)\" is already a member of role \"\(group.name)\"")
            } else {
                member.memberships[index].isAdmin = true
            }
            return
        }
        member.memberships.append(membership)
    }

    private func revoke(
        _ group: String, _ onlyOption: Bool, from member: inout RoleDefinition,
        _ notices: inout [String]
    ) {
        guard let index = member.memberships.firstIndex(where: { $0.role == group }) else {
            notices.append("role \"\(member.name)\" is not a member of role \"\(group)\"")
            return
        }
        if onlyOption {
            member.memberships[index].isAdmin = false
        } else {
            member.memberships.remove(at: index)
        }
    }

    /// The membership that a role gets.
    ///
    /// - Throws: 42704 without such a group, 42501 when the current role may not let others in, 0LP01 for circles.
    func membership(
        in group: Identifier, of member: String
    ) throws(DemetraError) -> RoleDefinition.Membership {
        try checkAdmin(of: group)
        try checkCircle(member: member, group: group.name, group.range)
        return RoleDefinition.Membership(
            role: group.name, isAdmin: false, grantor: authority.role)
    }

    private func checkAdmin(of group: Identifier) throws(DemetraError) {
        let definition = catalog.access.roles[group.name]
        guard definition != nil || Rights.builtInGroups.contains(group.name) else {
            throw undefinedRole(group)
        }
        guard let rights = authority.rights else { return }
        if definition?.mayAll ?? false {
            throw DemetraError(
                .insufficientPrivilege, "must be superuser to alter superuser roles"
            ).at(group.range)
        }
        let isAdmin = rights.roles.contains { role in
            catalog.access.roles[role]?.memberships.contains {
                $0.role == group.name && $0.isAdmin
            } ?? false
        }
        let makesRoles = rights.createsRoles && definition != nil
        guard isAdmin || makesRoles else {
            throw DemetraError(
                .insufficientPrivilege, "must have admin option on role \"\(group.name)\"",
                hint: "Let a superuser do it, or a member WITH ADMIN OPTION."
            ).at(group.range)
        }
    }

    func checkCircle(
        member: String, group: String, _ range: SourceRange
    ) throws(DemetraError) {
        guard catalog.access.groups(of: group, inherited: false).contains(member) else { return }
        throw DemetraError(
            .invalidGrantOperation, "role \"\(group)\" is a member of role \"\(member)\"",
            hint: "Groups cannot be members of one another."
        ).at(range)
    }
}
