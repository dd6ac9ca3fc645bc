import DemetraCatalog
import DemetraTypes

/// What of the catalog was changed between a transaction's snapshot and its commit, and whether the transaction
/// can live with it.
///
/// The first to commit wins: what a transaction changes must be what it saw. A table it writes to, alters or
/// drops must not have been altered or dropped, names it takes must be free. Dependencies are checked coarsely: a
/// table is not dropped or altered past new views, metrics or alerts, and those are not made past changed tables.
///
/// Tables that the transaction makes get the numbers that are free at the commit, so two CREATE TABLE at once
/// do not collide.
struct CommitCheck {
    let base: Catalog
    let current: Catalog

    /// The number at the commit of a table that had this one in the transaction.
    func numbered(_ id: TableID) -> TableID {
        guard id.number >= base.nextTableNumber else { return id }
        return TableID(id.number - base.nextTableNumber + current.nextTableNumber)
    }

    /// A change with the table numbers of the commit.
    func numbered(_ change: CatalogChange) -> CatalogChange {
        switch change {
        case .putTable(let table): .putTable(numbered(table))
        case .dropTable(let id): .dropTable(numbered(id))
        case .putSequence(let sequence): .putSequence(numbered(sequence))
        case .dropSequence(let id): .dropSequence(numbered(id))
        default: change
        }
    }

    private func numbered(_ table: TableDefinition) -> TableDefinition {
        var table = table.renumbered(numbered(table.id))
        for index in table.foreignKeys.indices {
            table.foreignKeys[index].target = numbered(table.foreignKeys[index].target)
        }
        return table
    }

    private func numbered(_ sequence: SequenceDefinition) -> SequenceDefinition {
        var sequence = sequence
        sequence.id = numbered(sequence.id)
        sequence.owner = sequence.owner.map {
            SequenceDefinition.Owner(table: numbered($0.table), column: $0.column)
        }
        return sequence
    }

    /// - Parameter written: tables whose rows the transaction changes.
    /// - Throws: 40001 when somebody else was faster, 42P07 and 42710 when a name is taken.
    func check(_ changes: [CatalogChange], written: some Sequence<TableID>) throws(DemetraError) {
        guard base.version != current.version else { return }
        for id in written { try checkTable(id) }
        for change in changes { try check(change) }
        try checkReferences(changes)
        if changes.contains(where: isRisk), hasOtherDependents {
            throw Self.conflict("what depends on a table or view was changed concurrently")
        }
        if changes.contains(where: Self.isDependent),
            !base.tables.allSatisfy({ $0.key.isTemporary || current.tables[$0.key] == $0.value })
        {
            throw Self.conflict("a table was altered or dropped concurrently")
        }
    }

    /// A table of the snapshot is what it was.
    private func checkTable(_ id: TableID) throws(DemetraError) {
        guard let old = base.table(id: id) else { return }
        guard current.tables[old.qualifiedName] == old else { throw Self.changed(old.name) }
    }

    private func check(_ change: CatalogChange) throws(DemetraError) {
        switch change {
        case .putTable(let table):
            try checkTable(table.id)
            try checkRelationName(table.qualifiedName)
        case .dropTable(let id): try checkTable(id)
        case .putView(let view): try checkRelationName(view.qualifiedName)
        case .dropView(let name): try checkRelationName(name)
        case .putSequence(let sequence):
            try checkSequence(sequence.id)
            try checkRelationName(sequence.qualifiedName)
        case .dropSequence(let id): try checkSequence(id)
        case .addSchema(let name):
            guard base.schemas.contains(name) || !current.schemas.contains(name) else {
                throw DemetraError(.duplicateSchema, "schema \"\(name)\" already exists")
            }
        case .dropSchema(let name): try checkEmptiness(name)
        case .commentSchema(let name, _):
            guard base.hasSchema(name) == current.hasSchema(name) else {
                throw Self.conflict("schema \"\(name)\" was dropped concurrently")
            }
        case .putMetric(let metric): try same("metric", metric.name, \.metrics)
        case .dropMetric(let name): try same("metric", name, \.metrics)
        case .putAlert(let alert): try same("alert", alert.name, \.alerts)
        case .dropAlert(let name): try same("alert", name, \.alerts)
        case .putModel(let model): try same("model", model.name, \.models)
        case .dropModel(let name): try same("model", name, \.models)
        case .access: try checkAccess()
        }
    }

    /// Roles and grants are changed one after the other: each is decided by the roles that there are.
    private func checkAccess() throws(DemetraError) {
        guard base.access == current.access else {
            throw Self.conflict("roles or privileges were changed concurrently")
        }
    }

