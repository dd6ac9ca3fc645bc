import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// Makes the definition that a table has after ALTER TABLE, action by action, and says what that asks of
/// its rows.
///
/// Columns keep their ids, by which segments know them: those that go are read no more, and rows that are older
/// than a column have its default as of then. Only a default that is another for each row makes the rows be
/// written anew, under a definition that is a table of its own and takes the name over.
final class TableAlteration {
    let binder: Binder
    let old: TableDefinition
    var table: TableDefinition
    /// Position in the old table of each column; nil for new ones.
    private var sources: [Int?]
    /// The keys, by the ids of their columns: positions change on the way.
    var keysByColumn: [(name: String, columns: [Int32], isPrimary: Bool, comment: String?)]
    /// Columns that must hold no NULL from now on, by id.
    var tightened: Set<Int32> = []
    /// Columns whose values become others, by id, with the expression that makes them.
    private var conversions: [Int32: Expression?] = [:]
    /// A new column has a condition that the rows must meet.
    var addsChecks = false
    /// DROP COLUMN ... CASCADE: what needs the column goes with it.
    private var cascades = false
    /// Names of keys and foreign keys that the rows must meet.
    var addedKeys: Set<String> = []
    /// Sequences that begin anew.
    var restarts: [(from: SequenceDefinition, to: SequenceDefinition, restart: SequencePosition?)] =
        []
    /// Sequences that columns get.
    var newSequences: [SequenceDefinition] = []
    var notice: String?
    /// What changes beside the table.
    var others: [CatalogChange] = []

    init(binder: Binder, table: TableDefinition) {
        self.binder = binder
        old = table
        self.table = table
        sources = table.columns.indices.map { $0 }
        keysByColumn = table.keys.map { key in
            (key.name, key.columns.map { table.columns[$0].id }, key.isPrimary, key.comment)
        }
    }

    /// The whole change.
    ///
    /// - Throws: what is wrong with it, 2BP01 when something stored needs what it takes away.
    func finish() throws(DemetraError) -> BoundAlterTable {
        let added = table.columns.indices.filter { sources[$0] == nil }
        var defaults: [Int: BoundExpression] = [:]
        for index in added {
            defaults[index] = try binder.defaultValue(table.columns[index], table)
        }
        // Numbers of a sequence are another for every row.
        let isRewritten = defaults.values.contains(where: \.isVolatile) || !conversions.isEmpty
        table = settled(isRewritten ? TableID(binder.catalog.nextTableNumber) : old.id)
        let scan = binder.scan(old)
        var values: [ProjectedColumn] = []
        for (index, column) in table.columns.enumerated() {
            let value: BoundExpression
            if let source = sources[index] {
                value = try converted(column, scan.columns[source].column, scan)
            } else {
                value = defaults[index] ?? BoundExpression(.literal(.null), type: column.type)
            }
            values.append(
                ProjectedColumn(
                    column: binder.newColumn(column.name, column.type), expression: value))
        }
        let checks = try binder.checks(table, values.map(\.column))
        let cascaded = try broken()
        notice = DependentObjects.notice(notice, cascadingTo: cascaded.map(\.text))
        let isNarrowed = added.contains {
            !table.columns[$0].isNullable && table.columns[$0].defaultExpression == nil
        }
        var made: [SequenceDefinition] = []
        for (index, sequence) in newSequences.enumerated() {
            // Numbers behind that of the table, if it gets a new one.
            var numbered = sequence
            numbered.id = TableID(binder.catalog.nextTableNumber + Int64(index) + 1)
            numbered.owner = sequence.owner.map {
                SequenceDefinition.Owner(table: table.id, column: $0.column)
            }
            others.append(.putSequence(numbered))
            made.append(numbered)
        }
        if isRewritten { others += renumbered() }
        return BoundAlterTable(
            old: old, new: table, rows: .project(.scan(scan), values), isRewritten: isRewritten,
            missing: .project(.oneRow, added.map { values[$0] }), missingColumns: added,
            verifiesRows: isRewritten || isNarrowed || addsChecks || !tightened.isEmpty
                || !addedKeys.isEmpty,
            checks: checks, cascaded: cascaded.map(\.drop), notice: notice, others: others,
            newSequences: made, addedKeys: addedKeys,
            restarts: restarts)
    }

