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
    private(set) var notice: String?

    init(
        binder: Binder, name: RelationName, statement: CreateTableStatement
    ) throws(DemetraError) {
        self.binder = binder
        qualifiedName = name
        self.statement = statement
        for clause in statement.columns { try add(clause) }
        for constraint in statement.constraints { try add(constraint) }
    }

    func build() throws(DemetraError) -> TableDefinition {
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
        return table
    }

    // MARK: Columns

    private func add(_ clause: ColumnClause) throws(DemetraError) {
        guard !columns.contains(where: { $0.name == clause.name.name }) else {
            throw DemetraError(
                .duplicateColumn, "column \"\(clause.name.name)\" specified more than once"
            ).at(clause.name.range)
        }
        if clause.type.name.hasSuffix("serial") {
            throw DemetraError(
                .featureNotSupported, "\(clause.type.name) columns are not supported yet",
                hint: "Use bigint, and give the numbers yourself."
            ).at(clause.type.range)
        }
        let position = columns.count
        columns.append(
            ColumnDefinition(
                id: Int32(position), name: clause.name.name,
                type: try TypeNames.resolve(clause.type)))
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
            columns[position].defaultExpression = binder.sourceText(value.range)
            _ = try binder.defaultValue(
                columns[position],
                TableDefinition(id: TableID(0), name: name, columns: columns))
        case .primaryKey(let given): try addKey([position], given, isPrimary: true, clause.name)
        case .unique(let given):
            try checkKey([position], clause.name)
            keys.append(
                KeyDefinition(
                    name: given?.name ?? "\(name)_\(column)_key", columns: [position],
                    isPrimary: false))
        case .check(let condition, let given):
            addCheck(condition, given?.name ?? "\(name)_\(column)_check")
        case .references(let target, _):
            _ = try binder.table(target)
            notice = "foreign keys are noted but not checked by this version"
        case .identity:
            throw DemetraError(
                .featureNotSupported, "identity columns are not supported yet",
                hint: "Use bigint, and give the numbers yourself."
            ).at(clause.name.range)
        }
    }

    private func add(_ constraint: TableConstraint) throws(DemetraError) {
        switch constraint {
        case .primaryKey(let names, let given):
            try addKey(try positions(names), given, isPrimary: true, names[0])
        case .unique(let names, let given):
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
        case .foreignKey(let names, let target, _, _):
            _ = try positions(names)
            _ = try binder.table(target)
            notice = "foreign keys are noted but not checked by this version"
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
