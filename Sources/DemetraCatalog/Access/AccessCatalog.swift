/// The roles of a database, and whose its places are.
///
/// What tables, views, sequences, metrics, alerts and models allow is part of their own definitions, so that it goes
/// where they go.
package struct AccessCatalog: Sendable, Hashable {
    /// Something without a definition of its own.
    package enum Place: Sendable, Hashable, Comparable {
        case database
        case schema(String)
    }

    /// For what new objects privileges are given by themselves: ALTER DEFAULT PRIVILEGES.
    package struct Defaults: Sendable, Hashable, Comparable {
        /// Who makes the objects; nil for the database's owner.
        package let creator: String?
        /// The schema they are made in; nil for any.
        package let schema: String?
        /// What they are.
        package let kind: SecuredKind

        /// Names objects that are to come.
        package init(creator: String?, schema: String?, kind: SecuredKind) {
            self.creator = creator
            self.schema = schema
            self.kind = kind
        }

        package static func < (left: Defaults, right: Defaults) -> Bool {
            (left.creator ?? "", left.schema ?? "", left.kind.rawValue)
                < (right.creator ?? "", right.schema ?? "", right.kind.rawValue)
        }
    }

    /// Roles by name.
    package internal(set) var roles: [String: RoleDefinition] = [:]
    /// Places of which something was said.
    package internal(set) var places: [Place: ObjectAccess] = [:]
    /// What is granted on objects as they are made.
    package internal(set) var defaults: [Defaults: [Grant]] = [:]
    /// Random bytes that nobody sees: the salt of roles that do not exist is made of them.
    package internal(set) var secret: [UInt8] = []

    /// What a place allows.
    package subscript(place: Place) -> ObjectAccess {
        places[place] ?? Self.standard[place] ?? ObjectAccess()
    }

    /// As in PostgreSQL 15: everyone may name what is in `public`, and make temporary tables.
    private static let standard: [Place: ObjectAccess] = [
        .database: ObjectAccess(grants: [
            Grant(grantee: nil, grantor: nil, privileges: [.connect, .temporary])
        ]),
        .schema(RelationName.publicSchema): ObjectAccess(grants: [
            Grant(grantee: nil, grantor: nil, privileges: .usage)
        ]),
    ]

    /// What a new object allows that a role makes in a schema.
    package func access(
        toNew kind: SecuredKind, in schema: String?, by creator: String?
    ) -> ObjectAccess {
        var access = ObjectAccess(owner: creator)
        let kind = kind == .view ? .table : kind
        for schema in schema == nil ? [nil] : [nil, schema] {
            let key = Defaults(creator: creator, schema: schema, kind: kind)
            for grant in defaults[key] ?? [] { access.add(grant) }
        }
        return access
    }
}

/// One change of roles or of what places allow.
package enum AccessChange: Sendable, Hashable {
    /// Adds or replaces a role.
    case putRole(RoleDefinition)
    /// Removes a role, which nothing mentions.
    case dropRole(String)
    /// Gives a role another name, wherever it stands.
    case renameRole(String, to: String)
    /// Says what a place allows.
    case putPlace(AccessCatalog.Place, ObjectAccess)
    /// Says what new objects allow; nothing for no grants.
    case putDefaults(AccessCatalog.Defaults, [Grant])
    /// Sets the secret.
    case setSecret([UInt8])
}

extension AccessCatalog {
    func applying(_ change: AccessChange) -> AccessCatalog {
        var next = self
        switch change {
        case .putRole(let role): next.roles[role.name] = role
        case .dropRole(let name):
            next.roles[name] = nil
            for (other, role) in roles
            where role.memberships.contains(where: { $0.role == name }) {
                next.roles[other]?.memberships.removeAll { $0.role == name }
            }
        case .renameRole(let old, let name): next = renaming(old, to: name)
        case .putPlace(let place, let access): next.places[place] = access
        case .putDefaults(let key, let grants):
            next.defaults[key] = grants.isEmpty ? nil : grants
        case .setSecret(let secret): next.secret = secret
        }
        return next
    }

    private func renaming(_ old: String, to name: String) -> AccessCatalog {
        var next = self
        next.roles = [:]
        for var role in roles.values {
            if role.name == old { role.name = name }
            for index in role.memberships.indices {
                if role.memberships[index].role == old { role.memberships[index].role = name }
                if role.memberships[index].grantor == old {
                    role.memberships[index].grantor = name
                }
            }
            next.roles[role.name] = role
        }
        next.places = places.mapValues { $0.renaming(old, to: name) }
        next.defaults = [:]
        for (key, grants) in defaults {
            let key = Defaults(
                creator: key.creator == old ? name : key.creator, schema: key.schema,
                kind: key.kind)
            next.defaults[key] = ObjectAccess(grants: grants).renaming(old, to: name).grants
        }
        return next
    }
}
