import DemetraCatalog
import DemetraSQL
import DemetraTypes

// CREATE, ALTER and DROP.

extension Binder {
    func exists(_ kind: String, _ name: Identifier, _ state: SQLState) -> DemetraError {
        DemetraError(
            state, "\(kind) \"\(name.name)\" already exists",
            hint: "Use another name, or IF NOT EXISTS."
        ).at(name.range)
    }

    func skipped(_ kind: String, _ name: String, _ tag: String) -> BoundStatement {
        .define([], tag: tag, notice: "\(kind) \"\(name)\" already exists, skipping")
    }

    // MARK: Tables

    func bindCreateTable(
        _ statement: CreateTableStatement
    ) throws(DemetraError) -> BoundStatement {
        let name = try relationName(statement.name)
        if catalog.tables[name] != nil || catalog.views[name] != nil {
            if statement.ifNotExists { return skipped("relation", name, "CREATE TABLE") }
            throw exists("relation", statement.name.last, .duplicateTable)
        }
        if statement.isTemporary {
            throw DemetraError(
                .featureNotSupported, "temporary tables are not supported yet",
                hint: "Create an ordinary table and drop it afterwards."
            ).at(statement.name.range)
        }
        if let source = statement.source {
            return try bindCreateTableAs(statement, name, source)
        }
        let builder = try TableBuilder(binder: self, name: name, statement: statement)
        return .define(
            [.putTable(try builder.build())], tag: "CREATE TABLE", notice: builder.notice)
    }

    private func bindCreateTableAs(
        _ statement: CreateTableStatement, _ name: String, _ source: Query
    ) throws(DemetraError) -> BoundStatement {
        let bound = try bindQuery(source, outer: nil)
        let names = statement.columnNames
        guard names.count <= bound.plan.columns.count else {
            throw DemetraError(.syntaxError, "too many column names were specified")
                .at(names[0].range)
        }
        var columns: [ColumnDefinition] = []
        var projected: [ProjectedColumn] = []
        for (index, column) in bound.plan.columns.enumerated() {
            let columnName = index < names.count ? names[index].name : column.name
            guard !columns.contains(where: { $0.name == columnName }) else {
                throw DemetraError(
                    .duplicateColumn, "column \"\(columnName)\" specified more than once",
                    hint: "Give the columns of the query names of their own.")
            }
            let type = column.type.stored
            columns.append(ColumnDefinition(id: Int32(index), name: columnName, type: type))
            let value = BoundExpression(.column(column.id), type: column.type)
            projected.append(
                ProjectedColumn(
                    column: newColumn(columnName, type),
                    expression: type == column.type ? value : try coerce(value, to: type, .explicit)
                ))
        }
        let table = try TableOptions.apply(
            statement.options,
            to: TableDefinition(
                id: TableID(catalog.nextTableNumber), name: name, columns: columns))
        return .createTableAs(table, .project(bound.plan, projected))
    }

    func bindAlterTable(
        _ statement: AlterTableStatement
    ) throws(DemetraError) -> BoundStatement {
        let name = try relationName(statement.table)
        if catalog.tables[name] == nil, statement.ifExists {
            return .define(
                [], tag: "ALTER TABLE", notice: "relation \"\(name)\" does not exist, skipping")
        }
        let alteration = TableAlteration(binder: self, table: try table(statement.table))
        for action in statement.actions { try alteration.apply(action) }
        return .alterTable(try alteration.finish())
    }

    func bindCreateIndex(
        _ statement: CreateIndexStatement
    ) throws(DemetraError) -> BoundStatement {
        let table = try table(statement.table)
        for column in statement.columns { _ = try position(of: column, table) }
        if statement.isUnique {
            throw DemetraError(
                .featureNotSupported, "a unique index cannot be added to a table",
                hint: "Declare PRIMARY KEY or UNIQUE in CREATE TABLE."
            ).at(statement.table.range)
        }
        return .define(
            [], tag: "CREATE INDEX",
            notice:
                "indexes are not needed: sorted segments and zone maps serve look-ups on \"\(table.name)\""
        )
    }