    /// What has a name among tables and views is what had it, or nothing any more.
    private func checkRelationName(_ name: RelationName) throws(DemetraError) {
        if !base.hasRelation(name), current.hasRelation(name) {
            throw DemetraError(.duplicateTable, "relation \"\(name.name)\" already exists")
        }
        guard base.views[name] == current.views[name] else {
            throw Self.conflict("view \"\(name.name)\" was changed concurrently")
        }
        guard base.tables[name] == current.tables[name] else { throw Self.changed(name.name) }
        guard base.sequences[name] == current.sequences[name] else {
            throw Self.conflict("sequence \"\(name.name)\" was changed concurrently")
        }
        if base.schemas.contains(name.schema), !current.schemas.contains(name.schema) {
            throw Self.conflict("schema \"\(name.schema)\" was dropped concurrently")
        }
    }

    /// A table that gets foreign keys finds what they refer to as it was, and one that is altered or dropped is referred
    /// to by what the transaction saw.
    private func checkReferences(_ changes: [CatalogChange]) throws(DemetraError) {
        for change in changes {
            switch change {
            case .putTable(let table):
                for key in table.foreignKeys { try checkTable(key.target) }
                try checkReferring(table.id)
            case .dropTable(let id): try checkReferring(id)
            default: continue
            }
        }
    }

    private func checkReferring(_ id: TableID) throws(DemetraError) {
        guard let table = base.table(id: id) else { return }
        let old = base.references(to: id).map(\.key)
        let new = current.references(to: id).map(\.key)
        guard old == new else {
            throw Self.conflict("what refers to table \"\(table.name)\" was changed concurrently")
        }
    }

    /// A sequence of the snapshot is what it was.
    private func checkSequence(_ id: TableID) throws(DemetraError) {
        guard let old = base.sequence(id: id) else { return }
        guard current.sequence(id: id) == old else {
            throw Self.conflict("sequence \"\(old.name)\" was changed concurrently")
        }
    }

    /// A schema goes with what the transaction saw in it.
    private func checkEmptiness(_ schema: String) throws(DemetraError) {
        guard
            let added = (current.relationNames + current.sequences.keys).first(where: {
                $0.schema == schema && !base.hasRelation($0)
            })
        else { return }
        throw Self.conflict("\"\(added.text)\" was created concurrently")
    }

    private func same<Definition: Equatable>(
        _ kind: String, _ name: String, _ all: KeyPath<Catalog, [String: Definition]>
    ) throws(DemetraError) {
        let (old, new) = (base[keyPath: all][name], current[keyPath: all][name])
        if old == nil, new != nil {
            throw DemetraError(.duplicateObject, "\(kind) \"\(name)\" already exists")
        }
        guard old == new else {
            throw Self.conflict("\(kind) \"\(name)\" was changed concurrently")
        }
    }

    /// Whether a change can break what refers to tables and views.
    private func isRisk(_ change: CatalogChange) -> Bool {
        switch change {
        case .putTable(let table): table.id.number < base.nextTableNumber
        case .dropTable(let id): id.number < base.nextTableNumber
        case .dropView: true
        default: false
        }
    }

    private var hasOtherDependents: Bool {
        base.views != current.views || base.metrics != current.metrics
            || base.alerts != current.alerts
    }

    private static func isDependent(_ change: CatalogChange) -> Bool {
        switch change {
        case .putView(let view): !view.qualifiedName.isTemporary
        case .putMetric, .putAlert: true
        default: false
        }
    }

    // MARK: Errors

    /// 40001 for a table.
    static func changed(_ table: String) -> DemetraError {
        conflict("table \"\(table)\" was changed concurrently")
    }

    /// 40001 for a row of a table.
    static func rowChanged(_ table: String) -> DemetraError {
        conflict("a row of \"\(table)\" was changed concurrently")
    }

    /// 40001 for a sequence that gave numbers.
    static func sequenceMoved(_ sequence: String) -> DemetraError {
        conflict("sequence \"\(sequence)\" was moved concurrently")
    }

    /// 40001 for a batch that another session has loaded meanwhile.
    static func batchLoaded(_ id: String, _ table: String) -> DemetraError {
        conflict("batch \"\(id)\" of table \"\(table)\" was loaded concurrently")
    }

    private static func conflict(_ message: String) -> DemetraError {
        DemetraError(
            .serializationFailure, message,
            hint: "Run the transaction again, from its beginning.")
    }
}
