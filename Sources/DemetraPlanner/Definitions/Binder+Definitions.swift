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
        let name = try newName(statement.name, isTemporary: statement.isTemporary)
        if catalog.hasRelation(name) {
            if statement.ifNotExists { return skipped("relation", name.name, "CREATE TABLE") }
            throw exists("relation", statement.name.last, .duplicateTable)
        }
        if let clause = statement.onCommit, !name.isTemporary {
            throw DemetraError(
                .invalidTableDefinition, "ON COMMIT can only be used on temporary tables",
                hint: "Write CREATE TEMP TABLE."
            ).at(clause.range)
        }
        if let source = statement.source {
            return try bindCreateTableAs(statement, name, source)
        }
        let builder = try TableBuilder(binder: self, name: name, statement: statement)
        let (table, sequences) = try builder.build()
        return .define(
            sequences.map { .putSequence($0) } + [.putTable(table)], tag: "CREATE TABLE",
            notice: nil)
    }

    private func bindCreateTableAs(
        _ statement: CreateTableStatement, _ name: RelationName, _ source: Query
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
        var table = try TableOptions.apply(
            statement.options,
            to: TableDefinition(
                id: TableID(catalog.nextTableNumber), name: name.name, schemaName: name.schema,
                columns: columns))
        table.onCommit = statement.commitEffect
        let plan = LogicalPlan.project(bound.plan, projected)
        if statement.isEmpty {
            return .define([.putTable(table)], tag: "CREATE TABLE AS", notice: nil)
        }
        return .createTableAs(table, plan)
    }

    func bindAlterTable(
        _ statement: AlterTableStatement
    ) throws(DemetraError) -> BoundStatement {
        let name = try relationName(statement.table)
        if catalog.tables[name] == nil, statement.ifExists {
            return .define(
                [], tag: "ALTER TABLE",
                notice: "relation \"\(name.name)\" does not exist, skipping")
        }
        if let view = try alteredView(statement, name) { return view }
        let alteration = TableAlteration(binder: self, table: try table(statement.table))
        for action in statement.actions { try alteration.apply(action) }
        return .alterTable(try alteration.finish())
    }

    /// ALTER TABLE also gives views other names, as in PostgreSQL.
    private func alteredView(
        _ statement: AlterTableStatement, _ name: RelationName
    ) throws(DemetraError) -> BoundStatement? {
        guard catalog.views[name] != nil, statement.actions.count == 1 else { return nil }
        let action: AlterViewStatement.Action
        switch statement.actions[0] {
        case .renameTable(let target): action = .rename(to: target)
        case .setSchema(let schema): action = .setSchema(schema)
        default: return nil
        }
        let bound = try bindAlterView(
            AlterViewStatement(view: statement.table, ifExists: false, action: action))
        guard case .define(let changes, _, let notice) = bound else { return bound }
        return .define(changes, tag: "ALTER TABLE", notice: notice)
    }

    // MARK: Views

    func bindCreateView(_ statement: CreateViewStatement) throws(DemetraError) -> BoundStatement {
        if let range = statement.checkOption {
            throw DemetraError(
                .featureNotSupported, "WITH CHECK OPTION is not supported: views are read only",
                hint: "Leave it out."
            ).at(range)
        }
        let bound = try bindQuery(statement.query, outer: nil)
        let readsTemporary = namedRelations.contains { $0.name.isTemporary }
        let name = try newName(
            statement.name,
            isTemporary: statement.isTemporary
                || (readsTemporary && statement.name.parts.count == 1))
        if readsTemporary, !name.isTemporary {
            throw DemetraError(
                .invalidTableDefinition,
                "cannot create relation in non-temporary schema \"\(name.schema)\" over a "
                    + "temporary table",
                hint: "Write CREATE TEMP VIEW."
            ).at(statement.name.range)
        }
        if catalog.tables[name] != nil || (catalog.views[name] != nil && !statement.orReplace) {
            throw exists("relation", statement.name.last, .duplicateTable)
        }
        guard statement.columns.count <= bound.plan.columns.count else {
            throw DemetraError(.syntaxError, "CREATE VIEW specifies more column names than columns")
                .at(statement.columns[0].range)
        }
        var view = ViewDefinition(
            name: name.name, schemaName: name.schema, columnNames: statement.columns.map(\.name),
            query: qualifiedText(statement.query.range))
        view.comment = catalog.views[name]?.comment
        view.access = catalog.views[name]?.access ?? ObjectAccess()
        let columns = bound.plan.columns.map(\.name)
        let names = view.columnNames + columns.dropFirst(view.columnNames.count)
        view.columnComments =
            catalog.views[name]?.columnComments.filter { names.contains($0.key) } ?? [:]
        try checkStored(view, bound.plan)
        let notice =
            name.isTemporary && !statement.isTemporary
            ? "view \"\(name.name)\" will be a temporary view" : nil
        return .define([.putView(view)], tag: "CREATE VIEW", notice: notice)
    }

    /// A view must mean the same with the search path that stored texts have.
    private func checkStored(
        _ view: ViewDefinition, _ plan: LogicalPlan
    ) throws(DemetraError) {
        guard path.schemas != path.stored.schemas else { return }
        let binder = Binder(
            catalog: catalog, functions: functions, folder: folder, path: path.stored)
        let again = try? binder.bindQuery(try SQLParser.parseQuery(view.query), outer: nil)
        guard again?.plan.columns.map(\.type) != plan.columns.map(\.type) else { return }
        throw DemetraError(
            .featureNotSupported,
            "view \"\(view.name)\" names something by the search path that has to be named in full",
            hint: "Write the schema before the names of tables.")
    }

    // MARK: DROP

    func bindDrop(_ statement: DropStatement) throws(DemetraError) -> BoundStatement {
        if statement.kind == .schema { return try bindDropSchema(statement) }
        if statement.kind == .index { return try bindDropIndex(statement) }
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
        changes += try dependentConstraints(changes, statement.cascade, statement)
        let cascaded = try dependents(of: statement, changes)
        notice = DependentObjects.notice(notice, cascadingTo: cascaded.map(\.text))
        changes += cascaded.map(\.drop)
        return .define(
            changes, tag: "DROP \(statement.kind.rawValue.uppercased())", notice: notice)
    }

    private func dropped(
        _ kind: DropStatement.Kind, _ object: ObjectName
    ) throws(DemetraError) -> CatalogChange? {
        let name = object.last.name
        switch kind {
        case .table, .view: return try droppedRelation(kind, object)
        case .schema: return nil
        case .sequence: return try droppedSequence(object)
        case .metric: return catalog.metrics[name].map { _ in .dropMetric(name) }
        case .alert: return catalog.alerts[name].map { _ in .dropAlert(name) }
        case .model: return catalog.models[name].map { _ in .dropModel(name) }
        case .index: return nil
        }
    }

    private func droppedRelation(
        _ kind: DropStatement.Kind, _ object: ObjectName
    ) throws(DemetraError) -> CatalogChange? {
        let name = try relationName(object)
        if catalog.sequences[name] != nil {
            throw wrongKind(name.name, kind.rawValue, "sequence", object)
        }
        if kind == .table {
            if catalog.views[name] != nil { throw wrongKind(name.name, "table", "view", object) }
            return catalog.tables[name].map { .dropTable($0.id) }
        }
        if catalog.tables[name] != nil { throw wrongKind(name.name, "view", "table", object) }
        return catalog.views[name].map { _ in .dropView(name) }
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
        let known: [String]
        switch kind {
        case .table: known = catalog.tables.keys.map(\.text)
        case .view: known = catalog.views.keys.map(\.text)
        case .schema: known = Array(catalog.schemas)
        case .sequence: known = catalog.sequences.keys.map(\.text)
        case .metric: known = Array(catalog.metrics.keys)
        case .alert: known = Array(catalog.alerts.keys)
        case .model: known = Array(catalog.models.keys)
        case .index: known = []
        }
        return DemetraError(
            [.table, .view, .sequence].contains(kind) ? .undefinedTable : .undefinedObject,
            "\(kind.rawValue) \"\(object.text)\" does not exist",
            hint: NearestName.find(object.text, among: known).map { "Perhaps you meant \"\($0)\"." }
        ).at(object.range)
    }
}

extension CreateTableStatement {
    /// What the end of a transaction does to the table.
    var commitEffect: CommitEffect {
        switch onCommit?.action {
        case .deleteRows: .empties
        case .drop: .drops
        case .preserveRows, nil: .nothing
        }
    }
}
