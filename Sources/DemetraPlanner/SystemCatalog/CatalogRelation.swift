import DemetraCatalog
import DemetraTypes

/// What `pg_class` tells of: a table, view, sequence or index, the user's or the system's.
struct CatalogRelation: Sendable {
    /// What a relation is made of.
    enum Source: Sendable {
        case table(TableDefinition)
        case view(ViewDefinition)
        case sequence(SequenceDefinition)
        case index(CatalogIndex)
        /// Columns, and whether PostgreSQL has it as a view.
        case system(Schema, isView: Bool)
    }

    let number: Int64
    let name: RelationName
    let source: Source
    /// The number of the type of its rows, and of that of lists of them; 0 for what has none.
    var rowType: Int64 = 0, rowListType: Int64 = 0

    /// The letter of its kind.
    var kind: String {
        switch source {
        case .table: "r"
        case .view: "v"
        case .sequence: "S"
        case .index: "i"
        case .system(_, let isView): isView ? "v" : "r"
        }
    }

    /// The table that it is; nil for others.
    var table: TableDefinition? { if case .table(let table) = source { table } else { nil } }

    /// The index that it is; nil for others.
    var index: CatalogIndex? { if case .index(let index) = source { index } else { nil } }

    /// Whose it is: what the system has is everybody's to read, and an index goes with its table.
    var access: ObjectAccess {
        switch source {
        case .table(let table): table.access
        case .view(let view): view.access
        case .sequence(let sequence): sequence.access
        case .index(let index): index.table.access
        case .system:
            ObjectAccess(grants: [Grant(grantee: nil, grantor: nil, privileges: .select)])
        }
    }

    /// What of it can be granted.
    var securedKind: SecuredKind {
        switch source {
        case .table, .index: .table
        case .view, .system: .view
        case .sequence: .sequence
        }
    }

    /// What has been said of it.
    var comment: String? {
        switch source {
        case .table(let table): table.comment
        case .view(let view): view.comment
        case .sequence(let sequence): sequence.comment
        case .index, .system: nil
        }
    }
}

/// A key, or what CREATE INDEX has named.
struct CatalogIndex: Sendable {
    let name: String
    let table: TableDefinition
    /// Positions of the columns in the table.
    let columns: [Int]
    let isUnique: Bool
    let isPrimary: Bool
    /// The number of the constraint that the key is; nil for an index alone.
    let constraint: Int64?
}

/// What `pg_constraint` tells of.
struct CatalogConstraint: Sendable {
    enum Content: Sendable {
        case key(KeyDefinition, index: Int64)
        case check(CheckDefinition)
        case foreignKey(ForeignKeyDefinition)
    }

    let number: Int64
    let name: String
    let table: TableDefinition
    let content: Content

    /// The letter of its kind.
    var kind: String {
        switch content {
        case .key(let key, _): key.isPrimary ? "p" : "u"
        case .check: "c"
        case .foreignKey: "f"
        }
    }
}