    // MARK: Views

    func bindCreateView(_ statement: CreateViewStatement) throws(DemetraError) -> BoundStatement {
        let name = try relationName(statement.name)
        if catalog.tables[name] != nil || (catalog.views[name] != nil && !statement.orReplace) {
            throw exists("relation", statement.name.last, .duplicateTable)
        }
        let bound = try bindQuery(statement.query, outer: nil)
        guard statement.columns.count <= bound.plan.columns.count else {
            throw DemetraError(.syntaxError, "CREATE VIEW specifies more column names than columns")
                .at(statement.columns[0].range)
        }
        let view = ViewDefinition(
            name: name, columnNames: statement.columns.map(\.name),
            query: sourceText(statement.query.range))
        return .define([.putView(view)], tag: "CREATE VIEW", notice: nil)
    }

    // MARK: DROP

    func bindDrop(_ statement: DropStatement) throws(DemetraError) -> BoundStatement {
        var changes: [CatalogChange] = []
        var notice: String?
        for name in statement.names {
            guard let change = try dropped(statement.kind, name) else {
                guard statement.ifExists else { throw missing(statement.kind, name) }
                notice = "\(statement.kind.rawValue) \"\(name.last.name)\" does not exist, skipping"
                continue
            }
            changes.append(change)
        }
        let cascaded = try dependents(of: statement, changes)
        if !cascaded.isEmpty {
            let names = cascaded.map(\.text).joined(separator: ", ")
            notice = (notice.map { $0 + "\n" } ?? "") + "drop cascades to \(names)"
            changes += cascaded.map(\.drop)
        }
        return .define(
            changes, tag: "DROP \(statement.kind.rawValue.uppercased())", notice: notice)
    }

    private func dropped(
        _ kind: DropStatement.Kind, _ object: ObjectName
    ) throws(DemetraError) -> CatalogChange? {
        let name = object.last.name
        switch kind {
        case .table:
            if catalog.views[name] != nil { throw wrongKind(name, "table", "view", object) }
            return catalog.tables[name].map { .dropTable($0.id) }
        case .view:
            if catalog.tables[name] != nil { throw wrongKind(name, "view", "table", object) }
            return catalog.views[name].map { _ in .dropView(name) }
        case .metric: return catalog.metrics[name].map { _ in .dropMetric(name) }
        case .alert: return catalog.alerts[name].map { _ in .dropAlert(name) }
        case .model: return catalog.models[name].map { _ in .dropModel(name) }
        case .index: return nil
        }
    }

    private func wrongKind(
        _ name: String, _ wanted: String, _ actual: String, _ object: ObjectName
    ) -> DemetraError {
        DemetraError(
            .wrongObjectType, "\"\(name)\" is not a \(wanted)",
            hint: "Use DROP \(actual.uppercased()) to remove a \(actual)."
        ).at(object.range)
    }

    private func missing(_ kind: DropStatement.Kind, _ object: ObjectName) -> DemetraError {
        let name = object.last.name
        let known: [String]
        switch kind {
        case .table: known = Array(catalog.tables.keys)
        case .view: known = Array(catalog.views.keys)
        case .metric: known = Array(catalog.metrics.keys)
        case .alert: known = Array(catalog.alerts.keys)
        case .model: known = Array(catalog.models.keys)
        case .index: known = []
        }
        return DemetraError(
            kind == .table || kind == .view ? .undefinedTable : .undefinedObject,
            "\(kind.rawValue) \"\(name)\" does not exist",
            hint: NearestName.find(name, among: known).map { "Perhaps you meant \"\($0)\"." }
        ).at(object.range)
    }
}

extension LogicalType {
    /// The type a stored column gets: numeric without a modifier keeps 18 digits behind the point.
    var stored: LogicalType {
        switch self {
        case .unknown: .text
        default: self
        }
    }
}
