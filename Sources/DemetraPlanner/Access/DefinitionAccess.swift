import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// What statements that define things may do, and to whom belongs what they make.
///
/// It looks at the changes themselves, whatever the statement was: what a change replaces or takes away must be the
/// role's, and what it adds becomes the role's. So CASCADE takes along only what the role owns too.
struct DefinitionAccess {
    let authority: Authority
    let catalog: Catalog
    /// What the session calls the database, for messages.
    let databaseName: String

    /// The statement with owners in it.
    ///
    /// - Throws: 42501 for what the role may not do.
    func secured(_ bound: BoundStatement) throws(DemetraError) -> BoundStatement {
        switch bound {
        case .define(let changes, let tag, let notice):
            return .define(try secured(changes), tag: tag, notice: notice)
        case .createTableAs(let table, let plan):
            guard case .putTable(let owned)? = try secured([.putTable(table)]).first else {
                return bound
            }
            return .createTableAs(owned, plan)
        case .alterTable(var alter):
            try mustOwn(.table, alter.old.qualifiedName, alter.old.access)
            if alter.new.schemaName != alter.old.schemaName {
                try mayCreate(in: alter.new.schemaName)
            }
            try references(alter.new, from: alter.old)
            alter.others = try secured(alter.others)
            alter.cascaded = try secured(alter.cascaded)
            alter.newSequences = alter.newSequences.map { sequence in
                owned(sequence, .sequence, sequence.schemaName)
            }
            return .alterTable(alter)
        case .alterSequence(let old, _, _):
            try mustOwn(.sequence, old.qualifiedName, old.access)
            return bound
        case .createModel(var model):
            let name = model.request.name
            if let old = catalog.models[name] {
                try mustOwn(.model, name, old.access)
                model.access = old.access
            } else {
                try mayCreate(in: RelationName.publicSchema)
                model.access = access(toNew: .model, in: nil)
            }
            return .createModel(model)
        case .createAlert(let rule):
            guard case .putAlert(let owned)? = try secured([.putAlert(rule)]).first else {
                return bound
            }
            return .createAlert(owned)
        case .checkAlerts(let name):
            try mayCheck(name)
            return bound
        case .vacuum(let tables):
            guard let tables else {
                try mustBeSuperuser("vacuum all tables")
                return bound
            }
            for table in tables { try mustOwn(.table, table.qualifiedName, table.access) }
            return bound
        case .session(.checkpoint):
            try mustBeSuperuser("do CHECKPOINT")
            return bound
        case .session(.backup):
            try mustBeSuperuser("back up the database")
            return bound
        default: return bound
        }
    }

    // MARK: Changes

    private func secured(_ changes: [CatalogChange]) throws(DemetraError) -> [CatalogChange] {
        guard !changes.isEmpty else { return [] }
        var opened: Set<String> = []
        var closed: Set<String> = []
        for change in changes {
            if case .addSchema(let name) = change { opened.insert(name) }
            if case .dropSchema(let name) = change {
                try mustOwn(.schema, name, catalog.access[.schema(name)])
                closed.insert(name)
            }
        }
        // A view or metric that gets another name is dropped and put: its owner stays.
        let isMove = changes.contains { change in
            switch change {
            case .dropView, .dropMetric: true
            default: false
            }
        }
        var result: [CatalogChange] = []
        for change in changes { result += try secured(change, opened, closed, isMove) }
        return result
    }

    /// - Parameters:
    ///   - opened: schemas that the same statement makes.
    ///   - closed: those that it takes away, with what is in them.
    ///   - isMove: views and metrics have their owners already.
    private func secured(
        _ change: CatalogChange, _ opened: Set<String>, _ closed: Set<String>, _ isMove: Bool
    ) throws(DemetraError) -> [CatalogChange] {
        func replaces(
            _ kind: SecuredKind, _ name: RelationName, _ access: ObjectAccess
        ) throws(DemetraError) {
            if !closed.contains(name.schema) { try mustOwn(kind, name, access) }
        }
        func adds(_ name: RelationName) throws(DemetraError) {
            if !opened.contains(name.schema) { try mayCreate(in: name.schema) }
        }
        switch change {
        case .putTable(let table):
            let old = catalog.table(id: table.id)
            if let old {
                try replaces(.table, old.qualifiedName, old.access)
                if old.schemaName != table.schemaName { try adds(table.qualifiedName) }
            }
            try references(table, from: old)
            guard old == nil else { return [change] }
            try adds(table.qualifiedName)
            return [.putTable(owned(table, .table, table.schemaName))]
        case .dropTable(let id):
            if let old = catalog.table(id: id) {
                try replaces(.table, old.qualifiedName, old.access)
            }
        case .putView(let view):
            if let old = catalog.views[view.qualifiedName] {
                try replaces(.view, view.qualifiedName, old.access)
                return [change]
            }
            try adds(view.qualifiedName)
            guard !isMove else { return [change] }
            return [.putView(owned(view, .view, view.schemaName))]
        case .dropView(let name):
            if let old = catalog.views[name] { try replaces(.view, name, old.access) }
        case .putSequence(let sequence):
            if let old = catalog.sequence(id: sequence.id) {
                try replaces(.sequence, old.qualifiedName, old.access)
                if old.schemaName != sequence.schemaName { try adds(sequence.qualifiedName) }
                return [change]
            }
            try adds(sequence.qualifiedName)
            return [.putSequence(owned(sequence, .sequence, sequence.schemaName))]
        case .dropSequence(let id):
            if let old = catalog.sequence(id: id) {
                try replaces(.sequence, old.qualifiedName, old.access)
            }
        case .addSchema(let name):
            try mayCreateSchemas()
            guard authority.role != nil else { return [change] }
            return [
                change,
                .access(.putPlace(.schema(name), access(toNew: .schema, in: nil))),
            ]
        case .commentSchema(let name, _):
            if !opened.contains(name) {
                try mustOwn(.schema, name, catalog.access[.schema(name)])
            }
        default: return [try securedNamed(change, isMove)]
        }
        return [change]
    }

