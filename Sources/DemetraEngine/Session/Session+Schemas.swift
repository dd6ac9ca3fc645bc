import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import Synchronization

// Schemas, the search path, and the temporary tables of a session.

extension Session {
    /// The schema of the session's temporary tables.
    var temporarySchema: String { RelationName.temporaryPrefix + "\(number)" }

    /// Where names without a schema are looked for.
    func searchPath(_ catalog: Catalog) -> SearchPath {
        let setting = state.settings.withLock { (try? $0.value("search_path")) ?? "" }
        let names = pathNames.withLock { known in
            if known.setting != setting { known = (setting, IdentifierList.names(in: setting)) }
            return known.names
        }
        let schemas = names.compactMap { name -> String? in
            switch name {
            case "$user": ownSchema(catalog)
            case "pg_temp": temporarySchema
            case "information_schema", "pg_catalog": name
            default: catalog.hasSchema(name) ? name : nil
            }
        }
        return SearchPath(schemas: schemas, temporary: temporarySchema)
    }

    /// The schema that is called as the current role.
    private func ownSchema(_ catalog: Catalog) -> String? {
        guard !catalog.schemas.isEmpty else { return nil }
        let user = authority(catalog).user
        return catalog.hasSchema(user) ? user : nil
    }

    /// A binder for this session.
    ///
    /// - Parameter authority: as whom; nil for the session's role.
    func makeBinder(
        _ snapshot: Snapshot, _ folder: Folder? = nil, as authority: Authority? = nil
    ) -> Binder {
        Binder(
            catalog: snapshot.catalog, functions: engine.functions, folder: folder,
            path: searchPath(snapshot.catalog),
            authority: authority ?? self.authority(snapshot.catalog),
            databaseName: origin.database, entropy: engine.entropy)
    }

    /// Whether something is not another session's.
    func isOwn(_ name: RelationName) -> Bool {
        !name.isTemporary || name.schema == temporarySchema
    }

    /// What a name given outside of SQL means: `table` by the search path, or `schema.table`.
    func relationName(_ text: String, in catalog: Catalog) -> RelationName {
        let path = searchPath(catalog)
        let plain = path.schemas.map { RelationName(text, schema: $0) }
        if let found = plain.first(where: { catalog.hasRelation($0) }) { return found }
        if let dot = text.firstIndex(of: "."), catalog.hasSchema(String(text[..<dot])) {
            return RelationName(
                String(text[text.index(after: dot)...]), schema: String(text[..<dot]))
        }
        return RelationName(text, schema: path.creation ?? RelationName.publicSchema)
    }

    // MARK: Sequences

    /// Whether only the open transaction, which has made it, can see a sequence; or only the session.
    func isOwn(_ sequence: SequenceDefinition) -> Bool {
        if sequence.qualifiedName.isTemporary { return true }
        let base = transaction.withLock { $0?.work?.base.catalog }
        return base.map { sequence.id.number >= $0.nextTableNumber } ?? false
    }

    /// Where a sequence stands.
    func position(of sequence: SequenceDefinition, _ snapshot: Snapshot) -> SequencePosition {
        isOwn(sequence)
            ? snapshot.position(of: sequence) : engine.sequences.position(sequence)
    }

    // MARK: Temporary tables

    /// Whether names may mean something that only this session has.
    func hasTemporaryTables(_ catalog: Catalog) -> Bool { ownTables(catalog).hasAny }

    /// Drops all temporary tables and views of the session.
    func dropTemporaryTables() throws(DemetraError) {
        let snapshot = snapshot
        if let drop = dropping(snapshot, snapshot.catalog.tables.values.map { $0 }, views: true) {
            try commit(drop)
        }
    }

    /// The end of the session: what is temporary goes. Called once nothing runs any more.
    func endTemporaryTables() {
        guard pinned == nil, ownTables(engine.store.snapshot().catalog).hasAny else { return }
        let snapshot = engine.store.snapshot()
        guard let drop = dropping(snapshot, snapshot.catalog.tables.values.map { $0 }, views: true)
        else { return }
        // A store that is closed has dropped them already.
        _ = try? engine.store.commit(drop)
    }

    /// What ON COMMIT says of the session's temporary tables, after a transaction was committed.
    func applyCommitEffects() throws(DemetraError) {
        guard ownTables(engine.store.snapshot().catalog).hasEffects else { return }
        let snapshot = engine.store.snapshot()
        let own = snapshot.catalog.tables.values.filter { $0.schemaName == temporarySchema }
        var write =
            dropping(snapshot, own.filter { $0.onCommit == .drops }, views: false)
            ?? WriteTransaction(snapshot: snapshot)
        for table in own where table.onCommit == .empties {
            guard let rows = snapshot.table(table.id), rows.rowCount > 0 else { continue }
            write.delete(table.id, rowIDs: try rows.visibleRowIDs())
        }
        try engine.store.commit(write)
    }

    private func dropping(
        _ snapshot: Snapshot, _ tables: [TableDefinition], views: Bool
    ) -> WriteTransaction? {
        let tables = tables.filter { $0.schemaName == temporarySchema }
        let others = snapshot.catalog.sequences.values.filter {
            views && $0.schemaName == temporarySchema
        }
        let owned = tables.flatMap { snapshot.catalog.sequences(ownedBy: $0.id) }
        let sequences = Set((others + owned).map(\.id))
        let views = snapshot.catalog.views.keys.filter { views && $0.schema == temporarySchema }
        guard !tables.isEmpty || !views.isEmpty || !sequences.isEmpty else { return nil }
        var write = WriteTransaction(snapshot: snapshot)
        for sequence in sequences.sorted() { write.change(.dropSequence(sequence)) }
        for view in views.sorted() { write.change(.dropView(view)) }
        for table in tables.sorted(by: { $0.id < $1.id }) { write.change(.dropTable(table.id)) }
        return write
    }

    /// Whether the session has temporary tables; found out once for each version of the catalog.
    private func ownTables(_ catalog: Catalog) -> OwnTables {
        ownTables.withLock { known in
            guard known.version != catalog.version else { return known }
            let schema = temporarySchema
            known = OwnTables(
                version: catalog.version,
                hasAny: (catalog.relationNames + catalog.sequences.keys).contains {
                    $0.schema == schema
                },
                hasEffects: catalog.tables.values.contains {
                    $0.schemaName == schema && $0.onCommit != .nothing
                })
            return known
        }
    }
}

/// What is known of a session's temporary tables as of a version of the catalog.
struct OwnTables: Sendable {
    /// The version; one that no catalog has before anything is known.
    var version: Int64 = -1
    var hasAny = false
    var hasEffects = false
}
