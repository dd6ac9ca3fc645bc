import DemetraCatalog
import DemetraSQL
import DemetraTypes

// What goes with tables and sequences that are dropped: owned sequences, foreign keys, defaults. And TRUNCATE.

extension Binder {
    func droppedSequence(_ object: ObjectName) throws(DemetraError) -> CatalogChange? {
        let name = try relationName(object)
        guard let sequence = catalog.sequences[name] else {
            if catalog.hasRelation(name) {
                throw DemetraError(
                    .wrongObjectType, "\"\(name.name)\" is not a sequence",
                    hint: "Use DROP TABLE or DROP VIEW."
                ).at(object.range)
            }
            return nil
        }
        if isIdentity(sequence), let owner = sequence.owner,
            let table = catalog.table(id: owner.table)
        {
            throw DemetraError(
                .dependentObjectsStillExist,
                "cannot drop sequence \"\(name.name)\" because an identity column of table "
                    + "\"\(table.name)\" requires it",
                hint: "Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY."
            ).at(object.range)
        }
        return .dropSequence(sequence.id)
    }

    /// What else changes when tables and sequences are dropped: sequences that columns own go, foreign keys and
    /// defaults of tables that stay are taken away with CASCADE.
    ///
    /// - Throws: 2BP01 without CASCADE when there is anything to take away.
    func dependentConstraints(
        _ changes: [CatalogChange], _ isCascade: Bool, _ statement: DropStatement
    ) throws(DemetraError) -> [CatalogChange] {
        let dropped = changes.compactMap { change -> TableID? in
            if case .dropTable(let id) = change { id } else { nil }
        }
        var sequences = changes.compactMap { change -> TableID? in
            if case .dropSequence(let id) = change { id } else { nil }
        }
        let owned = dropped.flatMap { catalog.sequences(ownedBy: $0) }.map(\.id)
            .filter { !sequences.contains($0) }
        sequences += owned
        let names = Set(sequences.compactMap { catalog.sequence(id: $0)?.qualifiedName })
        var lost: [String] = []
        var changed: [CatalogChange] = []
        for table in catalog.tables.values.sorted(by: { $0.id < $1.id })
        where !dropped.contains(table.id) {
            let (rest, texts) = without(table, tables: dropped, sequences: names)
            guard !texts.isEmpty else { continue }
            lost += texts
            changed.append(.putTable(rest))
        }
        if !lost.isEmpty, !isCascade {
            let objects = statement.names.map { "\"\($0.last.name)\"" }.joined(separator: ", ")
            throw DemetraError(
                .dependentObjectsStillExist,
                "cannot drop \(statement.kind.rawValue) \(objects) because other objects depend on it",
                detail: lost.map { "\($0) depends on it" }.joined(separator: "\n"),
                hint: "Use DROP ... CASCADE to drop the dependent objects too."
            ).at(statement.names[0].range)
        }
        return changed + owned.map { .dropSequence($0) }
    }

    /// A table without its foreign keys to some tables and its defaults from some sequences, and what was lost.
    private func without(
        _ table: TableDefinition, tables: [TableID], sequences: Set<RelationName>
    ) -> (TableDefinition, lost: [String]) {
        var rest = table
        var lost: [String] = []
        rest.foreignKeys.removeAll { key in
            guard tables.contains(key.target) else { return false }
            lost.append("constraint \(key.name) on table \(table.qualifiedName.text)")
            return true
        }
        for (index, column) in table.columns.enumerated() {
            let used = SequenceNames.names(in: column.defaultExpression ?? "")
                .compactMap { sequenceName($0) }
            guard !sequences.isDisjoint(with: used) else { continue }
            lost.append(
                "default value for column \(column.name) of table \(table.qualifiedName.text)")
            rest.columns[index].defaultExpression = nil
        }
        return (rest, lost)
    }

    // MARK: TRUNCATE

    func bindTruncate(_ statement: TruncateStatement) throws(DemetraError) -> BoundStatement {
        var tables: [TableDefinition] = []
        for name in statement.tables {
            let table = try table(name)
            if !tables.contains(where: { $0.id == table.id }) { tables.append(table) }
        }
        var index = 0
        while index < tables.count {
            let table = tables[index]
            index += 1
            for (referring, key) in catalog.references(to: table.id)
            where !tables.contains(where: { $0.id == referring.id }) {
                guard statement.cascade else {
                    throw DemetraError(
                        .featureNotSupported,
                        "cannot truncate a table referenced in a foreign key constraint",
                        detail: "Table \"\(referring.name)\" references \"\(table.name)\" by "
                            + "\"\(key.name)\".",
                        hint: "Truncate table \"\(referring.name)\" at the same time, or use "
                            + "TRUNCATE ... CASCADE."
                    ).at(statement.tables[0].range)
                }
                tables.append(referring)
            }
        }
        for table in tables {
            try require(.truncate, on: table.access, .table, table.qualifiedName)
        }
        let owned = tables.flatMap { catalog.sequences(ownedBy: $0.id) }
        return .truncate(tables, restarting: statement.restartsIdentity ? owned : [])
    }
}