    /// What refers to the table by its number, with the new one.
    private func renumbered() -> [CatalogChange] {
        var changes: [CatalogChange] = []
        for var sequence in binder.catalog.sequences(ownedBy: old.id) {
            guard let owner = sequence.owner,
                !others.contains(.dropSequence(sequence.id))
            else { continue }
            sequence.owner = SequenceDefinition.Owner(table: table.id, column: owner.column)
            changes.append(.putSequence(sequence))
        }
        for (referring, _) in binder.catalog.references(to: old.id) where referring.id != old.id {
            var referring = referring
            for index in referring.foreignKeys.indices
            where referring.foreignKeys[index].target == old.id {
                referring.foreignKeys[index].target = table.id
            }
            changes.removeAll { $0 == .putTable(referring) }
            changes.append(.putTable(referring))
        }
        return changes
    }

    /// What can no longer be run and goes with a column.
    private func broken() throws(DemetraError) -> [DependentObjects.Reader] {
        var after = binder.catalog
        if table.id != old.id { after = after.applying(.dropTable(old.id)) }
        for change in [.putTable(table)] + others { after = after.applying(change) }
        return try DependentObjects(
            binder: binder, title: "table \"\(old.name)\"", after: after, cascades: cascades
        ).broken()
    }

    /// A stored column as the new definition has it.
    private func converted(
        _ column: ColumnDefinition, _ stored: PlanColumn, _ scan: TableScan
    ) throws(DemetraError) -> BoundExpression {
        let value = BoundExpression(.column(stored.id), type: stored.type)
        guard let conversion = conversions[column.id] else { return value }
        guard let expression = conversion else {
            do throws(DemetraError) {
                return try binder.assigned(value, column)
            } catch {
                throw DemetraError(
                    .datatypeMismatch,
                    "column \"\(column.name)\" cannot be cast automatically to type \(column.type)",
                    hint: "You might need to specify \"USING \(column.name)::\(column.type)\".")
            }
        }
        let scope = Scope(parent: nil)
        scope.relations = [
            ScopeRelation(
                name: old.name,
                columns: scan.columns.map { ScopeColumn(name: $0.column.name, column: $0.column) })
        ]
        let context = ExpressionContext(scope: scope, clause: "USING")
        let bound = try binder.bind(expression, context)
        guard context.subqueries.isEmpty else {
            throw DemetraError(
                .featureNotSupported, "cannot use subquery in transform expression",
                hint: "Use UPDATE to compute a new column."
            ).at(expression.range)
        }
        return try binder.assigned(bound, column)
    }

    /// The definition with its keys found again; under another id where rows are written anew.
    private func settled(_ id: TableID) -> TableDefinition {
        // A key goes with the first of its columns, as in PostgreSQL; and the primary key comes first.
        let found = keysByColumn.compactMap { key in
            table.positions(of: key.columns).map { positions in
                var found = KeyDefinition(
                    name: key.name, columns: positions, isPrimary: key.isPrimary)
                found.comment = key.comment
                return found
            }
        }
        let keys = found.filter(\.isPrimary) + found.filter { !$0.isPrimary }
        var columns = table.columns
        if id != old.id {
            // Every row gets a value of its own.
            for index in columns.indices { columns[index].missingValue = nil }
        }
        var settled = TableDefinition(
            id: id, name: table.name, schemaName: table.schemaName, columns: columns, keys: keys,
            checks: table.checks,
            timeColumn: table.timeColumn,
            restates: table.restates && keys.contains(where: \.isPrimary),
            partition: table.partition, retention: table.retention, history: table.history,
            order: table.order, nextColumnID: table.nextColumnID)
        settled.onCommit = table.onCommit
        settled.comment = table.comment
        settled.access = table.access
        // An index goes with the first of its columns.
        settled.indexes = table.indexes.filter { table.positions(of: $0.columns) != nil }
        settled.foreignKeys = table.foreignKeys.map { key in
            var key = key
            if key.target == old.id { key.target = id }
            return key
        }
        return settled
    }

    // MARK: Actions