    /// Metrics, alerts and models, which are in no schema.
    private func securedNamed(
        _ change: CatalogChange, _ isMove: Bool
    ) throws(DemetraError) -> CatalogChange {
        switch change {
        case .putMetric(let metric):
            if let old = catalog.metrics[metric.name] {
                try mustOwn(.metric, metric.name, old.access)
                return change
            }
            try mayCreate(in: RelationName.publicSchema)
            return isMove ? change : .putMetric(owned(metric, .metric, nil))
        case .dropMetric(let name):
            if let old = catalog.metrics[name] { try mustOwn(.metric, name, old.access) }
        case .putAlert(let alert):
            if let old = catalog.alerts[alert.name] {
                try mustOwn(.alert, alert.name, old.access)
                return change
            }
            try mayCreate(in: RelationName.publicSchema)
            return .putAlert(owned(alert, .alert, nil))
        case .dropAlert(let name):
            if let old = catalog.alerts[name] { try mustOwn(.alert, name, old.access) }
        case .dropModel(let name):
            if let old = catalog.models[name] { try mustOwn(.model, name, old.access) }
        default: break
        }
        return change
    }

    private func access(toNew kind: SecuredKind, in schema: String?) -> ObjectAccess {
        catalog.access.access(toNew: kind, in: schema, by: authority.role)
    }

    private func owned<Definition: Secured>(
        _ definition: Definition, _ kind: SecuredKind, _ schema: String?
    ) -> Definition {
        var definition = definition
        definition.access = access(toNew: kind, in: schema)
        return definition
    }

    // MARK: Rights

    private func mustOwn(
        _ kind: SecuredKind, _ name: RelationName, _ access: ObjectAccess
    ) throws(DemetraError) {
        guard let rights = authority.rights, !name.isTemporary, !rights.owns(access),
            !rights.owns(catalog.access[.schema(name.schema)])
        else { return }
        throw Binder.notOwner(kind, name.name)
    }

    private func mustOwn(
        _ kind: SecuredKind, _ name: String, _ access: ObjectAccess
    ) throws(DemetraError) {
        guard let rights = authority.rights, !rights.owns(access) else { return }
        throw Binder.notOwner(kind, name)
    }

    private func mayCreate(in schema: String) throws(DemetraError) {
        guard let rights = authority.rights else { return }
        if schema.hasPrefix(RelationName.temporaryPrefix) {
            guard !rights.allows(.temporary, catalog.access[.database]) else { return }
            throw Binder.denied(.database, databaseName, .temporary, rights.role)
        }
        guard !rights.allows([.usage, .create], catalog.access[.schema(schema)]) else { return }
        throw Binder.denied(.schema, schema, .create, rights.role)
    }

    private func mayCreateSchemas() throws(DemetraError) {
        guard let rights = authority.rights, !rights.allows(.create, catalog.access[.database])
        else { return }
        throw Binder.denied(.database, databaseName, .create, rights.role)
    }

    private func mustBeSuperuser(_ what: String) throws(DemetraError) {
        guard authority.rights != nil else { return }
        throw DemetraError(
            .insufficientPrivilege, "must be superuser to \(what)", hint: "Let a superuser do it.")
    }

    private func mayCheck(_ name: String?) throws(DemetraError) {
        guard let rights = authority.rights else { return }
        for alert in catalog.alerts.values.sorted(by: { $0.name < $1.name })
        where name == nil || alert.name == name {
            guard rights.allows(.update, alert.access) else {
                throw Binder.denied(.alert, alert.name, .update, rights.role)
            }
        }
    }

    /// Foreign keys need the right to refer to their tables.
    private func references(
        _ table: TableDefinition, from old: TableDefinition?
    ) throws(DemetraError) {
        guard let rights = authority.rights else { return }
        let known = Set(old?.foreignKeys.map(\.name) ?? [])
        for key in table.foreignKeys where !known.contains(key.name) && key.target != table.id {
            guard let target = catalog.table(id: key.target) else { continue }
            if let error = Binder.denial(
                rights, .references, target.access, .table, target.qualifiedName, catalog)
            {
                throw error
            }
        }
    }
}
