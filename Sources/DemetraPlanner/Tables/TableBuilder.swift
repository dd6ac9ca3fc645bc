import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// Makes a table's definition of CREATE TABLE.
final class TableBuilder {
    private let binder: Binder
    private let qualifiedName: RelationName
    private var name: String { qualifiedName.name }
    private let statement: CreateTableStatement
    private var columns: [ColumnDefinition] = []
    private var keys: [KeyDefinition] = []
    private var checks: [CheckDefinition] = []
    private var foreignKeys: [(clause: ReferenceClause, columns: [Int], name: Identifier?)] = []
    private var identities: [(column: Int, options: [SequenceOption])] = []

    init(
        binder: Binder, name: RelationName, statement: CreateTableStatement
    ) throws(DemetraError) {
        self.binder = binder
        qualifiedName = name
        self.statement = statement
        for clause in statement.columns { try add(clause) }
        for constraint in statement.constraints { try add(constraint) }
    }

    /// The table, and the sequences that it owns.
    func build() throws(DemetraError) -> (TableDefinition, [SequenceDefinition]) {
        guard !columns.isEmpty else {
            throw DemetraError(
                .invalidTableDefinition, "table \"\(name)\" has no columns",
                hint: "Name at least one column with its type."
            ).at(statement.name.range)
        }
        keys = keys.filter(\.isPrimary) + keys.filter { !$0.isPrimary }
        var table = try TableOptions.apply(
            statement.options,
            to: TableDefinition(
                id: TableID(binder.catalog.nextTableNumber), name: name,
                schemaName: qualifiedName.schema, columns: columns, keys: keys, checks: checks))
        table.onCommit = statement.commitEffect
        // Bound now, so that its mistakes show before the first INSERT.
        _ = try binder.checks(table, columns.map { binder.newColumn($0.name, $0.type) })
        var names: Set<String> = []
        for name in ConstraintNames.all(table) where !names.insert(name).inserted {
            throw DemetraError(
                .duplicateObject,
                "constraint \"\(name)\" for relation \"\(table.name)\" already exists")
        }
        for key in foreignKeys {
            try ConstraintNames.check(key.name, in: table)
            table.foreignKeys.append(
                try ForeignKeyBuilder(binder: binder).build(
                    key.clause, key.columns, name: key.name, in: table))
        }
        let sequences = try ownedSequences(&table)
        return (table, sequences)
    }

    /// The sequences of serial and identity columns, which give the columns their defaults.
    private func ownedSequences(
        _ table: inout TableDefinition
    ) throws(DemetraError) -> [SequenceDefinition] {
        var sequences: [SequenceDefinition] = []
        for (column, options) in identities {
            let sequence = try OwnedSequence(binder: binder).make(
                for: column, of: table, id: TableID(table.id.number + Int64(sequences.count) + 1),
                options, taken: sequences.map(\.qualifiedName))
            table.columns[column].defaultExpression = sequence.defaultExpression
            sequences.append(sequence)
        }
        return sequences
    }

    // MARK: Columns

    private func add(_ clause: ColumnClause) throws(DemetraError) {
        guard !columns.contains(where: { $0.name == clause.name.name }) else {
            throw DemetraError(
                .duplicateColumn, "column \"\(clause.name.name)\" specified more than once"
            ).at(clause.name.range)
        }
        let position = columns.count
        try ColumnLimit.check(table: name, position + 1)
        columns.append(
            ColumnDefinition(
                id: Int32(position), name: clause.name.name,
                type: try TypeNames.resolve(clause.type).stored))
        if clause.type.isSerial {
            columns[position].isNullable = false
            identities.append((position, []))
        }
        for constraint in clause.constraints { try add(constraint, position, clause) }
    }

