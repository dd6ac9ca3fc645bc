import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// Whom a statement about roles means.
enum RoleSubject: Hashable {
    /// PUBLIC.
    case everyone
    /// The owner of the database.
    case owner
    case role(String)

    /// As definitions keep it; nil for everyone and for the owner.
    var name: String? { if case .role(let name) = self { name } else { nil } }
}

extension Binder {
    /// Names that no role may have.
    static let reservedRoles: Set<String> = ["public", "none"]

    /// Whom a name means.
    ///
    /// - Throws: 42704 when there is no such role.
    func subject(
        _ name: DemetraSQL.RoleName, allowsEveryone: Bool = false
    ) throws(DemetraError) -> RoleSubject {
        switch name {
        case .currentUser, .sessionUser: return authority.role.map { .role($0) } ?? .owner
        case .named(let identifier):
            if allowsEveryone, identifier.name == "public" { return .everyone }
            if catalog.access.roles[identifier.name] != nil
                || Rights.builtInGroups.contains(identifier.name)
            {
                return .role(identifier.name)
            }
            let isOwner =
                identifier.name == Authority.owner.user
                || (authority.role == nil && identifier.name == authority.user)
            if isOwner { return .owner }
            throw undefinedRole(identifier)
        }
    }

    /// 42704 for a role.
    func undefinedRole(_ name: Identifier) -> DemetraError {
        DemetraError(
            .undefinedObject, "role \"\(name.name)\" does not exist",
            hint: NearestName.find(name.name, among: catalog.access.roles.keys)
                .map { "Perhaps you meant \"\($0)\"." } ?? "Create it with CREATE ROLE."
        ).at(name.range)
    }

    /// The definition of a role that can be changed.
    func definedRole(_ name: DemetraSQL.RoleName) throws(DemetraError) -> RoleDefinition {
        let subject = try subject(name)
        if let role = subject.name.flatMap({ catalog.access.roles[$0] }) { return role }
        throw DemetraError(
            .insufficientPrivilege,
            "role \"\(subject.name ?? authority.user)\" is the database system's own",
            hint: "Create a role of your own with CREATE ROLE."
        ).at(name.range)
    }
}
