/// Roles and privileges.
enum RolePrinter {
    static func text(_ statement: RoleStatement) -> String {
        switch statement {
        case .create(let name, let canLogin, let options):
            "CREATE " + (canLogin ? "USER " : "ROLE ") + NamePrinter.text(name) + text(options)
        case .alter(let role, let options): "ALTER ROLE " + text(role) + text(options)
        case .rename(let role, let target):
            "ALTER ROLE " + text(role) + " RENAME TO " + NamePrinter.text(target)
        case .set(let role, let name, let values):
            "ALTER ROLE " + text(role) + " SET " + NamePrinter.text(name) + " = "
                + (values?.map { NamePrinter.literal($0) }.joined(separator: ", ") ?? "DEFAULT")
        case .reset(let role, let name):
            "ALTER ROLE " + text(role) + " RESET " + (name.map { NamePrinter.text($0) } ?? "ALL")
        case .drop(let roles, let ifExists):
            "DROP ROLE " + DefinitionPrinter.ifExists(ifExists) + list(roles)
        case .dropOwned(let roles, let cascade):
            "DROP OWNED BY " + list(roles) + StatementPrinter.word(cascade, "CASCADE")
        case .reassign(let roles, let target):
            "REASSIGN OWNED BY " + list(roles) + " TO " + text(target)
        case .owner(let target, let ifExists, let role):
            "ALTER " + target.kind.words + " " + DefinitionPrinter.ifExists(ifExists)
                + StatementPrinter.list(target.names) + " OWNER TO " + text(role)
        case .grant(let grant): text(grant)
        case .membership(let membership): text(membership)
        case .defaults(let defaults): text(defaults)
        }
    }

    static func text(_ role: RoleName) -> String {
        switch role {
        case .named(let name): NamePrinter.text(name)
        case .currentUser: "CURRENT_USER"
        case .sessionUser: "SESSION_USER"
        }
    }

    private static func list(_ roles: [RoleName]) -> String {
        roles.map { text($0) }.joined(separator: ", ")
    }

    private static func text(_ options: [RoleOption]) -> String {
        options.map { " " + text($0.content) }.joined()
    }

    private static func text(_ option: RoleOption.Content) -> String {
        switch option {
        case .flag(let word): NamePrinter.text(word)
        case .password(let password):
            "PASSWORD " + (password.map { NamePrinter.literal($0) } ?? "NULL")
        case .connectionLimit(let limit): "CONNECTION LIMIT \(limit)"
        case .validUntil(let text): "VALID UNTIL " + NamePrinter.literal(text)
        case .readOnly(let isReadOnly): "READ " + (isReadOnly ? "ONLY" : "WRITE")
        case .groups(let names): "IN ROLE " + NamePrinter.list(names)
        case .members(let roles, let isAdmin): (isAdmin ? "ADMIN " : "ROLE ") + list(roles)
        }
    }

    private static func text(_ grant: GrantStatement) -> String {
        head(grant.isRevoke, grant.hasOption, "GRANT") + text(grant.privileges) + " ON "
            + text(grant.target) + (grant.isRevoke ? " FROM " : " TO ") + list(grant.roles)
            + tail(grant.isRevoke, grant.hasOption, "GRANT")
            + StatementPrinter.word(grant.cascade, "CASCADE")
    }

    private static func text(_ membership: MembershipStatement) -> String {
        head(membership.isRevoke, membership.hasOption, "ADMIN")
            + NamePrinter.list(membership.groups) + (membership.isRevoke ? " FROM " : " TO ")
            + list(membership.members) + tail(membership.isRevoke, membership.hasOption, "ADMIN")
    }

    private static func head(_ isRevoke: Bool, _ hasOption: Bool, _ option: String) -> String {
        isRevoke ? "REVOKE " + (hasOption ? option + " OPTION FOR " : "") : "GRANT "
    }

    private static func tail(_ isRevoke: Bool, _ hasOption: Bool, _ option: String) -> String {
        !isRevoke && hasOption ? " WITH \(option) OPTION" : ""
    }

    private static func text(_ privileges: PrivilegeList) -> String {
        guard !privileges.words.isEmpty else { return "ALL" }
        // Columns stand behind the last word: they are refused, wherever they stood.
        return privileges.words.map { NamePrinter.text($0) }.joined(separator: ", ")
            + NamePrinter.columns(privileges.columns)
    }

    private static func text(_ target: GrantTarget) -> String {
        let names = target.names.isEmpty ? "" : " " + StatementPrinter.list(target.names)
        return target.kind.words + names
    }

    private static func text(_ defaults: DefaultPrivilegesStatement) -> String {
        let kind =
            switch defaults.kind {
            case .tables: "TABLES"
            case .sequences: "SEQUENCES"
            case .schemas: "SCHEMAS"
            case .metrics: "METRICS"
            case .alerts: "ALERTS"
            case .models: "MODELS"
            }
        return "ALTER DEFAULT PRIVILEGES"
            + (defaults.creators.isEmpty ? "" : " FOR ROLE " + list(defaults.creators))
            + (defaults.schemas.isEmpty
                ? "" : " IN SCHEMA " + NamePrinter.list(defaults.schemas))
            + " " + head(defaults.isRevoke, defaults.hasOption, "GRANT")
            + text(defaults.privileges)
            + " ON " + kind + (defaults.isRevoke ? " FROM " : " TO ") + list(defaults.roles)
            + tail(defaults.isRevoke, defaults.hasOption, "GRANT")
    }
}
