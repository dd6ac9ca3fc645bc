import DemetraCatalog
import DemetraSQL
import DemetraTypes

// CREATE INDEX and DROP INDEX. Look-ups need no indexes: an index is a name, and a key if it is unique.

extension Binder {
    func bindCreateIndex(
        _ statement: CreateIndexStatement
    ) throws(DemetraError) -> BoundStatement {
        let table = try table(statement.table)
        var positions: [Int] = []
        for case .some(let column) in statement.columns {
            positions.append(try position(of: column, table))
        }
        let name = try indexName(statement, table, positions)
        if catalog.hasRelation(name) || isIndex(name) {
            let text = statement.name?.last ?? Identifier(name.name, range: statement.table.range)
            if statement.ifNotExists { return skipped("relation", name.name, "CREATE INDEX") }
            throw exists("relation", text, .duplicateTable)
        }
        let index = IndexDefinition(
            name: name.name, columns: positions.map { table.columns[$0].id },
            isUnique: statement.isUnique)
        guard statement.isUnique else {
            var changed = table
            changed.indexes.append(index)
            return .define(
                [.putTable(changed)], tag: "CREATE INDEX", notice: Self.advice(table, positions))
        }
        if let range = statement.special {
            throw DemetraError(
                .featureNotSupported,
                "a unique index is over plain columns and all rows, and NULLs are distinct",
                hint: "Leave UNIQUE out, or check the rows by a query."
            ).at(range)
        }
        let alteration = TableAlteration(binder: self, table: table)
        try alteration.addIndex(index)
        var bound = try alteration.finish()
        bound.tag = "CREATE INDEX"
        return .alterTable(bound)
    }

    /// What serves look-ups by some columns.
    private static func advice(_ table: TableDefinition, _ positions: [Int]) -> String {
        let names = positions.map { "\"\(table.columns[$0].name)\"" }.joined(separator: ", ")
        let isTime = positions.first.map { $0 == table.timeColumn } ?? false
        let isKey = table.keys.contains { $0.columns.first == positions.first }
        let means =
            isTime
            ? "partitions and zone maps of the time column"
            : isKey
                ? "the order of rows, zone maps and bloom filters of the key"
                : "zone maps and dictionaries"
        return "the index is noted and not built: \(means) serve look-ups by "
            + (names.isEmpty ? "the expression" : names) + " in \"\(table.name)\""
    }

    private func indexName(
        _ statement: CreateIndexStatement, _ table: TableDefinition, _ positions: [Int]
    ) throws(DemetraError) -> RelationName {
        if let given = statement.name {
            if let schema = try schemaName(given), schema != table.schemaName {
                throw DemetraError(
                    .syntaxError, "an index is in the schema of its table, \"\(table.schemaName)\""
                ).at(given.range)
            }
            return RelationName(given.last.name, schema: table.schemaName)
        }
        let parts = statement.columns.map { $0?.name ?? "expr" }
        let wish = ([table.name] + parts + ["idx"]).joined(separator: "_")
        var name = RelationName(wish, schema: table.schemaName)
        var number = 1
        while catalog.hasRelation(name) || isIndex(name) {
            name = RelationName("\(wish)\(number)", schema: table.schemaName)
            number += 1
        }
        return name
    }

    /// Whether a name is that of an index, or of a key, which PostgreSQL keeps as one.
    private func isIndex(_ name: RelationName) -> Bool {
        catalog.tables.values.contains { table in
            table.schemaName == name.schema
                && (table.indexes.map(\.name) + table.keys.map(\.name)).contains(name.name)
        }
    }

    func bindDropIndex(_ statement: DropStatement) throws(DemetraError) -> BoundStatement {
        var changed: [TableID: TableDefinition] = [:]
        var others: [CatalogChange] = []
        var notice: String?
        for object in statement.names {
            guard let table = try indexedTable(object) else {
                guard statement.ifExists else { throw try missingIndex(object) }
                notice = "index \"\(object.last.name)\" does not exist, skipping"
                continue
            }
            let alteration = TableAlteration(binder: self, table: changed[table.id] ?? table)
            try alteration.dropIndex(object.last, statement.cascade)
            let bound = try alteration.finish()
            changed[table.id] = bound.new
            others += bound.others
        }
        return .define(
            changed.values.sorted { $0.id < $1.id }.map { .putTable($0) } + others,
            tag: "DROP INDEX", notice: notice)
    }

    func indexedTable(_ object: ObjectName) throws(DemetraError) -> TableDefinition? {
        let schemas = try schemaName(object).map { [$0] } ?? path.schemas
        for schema in schemas {
            if let table = catalog.table(ofIndex: RelationName(object.last.name, schema: schema)) {
                return table
            }
        }
        return nil
    }

    private func missingIndex(_ object: ObjectName) throws(DemetraError) -> DemetraError {
        let name = object.last.name
        let owner = catalog.tables.values.first { $0.keys.contains { $0.name == name } }
        if let owner {
            return DemetraError(
                .dependentObjectsStillExist,
                "cannot drop index \"\(name)\" because constraint \"\(name)\" on table "
                    + "\"\(owner.name)\" requires it",
                hint: "Use ALTER TABLE \(owner.name) DROP CONSTRAINT \(name)."
            ).at(object.range)
        }
        let known = catalog.tables.values.flatMap { $0.indexes.map(\.name) }
        return DemetraError(
            .undefinedObject, "index \"\(object.text)\" does not exist",
            hint: NearestName.find(name, among: known).map { "Perhaps you meant \"\($0)\"." }
        ).at(object.range)
    }
}
