import DemetraCatalog
import DemetraTypes

/// Owners, grants and roles as bytes: docs/format.md has the table.
enum AccessCodec {
    /// Stands before a change of roles or places.
    static let tag: UInt8 = 43
    /// Stands before the owner and grants of a definition, and then the definition with its own tag.
    static let securedTag: UInt8 = 44

    // MARK: Access

    /// The owner and grants of what a change puts; nil when there is nothing to say.
    static func access(_ change: CatalogChange) -> ObjectAccess? {
        let access: ObjectAccess
        switch change {
        case .putTable(let table): access = table.access
        case .putView(let view): access = view.access
        case .putSequence(let sequence): access = sequence.access
        case .putMetric(let metric): access = metric.access
        case .putAlert(let alert): access = alert.access
        case .putModel(let model): access = model.access
        default: return nil
        }
        return access.isPlain ? nil : access
    }

    /// The change with an owner and grants.
    static func change(
        _ change: CatalogChange, with access: ObjectAccess
    ) -> CatalogChange? {
        func secured<Definition: Secured>(_ definition: Definition) -> Definition {
            var definition = definition
            definition.access = access
            return definition
        }
        switch change {
        case .putTable(let table): return .putTable(secured(table))
        case .putView(let view): return .putView(secured(view))
        case .putSequence(let sequence): return .putSequence(secured(sequence))
        case .putMetric(let metric): return .putMetric(secured(metric))
        case .putAlert(let alert): return .putAlert(secured(alert))
        case .putModel(let model): return .putModel(secured(model))
        default: return nil
        }
    }

    static func encode(_ access: ObjectAccess, into writer: inout ByteWriter) {
        CatalogCodec.write(access.owner, &writer)
        encode(access.grants, into: &writer)
    }

    static func access(_ reader: inout ByteReader) throws(DemetraError) -> ObjectAccess {
        ObjectAccess(owner: try CatalogCodec.comment(&reader), grants: try grants(&reader))
    }

    private static func encode(_ grants: [Grant], into writer: inout ByteWriter) {
        writer.write(UInt32(grants.count))
        for grant in grants {
            CatalogCodec.write(grant.grantee, &writer)
            CatalogCodec.write(grant.grantor, &writer)
            writer.write(grant.privileges.rawValue)
            writer.write(grant.grantable.rawValue)
        }
    }

    private static func grants(_ reader: inout ByteReader) throws(DemetraError) -> [Grant] {
        var grants: [Grant] = []
        for _ in 0..<(try reader.count(ofAtLeast: 14)) {
            let grantee = try CatalogCodec.comment(&reader)
            let grantor = try CatalogCodec.comment(&reader)
            let privileges = Privileges(rawValue: try reader.integer(UInt16.self))
            grants.append(
                Grant(
                    grantee: grantee, grantor: grantor, privileges: privileges,
                    grantable: Privileges(rawValue: try reader.integer(UInt16.self))))
        }
        return grants
    }

    // MARK: Roles and places

    /// Everything, as changes that make it from nothing.
    static func changes(_ access: AccessCatalog) -> [AccessChange] {
        (access.secret.isEmpty ? [] : [.setSecret(access.secret)])
            + access.roles.sorted { $0.key < $1.key }.map { .putRole($0.value) }
            + access.places.sorted { $0.key < $1.key }.map { .putPlace($0.key, $0.value) }
            + access.defaults.sorted { $0.key < $1.key }.map { .putDefaults($0.key, $0.value) }
    }

    static func encode(_ change: AccessChange, into writer: inout ByteWriter) {
        switch change {
        case .putRole(let role):
            writer.write(UInt8(1))
            encode(role, into: &writer)
        case .dropRole(let name):
            writer.write(UInt8(2))
            writer.write(name)
        case .renameRole(let old, let name):
            writer.write(UInt8(3))
            writer.write(old)
            writer.write(name)
        case .putPlace(let place, let access):
            writer.write(UInt8(4))
            switch place {
            case .database: CatalogCodec.write(nil, &writer)
            case .schema(let name): CatalogCodec.write(name, &writer)
            }
            encode(access, into: &writer)
        case .putDefaults(let key, let grants):
            writer.write(UInt8(5))
            CatalogCodec.write(key.creator, &writer)
            CatalogCodec.write(key.schema, &writer)
            writer.write(key.kind.rawValue)
            encode(grants, into: &writer)
        case .setSecret(let secret):
            writer.write(UInt8(6))
            writer.write(blob: secret)
        }
    }

    static func accessChange(_ reader: inout ByteReader) throws(DemetraError) -> AccessChange {
        switch try reader.integer(UInt8.self) {
        case 1: return .putRole(try role(&reader))
        case 2: return .dropRole(try reader.text())
        case 3:
            let old = try reader.text()
            return .renameRole(old, to: try reader.text())
        case 4:
            let schema = try CatalogCodec.comment(&reader)
            return .putPlace(schema.map { .schema($0) } ?? .database, try access(&reader))
        case 5:
            let creator = try CatalogCodec.comment(&reader)
            let schema = try CatalogCodec.comment(&reader)
            guard let kind = SecuredKind(rawValue: try reader.integer(UInt8.self)) else {
                throw reader.damaged("an unknown kind of object")
            }
            return .putDefaults(
                AccessCatalog.Defaults(creator: creator, schema: schema, kind: kind),
                try grants(&reader))
        case 6: return .setSecret(try reader.blob())
        default: throw reader.damaged("an unknown change of roles")
        }
    }

    private static func encode(_ role: RoleDefinition, into writer: inout ByteWriter) {
        writer.write(role.name)
        writer.write(role.attributes.rawValue)
        writer.write(Int64(role.connectionLimit ?? -1))
        writer.write(role.validUntil != nil)
        writer.write(role.validUntil?.microseconds ?? 0)
        CatalogCodec.write(role.verifier, &writer)
        writer.write(UInt32(role.settings.count))
        for (name, value) in role.settings.sorted(by: { $0.key < $1.key }) {
            writer.write(name)
            writer.write(value)
        }
        writer.write(UInt32(role.memberships.count))
        for membership in role.memberships {
            writer.write(membership.role)
            writer.write(membership.isAdmin)
            CatalogCodec.write(membership.grantor, &writer)
        }
    }

    private static func role(_ reader: inout ByteReader) throws(DemetraError) -> RoleDefinition {
        var role = RoleDefinition(name: try reader.text())
        role.attributes = RoleDefinition.Attributes(rawValue: try reader.integer(UInt32.self))
        let limit = try reader.integer(Int64.self)
        role.connectionLimit = limit < 0 ? nil : Int(limit)
        let ends = try reader.flag()
        let end = try reader.integer(Int64.self)
        role.validUntil = ends ? Timestamp(microseconds: end) : nil
        role.verifier = try CatalogCodec.comment(&reader)
        for _ in 0..<(try reader.count(ofAtLeast: 8)) {
            let name = try reader.text()
            role.settings[name] = try reader.text()
        }
        for _ in 0..<(try reader.count(ofAtLeast: 10)) {
            let group = try reader.text()
            let isAdmin = try reader.flag()
            role.memberships.append(
                RoleDefinition.Membership(
                    role: group, isAdmin: isAdmin, grantor: try CatalogCodec.comment(&reader)))
        }
        return role
    }
}
