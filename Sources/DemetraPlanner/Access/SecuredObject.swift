import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// An object with what it allows, and how that is changed.
struct SecuredObject {
    let kind: SecuredKind
    let name: String
    /// The schema it is in; nil for what is in none.
    let schema: String?
    let access: ObjectAccess
    /// The change that lets it allow something else.
    let changed: (ObjectAccess) -> CatalogChange

    /// Kind and name.
    var text: String { "\(kind.noun) \(name)" }

    init(
        _ kind: SecuredKind, _ name: String, schema: String? = nil, _ access: ObjectAccess,
        _ changed: @escaping (ObjectAccess) -> CatalogChange
    ) {
        self.kind = kind
        self.name = name
        self.schema = schema
        self.access = access
        self.changed = changed
    }

    /// One with a definition.
    init<Definition: Secured>(
        _ kind: SecuredKind, _ name: String, schema: String? = nil, _ definition: Definition,
        _ change: @escaping (Definition) -> CatalogChange
    ) {
        self.init(kind, name, schema: schema, definition.access) { access in
            var definition = definition
            definition.access = access
            return change(definition)
        }
    }

    init(_ table: TableDefinition) {
        self.init(.table, table.name, schema: table.schemaName, table) { .putTable($0) }
    }

    init(_ view: ViewDefinition) {
        self.init(.view, view.name, schema: view.schemaName, view) { .putView($0) }
    }

    init(_ sequence: SequenceDefinition) {
        self.init(.sequence, sequence.name, schema: sequence.schemaName, sequence) {
            .putSequence($0)
        }
    }

    init(_ metric: MetricDefinition) {
        self.init(.metric, metric.name, metric) { .putMetric($0) }
    }

    init(_ alert: AlertDefinition) { self.init(.alert, alert.name, alert) { .putAlert($0) } }

    init(_ model: ModelDefinition) { self.init(.model, model.name, model) { .putModel($0) } }

    init(_ place: AccessCatalog.Place, _ name: String, _ access: ObjectAccess) {
        self.init(place == .database ? .database : .schema, name, access) {
            .access(.putPlace(place, $0))
        }
    }
}

extension Binder {
    /// The objects that a GRANT names.
    ///
    /// - Throws: 42P01 and 42704 for what does not exist.
    func objects(_ target: GrantTarget) throws(DemetraError) -> [SecuredObject] {
        switch target.kind {
        case .allMetrics: return catalog.metrics.values.map { SecuredObject($0) }
        case .allAlerts: return catalog.alerts.values.map { SecuredObject($0) }
        case .allModels: return catalog.models.values.map { SecuredObject($0) }
        default: break
        }
        var result: [SecuredObject] = []
        for name in target.names { result += try objects(target.kind, name) }
        return result
    }

    private func objects(
        _ kind: GrantTarget.Kind, _ name: ObjectName
    ) throws(DemetraError) -> [SecuredObject] {
        let last = name.last.name
        switch kind {
        case .relation, .view, .sequence: return [try relationObject(kind, name)]
        case .schema:
            try checkKnownSchema(name)
            return [SecuredObject(.schema(last), last, catalog.access[.schema(last)])]
        case .tablesInSchema:
            try checkKnownSchema(name)
            let tables = catalog.tables.values.filter { $0.schemaName == last }
            let views = catalog.views.values.filter { $0.schemaName == last }
            return tables.map { SecuredObject($0) } + views.map { SecuredObject($0) }
        case .sequencesInSchema:
            try checkKnownSchema(name)
            return catalog.sequences.values.filter { $0.schemaName == last }
                .map { SecuredObject($0) }
        case .metric:
            guard let metric = catalog.metrics[last] else {
                throw undefinedMetric(last, name.range)
            }
            return [SecuredObject(metric)]
        case .alert:
            guard let alert = catalog.alerts[last] else {
                throw missing("alert", name, catalog.alerts.keys)
            }
            return [SecuredObject(alert)]
        case .model:
            guard let model = catalog.models[last] else {
                throw missing("model", name, catalog.models.keys)
            }
            return [SecuredObject(model)]
        // There is one database, whatever a client calls it.
        case .database: return [SecuredObject(.database, last, catalog.access[.database])]
        case .allMetrics, .allAlerts, .allModels: return []
        }
    }

    private func relationObject(
        _ kind: GrantTarget.Kind, _ name: ObjectName
    ) throws(DemetraError) -> SecuredObject {
        let relation = try relationName(name)
        if let sequence = catalog.sequences[relation], kind != .view {
            return SecuredObject(sequence)
        }
        if kind == .sequence {
            guard catalog.hasRelation(relation) else { throw undefinedTable(name) }
            throw DemetraError(.wrongObjectType, "\"\(relation.name)\" is not a sequence")
                .at(name.range)
        }
        if let view = catalog.views[relation] { return SecuredObject(view) }
        if let table = catalog.tables[relation] {
            guard kind == .relation else {
                throw DemetraError(.wrongObjectType, "\"\(relation.name)\" is not a view")
                    .at(name.range)
            }
            return SecuredObject(table)
        }
        throw undefinedTable(name)
    }

    private func checkKnownSchema(_ name: ObjectName) throws(DemetraError) {
        let schema = name.last.name
        guard !catalog.hasSchema(schema) else { return }
        guard !Self.systemSchemas.contains(schema) else {
            throw DemetraError(
                .insufficientPrivilege, "schema \"\(schema)\" belongs to the system",
                hint: "Everyone may read it."
            ).at(name.range)
        }
        throw undefinedSchema(schema, name.range)
    }

    private func missing(
        _ kind: String, _ name: ObjectName, _ known: some Sequence<String>
    ) -> DemetraError {
        DemetraError(
            .undefinedObject, "\(kind) \"\(name.text)\" does not exist",
            hint: NearestName.find(name.text, among: known).map { "Perhaps you meant \"\($0)\"." }
        ).at(name.range)
    }

    /// Everything that has an owner, in the order of kinds and names.
    func allObjects() -> [SecuredObject] {
        let schemas = (catalog.schemas + [RelationName.publicSchema]).sorted()
            .map { SecuredObject(.schema($0), $0, catalog.access[.schema($0)]) }
        let tables = catalog.tables.sorted { $0.key < $1.key }.map { SecuredObject($0.value) }
        let views = catalog.views.sorted { $0.key < $1.key }.map { SecuredObject($0.value) }
        let sequences = catalog.sequences.sorted { $0.key < $1.key }
            .map { SecuredObject($0.value) }
        let metrics = catalog.metrics.sorted { $0.key < $1.key }.map { SecuredObject($0.value) }
        let alerts = catalog.alerts.sorted { $0.key < $1.key }.map { SecuredObject($0.value) }
        let models = catalog.models.sorted { $0.key < $1.key }.map { SecuredObject($0.value) }
        return [
            SecuredObject(.database, databaseName, catalog.access[.database])
        ] + schemas + tables + views + sequences + metrics + alerts + models
    }
}
