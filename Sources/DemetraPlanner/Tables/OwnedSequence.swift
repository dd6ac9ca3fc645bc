import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// The sequences behind serial and identity columns.
struct OwnedSequence {
    let binder: Binder

    /// A sequence for a column, called as PostgreSQL does.
    ///
    /// - Parameter taken: names that are not free though the catalog does not have them yet.
    func make(
        for column: Int, of table: TableDefinition, id: TableID, _ options: [SequenceOption],
        taken: [RelationName] = []
    ) throws(DemetraError) -> SequenceDefinition {
        let definition = table.columns[column]
        var name = RelationName(
            "\(table.name)_\(definition.name)_seq", schema: table.schemaName)
        var number = 1
        while binder.catalog.hasRelation(name) || taken.contains(name)
            || name == table.qualifiedName
        {
            name = RelationName(
                "\(table.name)_\(definition.name)_seq\(number)", schema: table.schemaName)
            number += 1
        }
        var sequence = try SequenceBuilder(binder: binder).sequence(
            name, id: id, numbers: SequenceBuilder.numbers(of: definition.type), options)
        sequence.owner = SequenceDefinition.Owner(table: table.id, column: definition.id)
        return sequence
    }

    /// - Throws: 42601 when a column has a default twice, or one beside an identity.
    static func checkDefault(
        _ column: ColumnDefinition, _ clause: ColumnClause
    ) throws(DemetraError) {
        let isTaken =
            column.defaultExpression != nil || column.identity != nil || clause.type.isSerial
        guard isTaken else { return }
        let what =
            column.identity == nil && !clause.type.isSerial
            ? "multiple default values" : "both default and identity"
        throw DemetraError(
            .syntaxError, "\(what) specified for column \"\(column.name)\""
        ).at(clause.name.range)
    }
}

extension TypeName {
    /// Whether it stands for an integer whose values come from a sequence.
    var isSerial: Bool {
        ["serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"].contains(name)
    }
}
