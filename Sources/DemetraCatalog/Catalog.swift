/// What exists in a database at one moment: an immutable snapshot.
///
/// Changing it makes a new value with the next version; storage swaps the current one.
/// Relation names (tables and views) share one space a schema; metrics, alerts and models have their own, without
/// schemas.
package struct Catalog: Sendable, Hashable {
    /// Grows by one with each change; plans are cached by it.
    package private(set) var version: Int64
    /// The schemas beside `public` and those for temporary tables.
    package private(set) var schemas: Set<String>
    /// COMMENT ON SCHEMA, by schema.
    package private(set) var schemaComments: [String: String]
    /// Tables by name.
    package private(set) var tables: [RelationName: TableDefinition]
    /// Views by name.
    package private(set) var views: [RelationName: ViewDefinition]
    /// Sequences by name.
    package private(set) var sequences: [RelationName: SequenceDefinition]
    /// Metrics by name.
    package private(set) var metrics: [String: MetricDefinition]
    /// Alert rules by name.
    package private(set) var alerts: [String: AlertDefinition]
    /// Models by name.
    package private(set) var models: [String: ModelDefinition]
    /// Roles, and what schemas and the database allow.
    package private(set) var access = AccessCatalog()
    /// The number the next table gets.
    package private(set) var nextTableNumber: Int64

    /// An empty catalog.
    package init() {
        version = 0
        schemas = []
        schemaComments = [:]
        tables = [:]
        views = [:]
        sequences = [:]
        metrics = [:]
        alerts = [:]
        models = [:]
        nextTableNumber = 1
    }

    /// A catalog read back from a manifest.
    package init(
        version: Int64, nextTableNumber: Int64, schemas: Set<String> = [],
        schemaComments: [String: String] = [:],
        tables: [TableDefinition], views: [ViewDefinition],
        sequences: [SequenceDefinition] = [], metrics: [MetricDefinition],
        alerts: [AlertDefinition], models: [ModelDefinition],
        access: AccessCatalog = AccessCatalog()
    ) {
        self.access = access
        self.schemas = schemas
        self.schemaComments = schemaComments
        self.version = version
        self.nextTableNumber = nextTableNumber
        self.tables = Dictionary(tables.map { ($0.qualifiedName, $0) }) { first, _ in first }
        self.views = Dictionary(views.map { ($0.qualifiedName, $0) }) { first, _ in first }
        self.sequences = Dictionary(sequences.map { ($0.qualifiedName, $0) }) { first, _ in first }
        self.metrics = Dictionary(metrics.map { ($0.name, $0) }) { first, _ in first }
        self.alerts = Dictionary(alerts.map { ($0.name, $0) }) { first, _ in first }
        self.models = Dictionary(models.map { ($0.name, $0) }) { first, _ in first }
    }
}

/// One change of the catalog, as the write-ahead log keeps it.
package enum CatalogChange: Sendable, Hashable {
    /// Adds a table, or replaces the one with the same id (ALTER TABLE).
    case putTable(TableDefinition)
    /// Removes a table and its rows.
    case dropTable(TableID)
    /// Adds or replaces a view.
    case putView(ViewDefinition)
    /// Removes a view.
    case dropView(RelationName)
    /// Adds a sequence, or replaces the one with the same id.
    case putSequence(SequenceDefinition)
    /// Removes a sequence.
    case dropSequence(TableID)
    /// Adds an empty schema.
    case addSchema(String)
    /// Removes a schema, which must be empty.
    case dropSchema(String)
    /// Says something about a schema; nil takes it away.
    case commentSchema(String, String?)
    /// Adds or replaces a metric.
    case putMetric(MetricDefinition)
    /// Removes a metric.
    case dropMetric(String)
    /// Adds or replaces an alert rule.
    case putAlert(AlertDefinition)
    /// Removes an alert rule.
    case dropAlert(String)
    /// Adds or replaces a model.
    case putModel(ModelDefinition)
    /// Removes a model.
    case dropModel(String)
    /// Changes roles, or what schemas and the database allow.
    case access(AccessChange)
}

