import DemetraCatalog
import DemetraSQL
import DemetraTypes

// CREATE, ALTER and DROP SCHEMA, and what moves tables and views between schemas.

extension Binder {
    func bindCreateSchema(
        _ name: Identifier, _ owner: RoleName?, _ ifNotExists: Bool
    ) throws(DemetraError) -> BoundStatement {
        try checkSchemaName(name)
        if catalog.hasSchema(name.name) || Self.systemSchemas.contains(name.name) {
            if ifNotExists { return skipped("schema", name.name, "CREATE SCHEMA") }
            throw exists("schema", name, .duplicateSchema)
        }
        var changes = [CatalogChange.addSchema(name.name)]
        if let owner = try owner.flatMap({ role throws(DemetraError) in try newOwner(role) }) {
            changes.append(.access(.putPlace(.schema(name.name), ObjectAccess(owner: owner))))
        }
        return .define(changes, tag: "CREATE SCHEMA", notice: nil)
    }

    private func checkSchemaName(_ name: Identifier) throws(DemetraError) {
        guard name.name.hasPrefix("pg_") else { return }
        throw DemetraError(
            .reservedName, "unacceptable schema name \"\(name.name)\"",
            detail: "The prefix \"pg_\" is reserved for system schemas.",
            hint: "Use another name."
        ).at(name.range)
    }

    /// Drops schemas with CASCADE and what is in them, else only empty ones.
    func bindDropSchema(_ statement: DropStatement) throws(DemetraError) -> BoundStatement {
        var contents: [(schema: String, text: String, drop: CatalogChange)] = []
        var schemas: [String] = []
        var notices: [String] = []
        for name in statement.names {
            let schema = name.last.name
            if schema == RelationName.publicSchema || Self.systemSchemas.contains(schema) {
                throw DemetraError(
                    .dependentObjectsStillExist,
                    "cannot drop schema \"\(schema)\" because it is required by the database system"
                ).at(name.range)
            }
            guard catalog.schemas.contains(schema) else {
                guard statement.ifExists else { throw undefinedSchema(schema, name.range) }
                notices.append("schema \"\(schema)\" does not exist, skipping")
                continue
            }
            schemas.append(schema)
            contents += contentsOf(schema)
        }
        let readers = readers(of: contents.map(\.drop))
        let others = contents.map(\.text) + readers.map(\.text)
        if !others.isEmpty {
            guard statement.cascade else {
                let names = schemas.map { "\"\($0)\"" }.joined(separator: ", ")
                throw DemetraError(
                    .dependentObjectsStillExist,
                    "cannot drop schema \(names) because other objects depend on it",
                    detail: (contents.map { "\($0.text) depends on schema \($0.schema)" }
                        + readers.map { "\($0.text) depends on it" }).joined(separator: "\n"),
                    hint: "Use DROP ... CASCADE to drop the dependent objects too."
                ).at(statement.names[0].range)
            }
            notices.append("drop cascades to \(others.joined(separator: ", "))")
        }
        let drops = contents.map(\.drop)
        let constraints = try dependentConstraints(drops, statement.cascade, statement)
        let changes =
            drops + constraints.filter { !drops.contains($0) } + readers.map(\.drop)
            + schemas.map { .dropSchema($0) }
        return .define(
            changes, tag: "DROP SCHEMA",
            notice: notices.isEmpty ? nil : notices.joined(separator: "\n"))
    }

    private func contentsOf(
        _ schema: String
    ) -> [(schema: String, text: String, drop: CatalogChange)] {
        let tables = catalog.tables.filter { $0.key.schema == schema }.sorted { $0.key < $1.key }
        let views = catalog.views.keys.filter { $0.schema == schema }.sorted()
        let sequences = catalog.sequences.values.filter { $0.schemaName == schema }
            .sorted { $0.qualifiedName < $1.qualifiedName }
            .filter { sequence in
                // What a column owns goes with its table.
                !tables.contains { $0.value.id == sequence.owner?.table }
            }
        return tables.map { (schema, "table \($0.key.text)", .dropTable($0.value.id)) }
            + views.map { (schema, "view \($0.text)", .dropView($0)) }
            + sequences.map { (schema, "sequence \($0.qualifiedName.text)", .dropSequence($0.id)) }
    }

    func bindRenameSchema(
        _ name: Identifier, _ target: Identifier
    ) throws(DemetraError) -> BoundStatement {
        guard catalog.schemas.contains(name.name) else {
            if name.name == RelationName.publicSchema || Self.systemSchemas.contains(name.name) {
                throw DemetraError(
                    .insufficientPrivilege,
                    "schema \"\(name.name)\" cannot be renamed: the database system requires it"
                ).at(name.range)
            }
            throw undefinedSchema(name.name, name.range)
        }
        try checkSchemaName(target)
        guard !catalog.hasSchema(target.name), !Self.systemSchemas.contains(target.name) else {
            throw exists("schema", target, .duplicateSchema)
        }
        var moves: [RelationName: RelationName] = [:]
        for relation in catalog.relationNames + catalog.sequences.keys
        where relation.schema == name.name {
            moves[relation] = RelationName(relation.name, schema: target.name)
        }
        let comment =
            catalog.schemaComments[name.name].map {
                [CatalogChange.commentSchema(target.name, $0)]
            } ?? []
        let access =
            catalog.access.places[.schema(name.name)].map {
                [CatalogChange.access(.putPlace(.schema(target.name), $0))]
            } ?? []
        let changes = try moved(moves, "schema \"\(name.name)\"")
        return .define(
            [.addSchema(target.name)] + access + comment + changes + [.dropSchema(name.name)],
            tag: "ALTER SCHEMA",
            notice: nil)
    }

