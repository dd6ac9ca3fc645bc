import DemetraCatalog
import DemetraTypes
import Testing

@Suite struct `What roles may do` {
    private func role(
        _ name: String, in groups: [String] = [],
        _ attributes: RoleDefinition.Attributes = .inherit
    ) -> CatalogChange {
        var role = RoleDefinition(name: name, attributes: attributes)
        role.memberships = groups.map {
            RoleDefinition.Membership(role: $0, isAdmin: false, grantor: nil)
        }
        return .access(.putRole(role))
    }

    private func catalog(_ changes: CatalogChange...) -> Catalog {
        changes.reduce(Catalog()) { $0.applying($1) }
    }

    private func table(_ access: ObjectAccess) -> TableDefinition {
        var table = TableDefinition(
            id: TableID(1), name: "ads",
            columns: [ColumnDefinition(id: 1, name: "n", type: .integer)])
        table.access = access
        return table
    }

    private func access(
        _ grantee: String?, _ privileges: Privileges, owner: String? = nil
    ) -> ObjectAccess {
        ObjectAccess(
            owner: owner,
            grants: [Grant(grantee: grantee, grantor: nil, privileges: privileges)])
    }

    @Test func `is what they, their groups and everyone were granted, all of it together`() throws {
        let roles = catalog(role("a"), role("b", in: ["a"]), role("c", in: ["b"])).access
        let rights = try #require(roles.rights(of: "c"))
        var both = access("a", .select)
        both.add(Grant(grantee: nil, grantor: nil, privileges: .insert))
        #expect(rights.allows([.select, .insert], both))
        #expect(!rights.allows([.select, .delete], both))
        #expect(rights.allows(.delete, access(nil, [], owner: "a")))
        #expect(!rights.allows(.select, ObjectAccess()))
    }

    @Test func `ends with a role that does not inherit`() throws {
        let roles = catalog(role("a"), role("b", in: ["a"], [])).access
        let rights = try #require(roles.rights(of: "b"))
        #expect(!rights.allows(.select, access("a", .select)))
        #expect(roles.groups(of: "b", inherited: false) == ["a", "b"])
    }

    @Test func `is everything for superusers and nothing for roles that are gone`() throws {
        let roles = catalog(role("s", [.superuser])).access
        #expect(roles.rights(of: "s") == nil)
        let gone = try #require(roles.rights(of: "gone"))
        #expect(!gone.allows(.select, access("gone", .select)))
    }

    @Test func `does not hang on groups that are members of one another`() {
        let roles = catalog(role("a", in: ["b"]), role("b", in: ["a"])).access
        #expect(roles.groups(of: "a", inherited: true) == ["a", "b"])
    }

    @Test func `follows a role to its new name, wherever it stands`() throws {
        let before = catalog(
            role("a"), role("b", in: ["a"]), .putTable(table(access("b", .select, owner: "a"))),
            .access(.putPlace(.schema("s"), access("a", .usage))))
        let after = before.applying(.access(.renameRole("a", to: "z")))
        #expect(after.access.roles["a"] == nil)
        #expect(after.access.roles["b"]?.memberships.first?.role == "z")
        #expect(after.tables["ads"]?.access.owner == "z")
        #expect(after.access[.schema("s")].mentions("z"))
        #expect(!after.access[.schema("s")].mentions("a"))
    }

    @Test func `that was given on is an orphan once it may no longer be given on`() {
        var access = ObjectAccess(owner: "o")
        access.add(Grant(grantee: "a", grantor: "o", privileges: .select, grantable: .select))
        access.add(Grant(grantee: "b", grantor: "a", privileges: .select))
        #expect(access.orphans(of: "a", among: .select).isEmpty)
        access.remove(.select, of: "a", by: "o", onlyOption: true)
        #expect(access.orphans(of: "a", among: .select).map(\.grantee) == ["b"])
        #expect(access.orphans(of: "a", among: .insert).isEmpty)
    }

    @Test func `is shown in PostgreSQL's letters`() {
        var access = ObjectAccess(owner: "ann")
        access.add(
            Grant(
                grantee: "bob", grantor: "ann", privileges: [.select, .update], grantable: .select))
        access.add(Grant(grantee: nil, grantor: "ann", privileges: .insert))
        #expect(
            access.items(.table, databaseOwner: "demetra")
                == ["ann=arwdDxt/ann", "bob=r*w/ann", "=a/ann"])
    }
}
