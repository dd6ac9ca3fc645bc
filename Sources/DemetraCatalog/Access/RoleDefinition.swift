package import DemetraTypes

/// A role: somebody who may log in, or a group of such.
package struct RoleDefinition: Sendable, Hashable {
    /// A role that this one belongs to.
    package struct Membership: Sendable, Hashable {
        /// The group.
        package var role: String
        /// Others may be made members by this role.
        package var isAdmin: Bool
        /// Who has made it a member; nil for the database's owner.
        package var grantor: String?

        /// Makes a membership.
        package init(role: String, isAdmin: Bool, grantor: String?) {
            self.role = role
            self.isAdmin = isAdmin
            self.grantor = grantor
        }
    }

    /// Yes or no.
    package struct Attributes: OptionSet, Sendable, Hashable {
        /// A bit for each.
        package let rawValue: UInt32

        /// Makes a set of bits.
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// May do everything.
        package static let superuser = Attributes(rawValue: 1 << 0)
        /// May open sessions.
        package static let login = Attributes(rawValue: 1 << 1)
        /// Has the rights of its groups without SET ROLE.
        package static let inherit = Attributes(rawValue: 1 << 2)
        /// May make, change and drop roles.
        package static let createRole = Attributes(rawValue: 1 << 3)
        /// Kept for statements of PostgreSQL: there is one database.
        package static let createDatabase = Attributes(rawValue: 1 << 4)
        /// Kept for statements of PostgreSQL.
        package static let replication = Attributes(rawValue: 1 << 5)
        /// Kept for statements of PostgreSQL.
        package static let bypassRowSecurity = Attributes(rawValue: 1 << 6)
        /// Sessions of the role never write, whatever it was granted.
        package static let readOnly = Attributes(rawValue: 1 << 7)
        /// The owner of the database by another name: it may do everything, and is no superuser in name, as the owner
        /// is none.
        package static let owner = Attributes(rawValue: 1 << 8)
    }

    /// The SQL name.
    package var name: String
    /// Yes or no.
    package var attributes: Attributes
    /// Sessions that it may have at once; nil for any number.
    package var connectionLimit: Int?
    /// When its password ends to be good.
    package var validUntil: Timestamp?
    /// What proves a password, in the form of PostgreSQL's `rolpassword`; nil for none. Never the password.
    package var verifier: String?
    /// ALTER ROLE ... SET: what its sessions begin with.
    package var settings: [String: String]
    /// The groups it is in.
    package var memberships: [Membership]

    /// Whether it may do everything.
    package var mayAll: Bool { !attributes.isDisjoint(with: [.superuser, .owner]) }

    /// A role that may do nothing.
    package init(name: String, attributes: Attributes = .inherit) {
        self.name = name
        self.attributes = attributes
        settings = [:]
        memberships = []
    }
}
