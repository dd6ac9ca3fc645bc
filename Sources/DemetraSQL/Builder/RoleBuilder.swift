import DemetraTypes

/// Statements about roles.
enum RoleBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> RoleStatement {
        if let inner = node[.create], let name = inner[.name] {
            return .create(
                name.identifier, canLogin: inner.has(.user), try options(inner))
        }
        if let inner = node[.alter] { return try alter(inner) }
        if let inner = node[.drop] {
            return .drop(try names(inner.all(.roles)), ifExists: inner.has(.exists))
        }
        if let inner = node[.dropOwned] {
            return .dropOwned(try names(inner.all(.roles)), cascade: inner.has(.cascade))
        }
        if let inner = node[.reassign], let target = inner[.target] {
            return .reassign(try names(inner.all(.roles)), to: try name(target))
        }
        if let inner = node[.owner], let role = inner[.role] {
            return .owner(target(inner), ifExists: inner.has(.exists), try name(role))
        }
        if let inner = node[.defaults] { return .defaults(try defaults(inner)) }
        if let inner = node[.grant] { return try grant(inner, isRevoke: false) }
        guard let inner = node[.revoke] else { throw StatementBuilder.missing() }
        return try grant(inner, isRevoke: true)
    }

    static func name(_ node: SyntaxNode) throws(DemetraError) -> RoleName {
        if let role = node[.role] { return try name(role) }
        if node.has(.current) { return .currentUser(node.range) }
        if node.has(.session) { return .sessionUser(node.range) }
        guard let name = node[.name] else { throw StatementBuilder.missing() }
        return .named(name.identifier)
    }

    private static func names(_ nodes: [SyntaxNode]) throws(DemetraError) -> [RoleName] {
        try nodes.mapThrowing { node throws(DemetraError) in try name(node) }
    }

    // MARK: Roles

    private static func alter(_ node: SyntaxNode) throws(DemetraError) -> RoleStatement {
        guard let named = node[.role] else { throw StatementBuilder.missing() }
        let role = try name(named)
        if let target = node[.target] { return .rename(role, to: target.identifier) }
        if let setting = node[.setting] {
            var values: [String]?
            if !node.has(.`default`) {
                values = try node.all(.values).mapThrowing { value throws(DemetraError) in
                    try OptionText.text(value)
                }
            }
            return .set(role, settingName(setting), values)
        }
        if node.has(.all) { return .reset(role, nil) }
        if let setting = node[.reset] { return .reset(role, settingName(setting)) }
        return .alter(role, try options(node))
    }

    private static func settingName(_ node: SyntaxNode) -> ObjectName {
        ObjectName(node.all(.parts).map(\.identifier))
    }

    private static func options(_ node: SyntaxNode) throws(DemetraError) -> [RoleOption] {
        try node.all(.options).mapThrowing { option throws(DemetraError) in
            RoleOption(try content(option), range: option.range)
        }
    }

    private static func content(_ node: SyntaxNode) throws(DemetraError) -> RoleOption.Content {
        if let password = node[.password] { return .password(try password.string()) }
        if node.has(.noPassword) { return .password(nil) }
        if let limit = node[.limit] {
            guard let number = Int(limit.source) else {
                throw DemetraError(
                    .invalidParameterValue, "invalid connection limit: \(limit.source)",
                    hint: "It is a whole number, or -1 for any number of connections."
                ).at(limit.range)
            }
            return .connectionLimit(number)
        }
        if let until = node[.until] { return .validUntil(try until.string()) }
        if node.has(.only) { return .readOnly(true) }
        if node.has(.write) { return .readOnly(false) }
        if !node.all(.groups).isEmpty { return .groups(node.all(.groups).map(\.identifier)) }
        if !node.all(.members).isEmpty {
            return .members(try names(node.all(.members)), isAdmin: false)
        }
        if !node.all(.admins).isEmpty {
            return .members(try names(node.all(.admins)), isAdmin: true)
        }
        guard let flag = node[.flag] else { throw StatementBuilder.missing() }
        return .flag(flag.identifier.name)
    }

    // MARK: Privileges

    private static func grant(
        _ node: SyntaxNode, isRevoke: Bool
    ) throws(DemetraError) -> RoleStatement {
        guard let list = node[.privileges] else { throw StatementBuilder.missing() }
        let roles = try names(node.all(.grantees))
        let privileges = privileges(list)
        let hasOption = node.has(.option) || node.has(.onlyOption)
        guard let object = node[.object] else {
            guard !privileges.words.isEmpty, privileges.columns.isEmpty else {
                throw DemetraError(
                    .syntaxError, "GRANT and REVOKE of privileges need ON",
                    hint: "Write GRANT SELECT ON a_table TO a_role."
                ).at(list.range)
            }
            return .membership(
                MembershipStatement(
                    isRevoke: isRevoke, groups: privileges.words, members: roles,
                    hasOption: hasOption))
        }
        return .grant(
            GrantStatement(
                isRevoke: isRevoke, privileges: privileges, target: target(object), roles: roles,
                hasOption: hasOption, cascade: node.has(.cascade)))
    }

    private static func privileges(_ node: SyntaxNode) -> PrivilegeList {
        let items = node.all(.items)
        return PrivilegeList(
            words: items.compactMap { $0[.name]?.identifier },
            columns: items.flatMap { $0.all(.columns) }.map(\.identifier))
    }

    private static func target(_ node: SyntaxNode) -> GrantTarget {
        let names = (node.all(.names) + [node[.name]].compactMap { $0 })
            .map { ExpressionBuilder.objectName($0) }
        if node.has(.allTables) { return GrantTarget(.tablesInSchema, names) }
        if node.has(.allSequences) { return GrantTarget(.sequencesInSchema, names) }
        if node.has(.allMetrics) { return GrantTarget(.allMetrics, names) }
        if node.has(.allAlerts) { return GrantTarget(.allAlerts, names) }
        if node.has(.allModels) { return GrantTarget(.allModels, names) }
        if node.has(.view) { return GrantTarget(.view, names) }
        if node.has(.sequence) { return GrantTarget(.sequence, names) }
        if node.has(.schema) { return GrantTarget(.schema, names) }
        if node.has(.metric) { return GrantTarget(.metric, names) }
        if node.has(.alert) { return GrantTarget(.alert, names) }
        if node.has(.model) { return GrantTarget(.model, names) }
        if node.has(.database) { return GrantTarget(.database, names) }
        return GrantTarget(.relation, names)
    }

    private static func defaults(
        _ node: SyntaxNode
    ) throws(DemetraError) -> DefaultPrivilegesStatement {
        guard let list = node[.privileges], let kind = node[.kind] else {
            throw StatementBuilder.missing()
        }
        let kinds: [(Bool, DefaultPrivilegesStatement.Kind)] = [
            (kind.has(.sequences), .sequences), (kind.has(.schemas), .schemas),
            (kind.has(.metrics), .metrics), (kind.has(.alerts), .alerts),
            (kind.has(.models), .models),
        ]
        return DefaultPrivilegesStatement(
            creators: try names(node.all(.roles)),
            schemas: node.all(.schemas).map(\.identifier),
            kind: kinds.first { $0.0 }?.1 ?? .tables, isRevoke: node.has(.revoke),
            privileges: privileges(list), roles: try names(node.all(.grantees)),
            hasOption: node.has(.option) || node.has(.onlyOption))
    }
}
