package import DemetraCatalog

/// As whom a statement is bound: whose rights count, and to whom belongs what it makes.
package struct Authority: Sendable, Hashable {
    /// The name of the user, also when no role is called so.
    package let user: String
    /// The role; nil for the owner of the database, who needs none.
    package let role: String?
    /// What the role may do; nil for everything.
    package let rights: Rights?
    /// The user's name is to become a superuser's role when there are roles and none of those is one that may log in: else
    /// nobody could log in as one any more.
    package let becomesRole: Bool

    /// The owner of the database: an embedding program, and whoever may log in as long as there are no roles.
    package static let owner = Authority(user: "demetra", role: nil, rights: nil)

    /// An authority.
    package init(user: String, role: String?, rights: Rights?, becomesRole: Bool = false) {
        self.user = user
        self.role = role
        self.rights = rights
        self.becomesRole = becomesRole
    }

    /// The authority of the owner of an object.
    func of(owner: String?, _ catalog: Catalog) -> Authority {
        guard let owner else { return .owner }
        return Authority(user: owner, role: owner, rights: catalog.access.rights(of: owner))
    }
}