    func apply(_ action: AlterTableStatement.Action) throws(DemetraError) {
        switch action {
        case .addColumn(let clause, let ifNotExists): try add(clause, ifNotExists)
        case .dropColumn(let column, let ifExists, let cascade):
            if cascade { cascades = true }
            try drop(column, ifExists, cascade)
        case .renameTable(let target):
            try move(to: RelationName(target.name, schema: table.schemaName), target.range)
        case .setSchema(let schema):
            let target = try binder.moveTarget(old.qualifiedName, to: schema)
            if target != old.qualifiedName { try move(to: target, schema.range) }
        case .renameColumn(let column, let target): try rename(column, target)
        case .setDefault(let column, let value):
            let position = try binder.position(of: column, table)
            guard table.columns[position].identity == nil else {
                throw DemetraError(
                    .syntaxError,
                    "column \"\(column.name)\" of relation \"\(table.name)\" is an identity column",
                    hint: "Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead."
                ).at(column.range)
            }
            table.columns[position].defaultExpression = try value.map {
                (value) throws(DemetraError) in try binder.storedExpression(value.range)
            }
            _ = try binder.defaultValue(table.columns[position], table)
        case .setNotNull(let column, let isNotNull): try setNotNull(column, isNotNull)
        case .setType(let column, let type, let using): try setType(column, type, using)
        case .addConstraint(let constraint): try add(constraint)
        case .dropConstraint(let name, let ifExists, let cascade):
            try dropConstraint(name, ifExists, cascade)
        case .renameConstraint(let name, let target): try renameConstraint(name, target)
        case .addIdentity(let column, let always, let options):
            try addIdentity(column, always, options)
        case .setIdentity(let column, let always):
            let position = try identityColumn(column)
            table.columns[position].identity = always ? .always : .byDefault
        case .dropIdentity(let column, let ifExists): try dropIdentity(column, ifExists)
        case .restartIdentity(let column, let value):
            try restartIdentity(column, value)
        case .setOptions(let options): table = try TableOptions.apply(options, to: table)
        case .resetOptions(let names): table = try TableOptions.reset(names, in: table)
        }
    }

    /// Gives the table another name, in the views that read it too.
    private func move(to target: RelationName, _ range: SourceRange) throws(DemetraError) {
        try binder.checkFree(target, range)
        let changes = try binder.moved(
            [old.qualifiedName: target], "table \"\(old.name)\"")
        (table.name, table.schemaName) = (target.name, target.schema)
        for change in changes {
            guard case .putTable(let moved) = change, moved.id == old.id else {
                others.append(change)
                continue
            }
            // Its defaults name its sequences by their new names.
            for column in moved.columns {
                guard let index = table.columns.firstIndex(where: { $0.id == column.id }) else {
                    continue
                }
                table.columns[index].defaultExpression = column.defaultExpression
            }
        }
    }

    private func duplicate(_ column: Identifier) -> DemetraError {
        DemetraError(
            .duplicateColumn,
            "column \"\(column.name)\" of relation \"\(table.name)\" already exists"
        ).at(column.range)
    }

    private func add(_ clause: ColumnClause, _ ifNotExists: Bool) throws(DemetraError) {
        if table.columnIndex(clause.name.name) != nil {
            guard ifNotExists else { throw duplicate(clause.name) }
            notice =
                "column \"\(clause.name.name)\" of relation \"\(table.name)\" already exists, skipping"
            return
        }
        try ColumnLimit.check(table: table.name, table.columns.count + 1)
        let id = table.nextColumnID
        table.nextColumnID += 1
        var column = ColumnDefinition(
            id: id, name: clause.name.name, type: try TypeNames.resolve(clause.type).stored)
        for constraint in clause.constraints {
            switch constraint {
            case .notNull: column.isNullable = false
            case .null: break
            case .defaultValue(let value):
                column.defaultExpression = try binder.storedExpression(value.range)
            case .check(let condition, let name):
                addsChecks = true
                table.checks.append(
                    CheckDefinition(
                        name: name?.name ?? "\(table.name)_\(column.name)_check",
                        condition: binder.sourceText(condition.range)))
            case .references, .primaryKey, .unique, .identity: continue
            }
        }
        if clause.type.isSerial { column.isNullable = false }
        table.columns.append(column)
        sources.append(nil)
        try addKeys(clause)
    }