    private func add(
        _ constraint: ColumnConstraint, _ position: Int, _ clause: ColumnClause
    ) throws(DemetraError) {
        let column = columns[position].name
        switch constraint {
        case .notNull: columns[position].isNullable = false
        case .null: break
        case .defaultValue(let value):
            try OwnedSequence.checkDefault(columns[position], clause)
            columns[position].defaultExpression = try binder.storedExpression(value.range)
            _ = try binder.defaultValue(
                columns[position],
                TableDefinition(id: TableID(0), name: name, columns: columns))
        case .primaryKey(let given, let timing):
            try timing.checkKey(at: clause.name.range)
            try addKey([position], given, isPrimary: true, clause.name)
        case .unique(let given, let timing):
            try timing.checkKey(at: clause.name.range)
            try checkKey([position], clause.name)
            keys.append(
                KeyDefinition(
                    name: given?.name ?? "\(name)_\(column)_key", columns: [position],
                    isPrimary: false))
        case .check(let condition, let given):
            addCheck(condition, given?.name ?? "\(name)_\(column)_check")
        case .references(let reference, let given):
            foreignKeys.append((reference, [position], given))
        case .identity(let always, let options):
            try OwnedSequence.checkDefault(columns[position], clause)
            guard SequenceBuilder.numbers(of: columns[position].type) != nil else {
                throw DemetraError(
                    .invalidParameterValue,
                    "identity column type must be smallint, integer, or bigint"
                ).at(clause.type.range)
            }
            columns[position].identity = always ? .always : .byDefault
            columns[position].isNullable = false
            identities.append((position, options))
        }
    }

    private func add(_ constraint: TableConstraint) throws(DemetraError) {
        switch constraint {
        case .primaryKey(let names, let given, let timing):
            try timing.checkKey(at: names[0].range)
            try addKey(try positions(names), given, isPrimary: true, names[0])
        case .unique(let names, let given, let timing):
            try timing.checkKey(at: names[0].range)
            let positions = try positions(names)
            try checkKey(positions, names[0])
            let joined = names.map(\.name).joined(separator: "_")
            keys.append(
                KeyDefinition(
                    name: given?.name ?? "\(name)_\(joined)_key", columns: positions,
                    isPrimary: false))
        case .check(let condition, let given):
            let text = binder.sourceText(condition.range)
            addCheck(condition, given?.name ?? freeName(ofCheck: text))
        case .foreignKey(let names, let reference, let given):
            foreignKeys.append((reference, try positions(names), given))
        }
    }

    private func positions(_ names: [Identifier]) throws(DemetraError) -> [Int] {
        var result: [Int] = []
        for name in names {
            guard let position = columns.firstIndex(where: { $0.name == name.name }) else {
                throw DemetraError(
                    .undefinedColumn, "column \"\(name.name)\" named in key does not exist"
                ).at(name.range)
            }
            result.append(position)
        }
        return result
    }

    private func addKey(
        _ positions: [Int], _ given: Identifier?, isPrimary: Bool, _ place: Identifier
    ) throws(DemetraError) {
        guard !keys.contains(where: \.isPrimary) else {
            throw DemetraError(
                .invalidTableDefinition,
                "multiple primary keys for table \"\(name)\" are not allowed"
            ).at(place.range)
        }
        try checkKey(positions, place)
        for position in positions { columns[position].isNullable = false }
        keys.append(
            KeyDefinition(name: given?.name ?? "\(name)_pkey", columns: positions, isPrimary: true))
    }

    /// As PostgreSQL calls a condition of the table: by its column, if it has just one.
    private func freeName(ofCheck text: String) -> String {
        let used = ConditionColumns.names(in: text)
        let own = columns.map(\.name).filter { used.contains($0) }
        let wish = own.count == 1 ? "\(name)_\(own[0])_check" : "\(name)_check"
        let taken = checks.map(\.name)
        guard taken.contains(wish) else { return wish }
        return wish + "\((1...).first { !taken.contains(wish + "\($0)") } ?? 0)"
    }

    /// - Throws: 0A000 for a key over arrays, which the look-up of keys does not know.
    private func checkKey(_ positions: [Int], _ place: Identifier) throws(DemetraError) {
        for position in positions where columns[position].type.arrayElement != nil {
            throw DemetraError(
                .featureNotSupported,
                "column \"\(columns[position].name)\" of type \(columns[position].type) cannot be in a key",
                hint: "Keep a text of the array in a column of its own, and make that the key."
            ).at(place.range)
        }
    }

    private func addCheck(_ condition: Expression, _ name: String) {
        checks.append(CheckDefinition(name: name, condition: binder.sourceText(condition.range)))
    }
}