extension Catalog {
    /// The catalog after one change; the statement that made it has checked that it makes sense.
    package func applying(_ change: CatalogChange) -> Catalog {
        var next = self
        next.version += 1
        switch change {
        case .putTable(let table):
            if let old = next.table(id: table.id) { next.tables[old.qualifiedName] = nil }
            next.tables[table.qualifiedName] = table
            next.nextTableNumber = max(next.nextTableNumber, table.id.number + 1)
        case .dropTable(let id):
            if let old = next.table(id: id) { next.tables[old.qualifiedName] = nil }
        case .putView(let view): next.views[view.qualifiedName] = view
        case .dropView(let name): next.views[name] = nil
        case .putSequence(let sequence):
            if let old = next.sequence(id: sequence.id) { next.sequences[old.qualifiedName] = nil }
            next.sequences[sequence.qualifiedName] = sequence
            next.nextTableNumber = max(next.nextTableNumber, sequence.id.number + 1)
        case .dropSequence(let id):
            if let old = next.sequence(id: id) { next.sequences[old.qualifiedName] = nil }
        case .addSchema(let name): next.schemas.insert(name)
        case .dropSchema(let name):
            next.schemas.remove(name)
            next.schemaComments[name] = nil
            next.access.places[.schema(name)] = nil
            for key in next.access.defaults.keys where key.schema == name {
                next.access.defaults[key] = nil
            }
        case .commentSchema(let name, let text): next.schemaComments[name] = text
        case .putMetric(let metric): next.metrics[metric.name] = metric
        case .dropMetric(let name): next.metrics[name] = nil
        case .putAlert(let alert): next.alerts[alert.name] = alert
        case .dropAlert(let name): next.alerts[name] = nil
        case .putModel(let model): next.models[model.name] = model
        case .dropModel(let name): next.models[name] = nil
        case .access(let change):
            next.access = access.applying(change)
            if case .renameRole(let old, let name) = change {
                next.mapAccess { $0.renaming(old, to: name) }
            }
        }
        return next
    }

    /// Changes what all objects allow that have definitions.
    private mutating func mapAccess(_ change: (ObjectAccess) -> ObjectAccess) {
        func changeAll<Name, Definition: Secured>(_ all: inout [Name: Definition]) {
            for name in all.keys {
                guard let old = all[name]?.access else { continue }
                let new = change(old)
                if new != old { all[name]?.access = new }
            }
        }
        changeAll(&tables)
        changeAll(&views)
        changeAll(&sequences)
        changeAll(&metrics)
        changeAll(&alerts)
        changeAll(&models)
    }

    /// The table with that id, or nil.
    package func table(id: TableID) -> TableDefinition? { tables.values.first { $0.id == id } }

    /// The sequence with that id, or nil.
    package func sequence(id: TableID) -> SequenceDefinition? {
        sequences.values.first { $0.id == id }
    }

    /// The sequences that go with a table's columns.
    package func sequences(ownedBy table: TableID) -> [SequenceDefinition] {
        sequences.values.filter { $0.owner?.table == table }.sorted { $0.id < $1.id }
    }

    /// The foreign keys that refer to a table, each with the table it is of.
    package func references(
        to target: TableID
    ) -> [(table: TableDefinition, key: ForeignKeyDefinition)] {
        tables.values.filter { !$0.foreignKeys.isEmpty }.sorted { $0.id < $1.id }.flatMap { table in
            table.foreignKeys.filter { $0.target == target }.map { (table, $0) }
        }
    }

    /// The table of an index.
    package func table(ofIndex name: RelationName) -> TableDefinition? {
        tables.values.first { table in
            table.schemaName == name.schema && table.indexes.contains { $0.name == name.name }
        }
    }

    /// The names of all tables and views.
    package var relationNames: [RelationName] { Array(tables.keys) + Array(views.keys) }

    /// Whether there is a table, view or sequence of that name.
    package func hasRelation(_ name: RelationName) -> Bool {
        tables[name] != nil || views[name] != nil || sequences[name] != nil
    }

    /// Whether there is a schema of that name that can hold tables of all sessions.
    package func hasSchema(_ name: String) -> Bool {
        name == RelationName.publicSchema || schemas.contains(name)
    }

    /// Whether some session has temporary tables, views or sequences.
    package var hasTemporaryRelations: Bool {
        tables.keys.contains(where: \.isTemporary) || views.keys.contains(where: \.isTemporary)
            || sequences.keys.contains(where: \.isTemporary)
    }

    /// What is left of it when all sessions are over: all but temporary tables and views.
    package var permanent: Catalog {
        guard hasTemporaryRelations else { return self }
        var rest = self
        rest.tables = tables.filter { !$0.key.isTemporary }
        rest.views = views.filter { !$0.key.isTemporary }
        rest.sequences = sequences.filter { !$0.key.isTemporary }
        return rest
    }
}