    // MARK: Moving

    func bindAlterView(_ statement: AlterViewStatement) throws(DemetraError) -> BoundStatement {
        let name = try relationName(statement.view)
        guard catalog.views[name] != nil else {
            if catalog.tables[name] != nil {
                throw DemetraError(
                    .wrongObjectType, "\"\(name.name)\" is not a view",
                    hint: "Use ALTER TABLE to change a table."
                ).at(statement.view.range)
            }
            guard statement.ifExists else { throw undefinedTable(statement.view) }
            return .define(
                [], tag: "ALTER VIEW", notice: "relation \"\(name.name)\" does not exist, skipping")
        }
        let target: RelationName
        let place: SourceRange
        switch statement.action {
        case .rename(let new):
            (target, place) = (
                RelationName(new.name, schema: name.schema), new.range
            )
        case .setSchema(let schema):
            (target, place) = (
                try moveTarget(name, to: schema), schema.range
            )
        }
        if target == name, case .setSchema = statement.action {
            return .define([], tag: "ALTER VIEW", notice: nil)
        }
        try checkFree(target, place)
        return .define(
            try moved([name: target], "view \"\(name.name)\""), tag: "ALTER VIEW", notice: nil)
    }

    /// The name of a table or view in another schema.
    func moveTarget(
        _ name: RelationName, to schema: Identifier
    ) throws(DemetraError) -> RelationName {
        if name.isTemporary || schema.name.hasPrefix("pg_temp") {
            throw DemetraError(
                .featureNotSupported, "cannot move objects into or out of temporary schemas"
            ).at(schema.range)
        }
        try checkSchema(schema.name, schema.range)
        return RelationName(name.name, schema: schema.name)
    }

    /// - Throws: 42P07 when there is a table or view of that name.
    func checkFree(_ name: RelationName, _ range: SourceRange) throws(DemetraError) {
        guard catalog.hasRelation(name) else { return }
        throw DemetraError(
            .duplicateTable,
            "relation \"\(name.name)\" already exists"
                + (name.schema == RelationName.publicSchema ? "" : " in schema \"\(name.schema)\""),
            hint: "Use another name."
        ).at(range)
    }

    /// The changes that give tables and views other names, and name them so in the views that read them.
    ///
    /// - Parameter title: what is moved, for the error.
    /// - Throws: 2BP01 naming an alert or view that could no longer be run.
    func moved(
        _ moves: [RelationName: RelationName], _ title: String
    ) throws(DemetraError) -> [CatalogChange] {
        var changes: [CatalogChange] = []
        let moves = moves.merging(movedSequences(moves)) { given, _ in given }
        for (old, new) in moves.sorted(by: { $0.key < $1.key }) {
            guard var sequence = catalog.sequences[old] else { continue }
            (sequence.name, sequence.schemaName) = (new.name, new.schema)
            changes.append(.putSequence(sequence))
        }
        for table in catalog.tables.values.sorted(by: { $0.qualifiedName < $1.qualifiedName }) {
            var changed = renamedDefaults(of: table, moves)
            if let new = moves[table.qualifiedName] {
                (changed.name, changed.schemaName) = (new.name, new.schema)
            }
            if changed != table { changes.append(.putTable(changed)) }
        }
        for view in catalog.views.values.sorted(by: { $0.qualifiedName < $1.qualifiedName }) {
            let old = view.qualifiedName
            var changed = view
            if let new = moves[old] { (changed.name, changed.schemaName) = (new.name, new.schema) }
            changed.query = renamed(view.query, moves)
            guard changed != view else { continue }
            if changed.qualifiedName != old { changes.append(.dropView(old)) }
            changes.append(.putView(changed))
        }
        for var metric in catalog.metrics.values.sorted(by: { $0.name < $1.name }) {
            let move = moves.first { $0.key.text == metric.relation }
            guard let (_, new) = move else { continue }
            metric.relation = new.text
            changes.append(.putMetric(metric))
        }
        let after = changes.reduce(catalog) { $0.applying($1) }
        _ = try DependentObjects(
            binder: self, title: title, after: after, moves: moves, cascades: false
        ).broken()
        return changes
    }

    /// Sequences that columns of the tables own move into another schema with them.
    private func movedSequences(
        _ moves: [RelationName: RelationName]
    ) -> [RelationName: RelationName] {
        var result: [RelationName: RelationName] = [:]
        for (old, new) in moves where old.schema != new.schema {
            guard let table = catalog.tables[old] else { continue }
            for sequence in catalog.sequences(ownedBy: table.id) {
                result[sequence.qualifiedName] = RelationName(sequence.name, schema: new.schema)
            }
        }
        return result
    }

    /// The text of a stored query with other names for some tables and views. What had a name without an alias
    /// keeps it as one.
    private func renamed(_ query: String, _ moves: [RelationName: RelationName]) -> String {
        let binder = Binder(
            catalog: catalog, functions: functions, folder: folder, path: path.stored)
        guard let parsed = try? SQLParser.parseQuery(query) else { return query }
        binder.text = query
        _ = try? binder.bindQuery(parsed, outer: nil)
        return binder.replacing(in: SourceRange(0, query.utf8.count)) { reference in
            guard let new = moves[reference.name] else { return nil }
            let alias =
                reference.hasAlias || new.name == reference.name.name
                ? "" : " AS " + RelationName.quoted(reference.name.name)
            return new.quoted + alias
        }
    }
}
