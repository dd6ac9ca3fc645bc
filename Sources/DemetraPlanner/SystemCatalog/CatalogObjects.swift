import DemetraCatalog
import DemetraTypes

/// Gives the objects of a catalog their numbers, those that only other sessions see left out.
struct CatalogObjects {
    private let catalog: Catalog
    private let path: SearchPath
    private var numbers = ObjectNumbers()
    private(set) var schemas: [(number: Int64, name: String)] = []
    private(set) var roles: [(number: Int64, name: String)] = []
    private(set) var relations: [CatalogRelation] = []
    private(set) var constraints: [CatalogConstraint] = []
    /// The tables that foreign keys refer to.
    private(set) var referredTables: Set<TableID> = []
    private(set) var defaults: [TableID: [Int32: Int64]] = [:]

    init(catalog: Catalog, path: SearchPath) {
        self.catalog = catalog
        self.path = path
    }

    mutating func addAll() {
        let tables = catalog.tables.values.filter { isShown($0.qualifiedName) }
            .sorted { $0.id < $1.id }
        let views = catalog.views.values.filter { isShown($0.qualifiedName) }
            .sorted { $0.qualifiedName < $1.qualifiedName }
        let sequences = catalog.sequences.values.filter { isShown($0.qualifiedName) }
            .sorted { $0.id < $1.id }
        schemas = [
            (ObjectNumbers.systemSchema, SystemCatalog.systemSchema),
            (ObjectNumbers.publicSchema, RelationName.publicSchema),
            (ObjectNumbers.informationSchema, "information_schema"),
        ]
        let temporary =
            (tables.map(\.qualifiedName) + views.map(\.qualifiedName)
            + sequences.map(\.qualifiedName)).filter(\.isTemporary).map(\.schema)
        for name in catalog.schemas.union(temporary).sorted() {
            schemas.append((numbers.number("schema \(name)"), name))
        }
        for view in views {
            let number = numbers.number("view \(view.qualifiedName.quoted)")
            add(number, view.qualifiedName, .view(view))
        }
        for sequence in sequences {
            add(ObjectNumbers.number(sequence.id), sequence.qualifiedName, .sequence(sequence))
        }
        for table in tables { add(table) }
        addSystem()
        for name in catalog.access.roles.keys.sorted() {
            roles.append((numbers.number("role \(name)"), name))
        }
        roles += ObjectNumbers.builtInGroups
    }

    private func isShown(_ name: RelationName) -> Bool {
        !name.isTemporary || name.schema == path.temporary
    }

    private mutating func add(
        _ number: Int64, _ name: RelationName, _ source: CatalogRelation.Source
    ) {
        var relation = CatalogRelation(number: number, name: name, source: source)
        switch source {
        case .table, .view, .system:
            relation.rowType = numbers.number("type \(number)")
            relation.rowListType = numbers.number("list \(number)")
        case .sequence, .index: break
        }
        relations.append(relation)
    }

    private mutating func add(_ table: TableDefinition) {
        add(ObjectNumbers.number(table.id), table.qualifiedName, .table(table))
        let place = "\(table.id.number)"
        let advice = Set(table.indexes.map(\.name))
        for key in table.keys {
            let isConstraint = !advice.contains(key.name)
            let index = numbers.number("index \(place) \(key.name)")
            var constraint: Int64?
            if isConstraint {
                let number = numbers.number("constraint \(place) \(key.name)")
                constraint = number
                constraints.append(
                    CatalogConstraint(
                        number: number, name: key.name, table: table,
                        content: .key(key, index: index)))
            }
            let source = CatalogIndex(
                name: key.name, table: table, columns: key.columns, isUnique: true,
                isPrimary: key.isPrimary, constraint: constraint)
            add(index, RelationName(key.name, schema: table.schemaName), .index(source))
        }
        for index in table.indexes where !index.isUnique {
            let number = numbers.number("index \(place) \(index.name)")
            let source = CatalogIndex(
                name: index.name, table: table, columns: table.positions(of: index.columns) ?? [],
                isUnique: false, isPrimary: false, constraint: nil)
            add(number, RelationName(index.name, schema: table.schemaName), .index(source))
        }
        for check in table.checks {
            constraints.append(
                CatalogConstraint(
                    number: numbers.number("constraint \(place) \(check.name)"), name: check.name,
                    table: table, content: .check(check)))
        }
        for key in table.foreignKeys {
            referredTables.insert(key.target)
            constraints.append(
                CatalogConstraint(
                    number: numbers.number("constraint \(place) \(key.name)"), name: key.name,
                    table: table, content: .foreignKey(key)))
        }
        for column in table.columns where column.hasShownDefault {
            defaults[table.id, default: [:]][column.id] = numbers.number(
                "default \(place) \(column.id)")
        }
    }

    private mutating func addSystem() {
        for table in SystemTable.all {
            add(
                table.number, RelationName(table.name, schema: SystemCatalog.systemSchema),
                .system(table.schema, isView: table.isView))
        }
        for (index, relation) in InformationRelation.allCases.enumerated() {
            add(
                ObjectNumbers.firstInformation + Int64(index),
                RelationName(relation.rawValue, schema: "information_schema"),
                .system(relation.schema, isView: true))
        }
        let engine =
            SystemRelation.allCases.map { ($0.rawValue, $0.schema) } + [
                (CommentRows.name, CommentRows.schema), (FunctionRows.name, FunctionRows.schema),
            ]
        for (index, (name, schema)) in engine.enumerated() {
            add(
                ObjectNumbers.firstEngine + Int64(index),
                RelationName(name, schema: SystemCatalog.systemSchema),
                .system(schema, isView: true))
        }
    }
}