    /// The constraints of a new column that are more than its own.
    private func addKeys(_ clause: ColumnClause) throws(DemetraError) {
        if clause.type.isSerial { try addSequence(clause.name, []) }
        for constraint in clause.constraints {
            switch constraint {
            case .references(let reference, let name):
                try add(.foreignKey([clause.name], reference, name: name))
            case .primaryKey(let name, let timing):
                try add(.primaryKey([clause.name], name: name, timing: timing))
            case .unique(let name, let timing):
                try add(.unique([clause.name], name: name, timing: timing))
            case .identity(let always, let options):
                try addIdentity(clause.name, always, options)
            default: continue
            }
        }
    }

    private func drop(
        _ column: Identifier, _ ifExists: Bool, _ cascade: Bool
    ) throws(DemetraError) {
        if ifExists, table.columnIndex(column.name) == nil {
            notice =
                "column \"\(column.name)\" of relation \"\(table.name)\" does not exist, skipping"
            return
        }
        let position = try binder.position(of: column, table)
        guard table.columns.count > 1 else {
            throw DemetraError(
                .invalidTableDefinition,
                "the only column of table \"\(table.name)\" cannot be dropped",
                hint: "Use DROP TABLE."
            ).at(column.range)
        }
        if let time = table.timeColumn, time >= position {
            guard time > position || table.retention == nil else {
                throw DemetraError(
                    .dependentObjectsStillExist,
                    "column \"\(column.name)\" is the time column that retention needs",
                    hint: "Use ALTER TABLE \(table.name) RESET (retention) first."
                ).at(column.range)
            }
            table.timeColumn = time > position ? time - 1 : nil
        }
        let id = table.columns[position].id
        try dropReferences(column, id, cascade)
        table.order = table.order?.filter { $0 != id }
        if table.order?.isEmpty == true { table.order = nil }
        table.columns.remove(at: position)
        sources.remove(at: position)
        // Constraints that involve the column go with it.
        table.checks.removeAll { ConditionColumns.names(in: $0.condition).contains(column.name) }
    }

    private func rename(_ column: Identifier, _ target: Identifier) throws(DemetraError) {
        let position = try binder.position(of: column, table)
        guard table.columnIndex(target.name) == nil else { throw duplicate(target) }
        table.columns[position].name = target.name
        table.checks = table.checks.map { check in
            CheckDefinition(
                name: check.name,
                condition: ConditionColumns.renaming(
                    column.name, to: target.name, in: check.condition))
        }
    }

    private func setType(
        _ column: Identifier, _ name: TypeName, _ using: Expression?
    ) throws(DemetraError) {
        let position = try binder.position(of: column, table)
        let type = try TypeNames.resolve(name).stored
        let before = table.columns[position].type
        table.columns[position].type = type
        if table.timeColumn == position, !type.isDateTime {
            guard table.retention == nil else {
                throw DemetraError(
                    .dependentObjectsStillExist,
                    "column \"\(column.name)\" is the time column that retention needs",
                    hint: "Use ALTER TABLE \(table.name) RESET (retention) first."
                ).at(column.range)
            }
            table.timeColumn = nil
        }
        _ = try binder.defaultValue(table.columns[position], table)
        if using == nil, Self.isWider(type, than: before) { return }
        conversions[table.columns[position].id] = .some(using)
    }

    /// Whether all values of a type are values of another, and lie in files as those do.
    private static func isWider(_ type: LogicalType, than before: LogicalType) -> Bool {
        switch (before, type) {
        case (.varchar, .text), (.text, .varchar(limit: nil)): true
        case (.varchar(let old?), .varchar(let new?)): new >= old
        default: before == type
        }
    }

    private func setNotNull(_ column: Identifier, _ isNotNull: Bool) throws(DemetraError) {
        let position = try binder.position(of: column, table)
        let id = table.columns[position].id
        if isNotNull {
            if table.columns[position].isNullable { tightened.insert(id) }
        } else {
            if keysByColumn.contains(where: { $0.isPrimary && $0.columns.contains(id) }) {
                throw DemetraError(
                    .invalidTableDefinition, "column \"\(column.name)\" is in a primary key",
                    hint: "Columns of a primary key hold no NULL."
                ).at(column.range)
            }
            tightened.remove(id)
        }
        table.columns[position].isNullable = !isNotNull
    }
}
