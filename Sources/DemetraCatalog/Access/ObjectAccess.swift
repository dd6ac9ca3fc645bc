/// What one role, or everyone, was given on an object by one other.
package struct Grant: Sendable, Hashable {
    /// Who has it; nil for PUBLIC.
    package var grantee: String?
    /// Who gave it; nil for the database's owner.
    package var grantor: String?
    /// What it allows.
    package var privileges: Privileges
    /// What of it may be given on.
    package var grantable: Privileges

    /// Makes a grant.
    package init(
        grantee: String?, grantor: String?, privileges: Privileges, grantable: Privileges = []
    ) {
        self.grantee = grantee
        self.grantor = grantor
        self.privileges = privileges
        self.grantable = grantable
    }
}

/// Whose an object is, and what others may do with it.
///
/// The owner may do everything, and so may roles that have the owner's rights.
package struct ObjectAccess: Sendable, Hashable {
    /// A role; nil for the database's owner, to whom everything belongs that no role has made.
    package var owner: String?
    /// One entry for each pair of grantee and grantor, in the order they came.
    package private(set) var grants: [Grant]

    /// What nobody but the owner may touch.
    package init(owner: String? = nil, grants: [Grant] = []) {
        self.owner = owner
        self.grants = grants
    }

    /// Whether it is as when nothing was ever said about it.
    package var isPlain: Bool { owner == nil && grants.isEmpty }

    // MARK: Changing

    /// Adds privileges to what a grantee has of a grantor.
    package mutating func add(_ grant: Grant) {
        guard !grant.privileges.isEmpty else { return }
        guard let index = index(grant.grantee, grant.grantor) else { return grants.append(grant) }
        grants[index].privileges.formUnion(grant.privileges)
        grants[index].grantable.formUnion(grant.grantable)
    }

    /// Takes away what a grantee has of a grantor; with `onlyOption`, that it may be given on.
    package mutating func remove(
        _ privileges: Privileges, of grantee: String?, by grantor: String?, onlyOption: Bool
    ) {
        guard let index = index(grantee, grantor) else { return }
        grants[index].grantable.subtract(privileges)
        guard !onlyOption else { return }
        grants[index].privileges.subtract(privileges)
        if grants[index].privileges.isEmpty { grants.remove(at: index) }
    }

    private func index(_ grantee: String?, _ grantor: String?) -> Int? {
        grants.firstIndex { $0.grantee == grantee && $0.grantor == grantor }
    }

    /// The grants that a role has made of what it may no longer give on.
    package func orphans(of role: String, among privileges: Privileges) -> [Grant] {
        guard owner != role else { return [] }
        let left = grants.filter { $0.grantee == role }
            .reduce(Privileges()) { $0.union($1.grantable) }
        let lost = privileges.subtracting(left)
        return grants.filter { $0.grantor == role && !$0.privileges.isDisjoint(with: lost) }
            .map {
                Grant(
                    grantee: $0.grantee, grantor: role,
                    privileges: $0.privileges.intersection(lost))
            }
    }

    /// The same with another name for a role.
    func renaming(_ role: String, to name: String) -> ObjectAccess {
        func changed(_ old: String?) -> String? { old == role ? name : old }
        return ObjectAccess(
            owner: changed(owner),
            grants: grants.map {
                Grant(
                    grantee: changed($0.grantee), grantor: changed($0.grantor),
                    privileges: $0.privileges, grantable: $0.grantable)
            })
    }

    /// The same when another role has what a role owned; its own grants are kept.
    package func reassigned(from role: String, to target: String?) -> ObjectAccess {
        guard owner == role else { return self }
        return ObjectAccess(
            owner: target,
            grants: grants.map { grant in
                var grant = grant
                if grant.grantor == role { grant.grantor = target }
                return grant
            })
    }

    /// The same without anything that a role was given or has given.
    package func forgetting(_ role: String) -> ObjectAccess {
        ObjectAccess(
            owner: owner, grants: grants.filter { $0.grantee != role && $0.grantor != role })
    }

    /// Whether a role owns it, was given something or has given something.
    package func mentions(_ role: String) -> Bool {
        owner == role || grants.contains { $0.grantee == role || $0.grantor == role }
    }

    // MARK: Texts

    /// PostgreSQL's list of access items; nil when nothing was granted.
    package func items(_ kind: SecuredKind, databaseOwner: String) -> [String]? {
        guard !grants.isEmpty else { return nil }
        let owner = Self.quoted(owner ?? databaseOwner)
        return ["\(owner)=\(kind.privileges.letters(grantable: []))/\(owner)"]
            + grants.map { grant in
                Self.quoted(grant.grantee ?? "")
                    + "=" + grant.privileges.letters(grantable: grant.grantable) + "/"
                    + Self.quoted(grant.grantor ?? databaseOwner)
            }
    }

    private static func quoted(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || byte == 0x5f
                || (0x61...0x7a).contains(byte)
        }
        return isPlain ? name : RelationName.quoted(name)
    }
}
