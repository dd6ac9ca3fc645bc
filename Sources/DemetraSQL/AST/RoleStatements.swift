package import DemetraTypes

/// A role where a statement names one.
package enum RoleName: Sendable, Hashable {
    /// By its name; `public` means everyone where privileges are given.
    case named(Identifier)
    /// CURRENT_USER, or CURRENT_ROLE.
    case currentUser(SourceRange)
    case sessionUser(SourceRange)

    /// Where it stands.
    package var range: SourceRange {
        switch self {
        case .named(let name): name.range
        case .currentUser(let range), .sessionUser(let range): range
        }
    }
}

/// Statements about roles and what they may do.
package enum RoleStatement: Sendable, Hashable {
    /// CREATE ROLE; CREATE USER when it may log in unless the options say otherwise.
    case create(Identifier, canLogin: Bool, [RoleOption])
    case alter(RoleName, [RoleOption])
    case rename(RoleName, to: Identifier)
    /// ALTER ROLE ... SET; nil for DEFAULT.
    case set(RoleName, ObjectName, [String]?)
    /// ALTER ROLE ... RESET; nil for ALL.
    case reset(RoleName, ObjectName?)
    case drop([RoleName], ifExists: Bool)
    /// DROP OWNED BY.
    case dropOwned([RoleName], cascade: Bool)
    /// REASSIGN OWNED BY ... TO.
    case reassign([RoleName], to: RoleName)
    /// ALTER ... OWNER TO.
    case owner(GrantTarget, ifExists: Bool, RoleName)
    case grant(GrantStatement)
    /// GRANT and REVOKE of roles.
    case membership(MembershipStatement)
    /// ALTER DEFAULT PRIVILEGES.
    case defaults(DefaultPrivilegesStatement)
}

/// An option of CREATE ROLE and ALTER ROLE.
package struct RoleOption: Sendable, Hashable {
    /// What it says.
    package enum Content: Sendable, Hashable {
        /// One of PostgreSQL's words, such as `superuser` or `nologin`.
        case flag(String)
        /// The password, or a verifier of one; nil for none.
        case password(String?)
        case connectionLimit(Int)
        case validUntil(String)
        case readOnly(Bool)
        /// IN ROLE.
        case groups([Identifier])
        /// ROLE and ADMIN: who becomes a member.
        case members([RoleName], isAdmin: Bool)
    }

    /// What it says.
    package let content: Content
    /// Where it stands.
    package let range: SourceRange

    /// Makes an option.
    package init(_ content: Content, range: SourceRange) {
        self.content = content
        self.range = range
    }
}

/// The objects of a GRANT.
package struct GrantTarget: Sendable, Hashable {
    /// What kind they are.
    package enum Kind: Sendable, Hashable, CaseIterable {
        /// Tables, views and sequences.
        case relation
        case view, sequence, schema, metric, alert, model, database
        /// ALL TABLES IN SCHEMA, and ALL SEQUENCES IN SCHEMA.
        case tablesInSchema, sequencesInSchema
        case allMetrics, allAlerts, allModels

        /// The words that a statement names it by.
        package var words: String {
            switch self {
            case .relation: "TABLE"
            case .view: "VIEW"
            case .sequence: "SEQUENCE"
            case .schema: "SCHEMA"
            case .metric: "METRIC"
            case .alert: "ALERT"
            case .model: "MODEL"
            case .database: "DATABASE"
            case .tablesInSchema: "ALL TABLES IN SCHEMA"
            case .sequencesInSchema: "ALL SEQUENCES IN SCHEMA"
            case .allMetrics: "ALL METRICS"
            case .allAlerts: "ALL ALERTS"
            case .allModels: "ALL MODELS"
            }
        }
    }

    /// What kind they are.
    package let kind: Kind
    /// Their names, or those of schemas.
    package let names: [ObjectName]

    /// Names objects.
    package init(_ kind: Kind, _ names: [ObjectName]) {
        self.kind = kind
        self.names = names
    }
}

/// The privileges of GRANT and REVOKE.
package struct PrivilegeList: Sendable, Hashable {
    /// The words; none for ALL.
    package let words: [Identifier]
    /// Columns that are named, which is not supported.
    package let columns: [Identifier]

    /// Makes a list.
    package init(words: [Identifier], columns: [Identifier] = []) {
        self.words = words
        self.columns = columns
    }
}

/// GRANT and REVOKE of privileges.
package struct GrantStatement: Sendable, Hashable {
    /// REVOKE.
    package let isRevoke: Bool
    /// What is given.
    package let privileges: PrivilegeList
    /// On what.
    package let target: GrantTarget
    /// To whom.
    package let roles: [RoleName]
    /// WITH GRANT OPTION, or GRANT OPTION FOR.
    package let hasOption: Bool
    /// REVOKE ... CASCADE.
    package let cascade: Bool

    /// Makes a statement.
    package init(
        isRevoke: Bool, privileges: PrivilegeList, target: GrantTarget, roles: [RoleName],
        hasOption: Bool, cascade: Bool
    ) {
        self.isRevoke = isRevoke
        self.privileges = privileges
        self.target = target
        self.roles = roles
        self.hasOption = hasOption
        self.cascade = cascade
    }
}

/// GRANT and REVOKE of roles.
package struct MembershipStatement: Sendable, Hashable {
    /// REVOKE.
    package let isRevoke: Bool
    /// The groups.
    package let groups: [Identifier]
    /// Who becomes a member.
    package let members: [RoleName]
    /// WITH ADMIN OPTION, or ADMIN OPTION FOR.
    package let hasOption: Bool

    /// Makes a statement.
    package init(isRevoke: Bool, groups: [Identifier], members: [RoleName], hasOption: Bool) {
        self.isRevoke = isRevoke
        self.groups = groups
        self.members = members
        self.hasOption = hasOption
    }
}

/// ALTER DEFAULT PRIVILEGES.
package struct DefaultPrivilegesStatement: Sendable, Hashable {
    /// What the objects are.
    package enum Kind: Sendable, Hashable {
        case tables, sequences, schemas, metrics, alerts, models
    }

    /// Who will make them; nobody named for the current user.
    package let creators: [RoleName]
    /// Where; none named for everywhere.
    package let schemas: [Identifier]
    /// What they are.
    package let kind: Kind
    /// REVOKE.
    package let isRevoke: Bool
    /// What is given.
    package let privileges: PrivilegeList
    /// To whom.
    package let roles: [RoleName]
    /// WITH GRANT OPTION, or GRANT OPTION FOR.
    package let hasOption: Bool

    /// Makes a statement.
    package init(
        creators: [RoleName], schemas: [Identifier], kind: Kind, isRevoke: Bool,
        privileges: PrivilegeList, roles: [RoleName], hasOption: Bool
    ) {
        self.creators = creators
        self.schemas = schemas
        self.kind = kind
        self.isRevoke = isRevoke
        self.privileges = privileges
        self.roles = roles
        self.hasOption = hasOption
    }
}
