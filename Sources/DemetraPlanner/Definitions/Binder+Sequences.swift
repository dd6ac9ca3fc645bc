import DemetraCatalog
import DemetraSQL
import DemetraTypes

// CREATE, ALTER and DROP SEQUENCE, and the sequences that stored expressions name.

extension Binder {
    func bindCreateSequence(
        _ statement: CreateSequenceStatement
    ) throws(DemetraError) -> BoundStatement {
        let name = try newName(statement.name, isTemporary: statement.isTemporary)
        if catalog.hasRelation(name) {
            if statement.ifNotExists { return skipped("relation", name.name, "CREATE SEQUENCE") }
            throw exists("relation", statement.name.last, .duplicateTable)
        }
        let sequence = try SequenceBuilder(binder: self).sequence(
            name, id: TableID(catalog.nextTableNumber), statement.options)
        return .define([.putSequence(sequence)], tag: "CREATE SEQUENCE", notice: nil)
    }

    func bindAlterSequence(
        _ statement: AlterSequenceStatement
    ) throws(DemetraError) -> BoundStatement {
        let name = try relationName(statement.name)
        guard let sequence = catalog.sequences[name] else {
            if catalog.hasRelation(name) {
                throw DemetraError(.wrongObjectType, "\"\(name.name)\" is not a sequence")
                    .at(statement.name.range)
            }
            guard statement.ifExists else { throw undefinedTable(statement.name) }
            return .define(
                [], tag: "ALTER SEQUENCE",
                notice: "relation \"\(name.name)\" does not exist, skipping")
        }
        var moved = sequence
        switch statement.action {
        case .rename(let target):
            moved.name = target.name
            try checkFree(moved.qualifiedName, target.range)
        case .setSchema(let schema):
            let target = try moveTarget(name, to: schema)
            if target == name { break }
            guard sequence.owner == nil else {
                throw DemetraError(
                    .featureNotSupported, "cannot move an owned sequence into another schema",
                    hint: "Move the table that owns it."
                ).at(statement.name.range)
            }
            moved.schemaName = target.schema
            try checkFree(target, schema.range)
        case .options(let options):
            return try alterSequence(sequence, options, statement.name)
        }
        guard moved != sequence else { return .define([], tag: "ALTER SEQUENCE", notice: nil) }
        return .define(
            [.putSequence(moved)] + renamedDefaults([name: moved.qualifiedName]),
            tag: "ALTER SEQUENCE", notice: nil)
    }

    private func alterSequence(
        _ sequence: SequenceDefinition, _ options: [SequenceOption], _ name: ObjectName
    ) throws(DemetraError) -> BoundStatement {
        for option in options {
            guard case .ownedBy = option.setting, isIdentity(sequence) else { continue }
            throw DemetraError(
                .featureNotSupported, "cannot change ownership of identity sequence",
                hint: "Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY."
            ).at(option.range)
        }
        var (changed, restart) = try SequenceBuilder(binder: self)
            .applying(options, to: sequence)
        var ownerOnly = sequence
        ownerOnly.owner = changed.owner
        // What is reserved of its numbers holds no more.
        if changed != ownerOnly || restart != nil { changed.id = TableID(catalog.nextTableNumber) }
        return .alterSequence(from: sequence, to: changed, restart: restart)
    }

    /// Whether a sequence makes the numbers of an identity column.
    func isIdentity(_ sequence: SequenceDefinition) -> Bool {
        guard let owner = sequence.owner, let table = catalog.table(id: owner.table) else {
            return false
        }
        return table.columns.contains { $0.id == owner.column && $0.identity != nil }
    }

    // MARK: Stored expressions

    /// The text of an expression that is stored, in which sequences have their schemas: it means the same whatever
    /// the search path is.
    ///
    /// - Throws: 42P01 for a sequence that does not exist.
    func storedExpression(_ range: SourceRange) throws(DemetraError) -> String {
        let text = sourceText(range)
        for name in SequenceNames.names(in: text) where sequenceName(name) == nil {
            throw DemetraError(
                .undefinedTable, "relation \"\(name)\" does not exist",
                hint: NearestName.find(name, among: catalog.sequences.keys.map(\.text))
                    .map { "Perhaps you meant \"\($0)\"." } ?? "Create the sequence first."
            ).at(range)
        }
        return SequenceNames.replacing(in: text) { name in
            sequenceName(name).map { SequenceDefinition.literal($0) }
        }
    }

    /// The sequence that the literal of a call of `nextval` names; nil when there is none.
    func sequenceName(_ literal: String) -> RelationName? {
        guard case .column(let parts)? = try? SQLParser.parseExpression(literal).node,
            let name = try? relationName(ObjectName(parts)), catalog.sequences[name] != nil
        else { return nil }
        return name
    }

    /// The tables whose defaults name sequences by old names, with the new ones.
    func renamedDefaults(_ moves: [RelationName: RelationName]) -> [CatalogChange] {
        catalog.tables.values.sorted { $0.id < $1.id }.compactMap { table in
            let changed = renamedDefaults(of: table, moves)
            return changed == table ? nil : .putTable(changed)
        }
    }

    func renamedDefaults(
        of table: TableDefinition, _ moves: [RelationName: RelationName]
    ) -> TableDefinition {
        var table = table
        for index in table.columns.indices {
            table.columns[index].defaultExpression = table.columns[index].defaultExpression.map {
                SequenceNames.replacing(in: $0) { name in
                    sequenceName(name).flatMap { moves[$0] }
                        .map { SequenceDefinition.literal($0) }
                }
            }
        }
        return table
    }

    /// The columns whose defaults call a sequence.
    func defaults(calling sequence: RelationName) -> [(table: TableDefinition, column: Int)] {
        catalog.tables.values.sorted { $0.id < $1.id }.flatMap { table in
            table.columns.indices.filter { index in
                let text = table.columns[index].defaultExpression ?? ""
                return SequenceNames.names(in: text).contains { sequenceName($0) == sequence }
            }.map { (table, $0) }
        }
    }
}
