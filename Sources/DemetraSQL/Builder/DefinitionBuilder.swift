import DemetraTypes

/// Statements that define things.
enum DefinitionBuilder {
    static func create(_ node: SyntaxNode) throws(DemetraError) -> Statement {
        if let inner = node[.table] { return .createTable(try table(inner)) }
        if let inner = node[.view], let name = inner[.name], let query = inner[.query] {
            return .createView(
                CreateViewStatement(
                    name: ExpressionBuilder.objectName(name), orReplace: inner.has(.replace),
                    isTemporary: inner.has(.temporary),
                    columns: inner.all(.columns).map(\.identifier),
                    query: try QueryBuilder.build(query), checkOption: inner[.checked]?.range))
        }
        if let inner = node[.metric] { return try MetricBuilder.create(inner) }
        if let inner = node[.alert] { return .createAlert(try alert(inner)) }
        if let inner = node[.model] { return .createModel(try model(inner)) }
        if let inner = node[.schema] { return try schema(inner) }
        if let inner = node[.sequence] {
            return .createSequence(try ConstraintBuilder.createSequence(inner))
        }
        guard let inner = node[.index], let table = inner[.table] else {
            throw StatementBuilder.missing()
        }
        return .createIndex(
            CreateIndexStatement(
                name: inner[.name].map { ExpressionBuilder.objectName($0) },
                isUnique: inner.has(.unique),
                ifNotExists: inner.has(.exists), table: ExpressionBuilder.objectName(table),
                columns: inner.all(.columns).map { $0[.name]?.identifier },
                special: inner[.predicate]?.range ?? inner[.notDistinct]?.range
                    ?? inner.all(.columns).first { !$0.has(.name) }?.range))
    }

    /// The schema; one without a name is called as its owner.
    private static func schema(_ node: SyntaxNode) throws(DemetraError) -> Statement {
        let name = node[.name] ?? node[.owner]?[.role]?[.name]
        return .createSchema(
            name?.identifier ?? Identifier("demetra", range: node.range),
            owner: try node[.owner].map { owner throws(DemetraError) in
                try RoleBuilder.name(owner)
            }, ifNotExists: node.has(.exists))
    }

    // MARK: Tables

    private static func table(_ node: SyntaxNode) throws(DemetraError) -> CreateTableStatement {
        guard let name = node[.name] else { throw StatementBuilder.missing() }
        var statement = CreateTableStatement(name: ExpressionBuilder.objectName(name))
        statement.ifNotExists = node.has(.exists)
        statement.isTemporary = node.has(.temporary)
        if let clause = node[.commit] {
            statement.onCommit = CommitClause(
                action: clause.has(.drop)
                    ? .drop : clause.has(.deleteRows) ? .deleteRows : .preserveRows,
                range: clause.range)
        }
        statement.isEmpty = node.has(.empty)
        for element in node[.elements]?.all(.items) ?? [] {
            if let column = element[.column] {
                statement.columns.append(try self.column(column))
            } else if let constraint = element[.constraint] {
                statement.constraints.append(try tableConstraint(constraint))
            }
        }
        statement.columnNames = node.all(.columns).map(\.identifier)
        statement.options = try options(node[.options]?.all(.options) ?? [])
        if let source = node[.source] { statement.source = try QueryBuilder.build(source) }
        return statement
    }

    private static func options(_ nodes: [SyntaxNode]) throws(DemetraError) -> [TableOption] {
        var result: [TableOption] = []
        for option in nodes {
            guard let name = option[.name] else { continue }
            let value = option[.value]
            let text = try value.map { value throws(DemetraError) in try OptionText.text(value) }
            result.append(TableOption(name: name.identifier, value: text ?? "true"))
        }
        return result
    }

    private static func column(_ node: SyntaxNode) throws(DemetraError) -> ColumnClause {
        guard let name = node[.name], let type = node[.type] else {
            throw StatementBuilder.missing()
        }
        var clause = ColumnClause(
            name: name.identifier, type: try ExpressionBuilder.typeName(type))
        for constraint in node.all(.constraints) {
            clause.constraints.append(try columnConstraint(constraint))
        }
        return clause
    }

    private static func columnConstraint(
        _ node: SyntaxNode
    ) throws(DemetraError) -> ColumnConstraint {
        let name = node[.name]?.identifier
        if node.has(.notNull) { return .notNull }
        if node.has(.null) { return .null }
        if let value = node[.`default`] { return .defaultValue(try ExpressionBuilder.build(value)) }
        let timing = try ConstraintBuilder.timing(node.all(.timing))
        if node.has(.primaryKey) { return .primaryKey(name: name, timing: timing) }
        if node.has(.unique) { return .unique(name: name, timing: timing) }
        if let check = node[.check] {
            return .check(try ExpressionBuilder.build(check), name: name)
        }
        if let references = node[.references] {
            return .references(
                try ConstraintBuilder.reference(node, references, targets: .columns), name: name)
        }
        return .identity(
            always: node.has(.always),
            try ConstraintBuilder.sequenceOptions(node.all(.sequence)))
    }

    private static func tableConstraint(
        _ node: SyntaxNode
    ) throws(DemetraError) -> TableConstraint {
        let name = node[.name]?.identifier
        let columns = node.all(.columns).map(\.identifier)
        let timing = try ConstraintBuilder.timing(node.all(.timing))
        if node.has(.primaryKey) { return .primaryKey(columns, name: name, timing: timing) }
        if node.has(.unique) { return .unique(columns, name: name, timing: timing) }
        if let check = node[.check] {
            return .check(try ExpressionBuilder.build(check), name: name)
        }
        guard let references = node[.references] else { throw StatementBuilder.missing() }
        return .foreignKey(
            columns, try ConstraintBuilder.reference(node, references, targets: .targets),
            name: name)
    }

    static func alter(_ node: SyntaxNode) throws(DemetraError) -> Statement {
        if let inner = node[.table] { return .alterTable(try alterTable(inner)) }
        if let inner = node[.schema], let name = inner[.name], let target = inner[.target] {
            return .renameSchema(name.identifier, to: target.identifier)
        }
        if let inner = node[.sequence] {
            return .alterSequence(try ConstraintBuilder.alterSequence(inner))
        }
        guard let inner = node[.view], let name = inner[.name] else {
            throw StatementBuilder.missing()
        }
        let action: AlterViewStatement.Action
        if let target = inner[.target] {
            action = .rename(to: target.identifier)
        } else if let schema = inner[.schema] {
            action = .setSchema(schema.identifier)
        } else {
            throw StatementBuilder.missing()
        }
        return .alterView(
            AlterViewStatement(
                view: ExpressionBuilder.objectName(name), ifExists: inner.has(.exists),
                action: action))
    }

    private static func alterTable(
        _ node: SyntaxNode
    ) throws(DemetraError) -> AlterTableStatement {
        guard let table = node[.table] else { throw StatementBuilder.missing() }
        return AlterTableStatement(
            table: ExpressionBuilder.objectName(table), ifExists: node.has(.exists),
            actions: try node.all(.actions).mapThrowing { action throws(DemetraError) in
                try alterAction(action)
            })
    }

    private static func alterAction(
        _ node: SyntaxNode
    ) throws(DemetraError) -> AlterTableStatement.Action {
        if let action = try constraintAction(node) { return action }
        if let column = node[.addColumn] {
            return .addColumn(try self.column(column), ifNotExists: node.has(.exists))
        }
        if let name = node[.dropColumn] {
            return .dropColumn(
                name.identifier, ifExists: node.has(.ifExists), cascade: node.has(.cascade))
        }
        if let name = node[.schema] { return .setSchema(name.identifier) }
        if let name = node[.renameTable] { return .renameTable(to: name.identifier) }
        if let name = node[.renameColumn], let target = node[.target] {
            return .renameColumn(name.identifier, to: target.identifier)
        }
        if let column = node[.column] {
            if let action = try identityAction(node, column.identifier) { return action }
            if node.has(.setNotNull) { return .setNotNull(column.identifier, true) }
            if let type = node[.type] {
                return .setType(
                    column.identifier, try ExpressionBuilder.typeName(type),
                    using: try ExpressionBuilder.build(node[.using]))
            }
            if node.has(.dropNotNull) { return .setNotNull(column.identifier, false) }
            return .setDefault(column.identifier, try ExpressionBuilder.build(node[.value]))
        }
        let reset = node.all(.reset)
        if !reset.isEmpty { return .resetOptions(reset.map(\.identifier)) }
        return .setOptions(try options(node.all(.options)))
    }

    private static func constraintAction(
        _ node: SyntaxNode
    ) throws(DemetraError) -> AlterTableStatement.Action? {
        if let constraint = node[.addConstraint] {
            return .addConstraint(try tableConstraint(constraint))
        }
        if let name = node[.dropConstraint] {
            return .dropConstraint(
                name.identifier, ifExists: node.has(.ifExists), cascade: node.has(.cascade))
        }
        guard let name = node[.renameConstraint], let target = node[.target] else { return nil }
        return .renameConstraint(name.identifier, to: target.identifier)
    }

    private static func identityAction(
        _ node: SyntaxNode, _ column: Identifier
    ) throws(DemetraError) -> AlterTableStatement.Action? {
        if node.has(.addIdentity) {
            return .addIdentity(
                column, always: node.has(.always),
                try ConstraintBuilder.sequenceOptions(node.all(.sequence)))
        }
        if node.has(.setIdentity) { return .setIdentity(column, always: node.has(.always)) }
        if node.has(.dropIdentity) { return .dropIdentity(column, ifExists: node.has(.ifExists)) }
        guard node.has(.restart) else { return nil }
        return .restartIdentity(
            column,
            with: try node[.number].map { value throws(DemetraError) in
                try ConstraintBuilder.number(value)
            })
    }

    static func comment(_ node: SyntaxNode) throws(DemetraError) -> CommentStatement {
        guard let name = node[.name] else { throw StatementBuilder.missing() }
        let kinds: [(SyntaxLabel, CommentStatement.Kind)] = [
            (.table, .table), (.view, .view), (.column, .column), (.schema, .schema),
            (.sequence, .sequence), (.metric, .metric), (.index, .index),
        ]
        let kind: CommentStatement.Kind
        if let part = node[.part] {
            kind = .constraint(part.identifier)
        } else if let found = kinds.first(where: { node.has($0.0) }) {
            kind = found.1
        } else {
            throw StatementBuilder.missing()
        }
        return CommentStatement(
            kind: kind, name: ExpressionBuilder.objectName(name),
            text: try node[.text]?.string())
    }

    static func drop(_ node: SyntaxNode) -> DropStatement {
        let kinds: [(SyntaxLabel, DropStatement.Kind)] = [
            (.view, .view), (.schema, .schema), (.sequence, .sequence), (.metric, .metric),
            (.alert, .alert),
            (.model, .model),
            (.index, .index),
        ]
        let kind = kinds.first { node.has($0.0) }?.1 ?? .table
        return DropStatement(
            kind: kind, ifExists: node.has(.exists),
            names: node.all(.names).map { ExpressionBuilder.objectName($0) },
            cascade: node.has(.cascade))
    }

    // MARK: Alerts and models

    private static func alert(_ node: SyntaxNode) throws(DemetraError) -> CreateAlertStatement {
        guard let name = node[.name], let condition = node[.condition], let source = node[.source]
        else { throw StatementBuilder.missing() }
        var severity: Identifier?
        var message: (text: String, range: SourceRange)?
        var (type, action): (String?, String?)
        for clause in node.all(.clauses) {
            if let given = clause[.severity] { severity = given.identifier }
            if let given = clause[.message] { message = (try given.string(), given.range) }
            if let given = clause[.type] { type = try given.string() }
            if let given = clause[.action] { action = try given.string() }
        }
        guard let severity, let message else {
            throw DemetraError(
                .syntaxError,
                "alert \"\(name.name)\" has no \(severity == nil ? "SEVERITY" : "MESSAGE")",
                hint: "End the rule with SEVERITY high MESSAGE 'text with {column}'.",
                position: Int(node.range.upper))
        }
        return CreateAlertStatement(
            name: name.identifier, orReplace: node.has(.replace), ifNotExists: node.has(.exists),
            condition: try ExpressionBuilder.build(condition),
            from: try SelectBuilder.tables(source[.from]),
            whereCondition: try ExpressionBuilder.build(source[.`where`]?[.condition]),
            groupBy: try ExpressionBuilder.build(source.all(.groups)), sourceRange: source.range,
            severity: severity, message: message.text, messageRange: message.range, type: type,
            action: action)
    }

    private static func model(_ node: SyntaxNode) throws(DemetraError) -> CreateModelStatement {
        guard let name = node[.name], let target = node[.target] else {
            throw StatementBuilder.missing()
        }
        let source: Query
        if let table = node[.table] {
            source = Query(body: .table(ExpressionBuilder.objectName(table)), range: table.range)
        } else if let query = node[.query] {
            source = try QueryBuilder.build(query)
        } else {
            throw StatementBuilder.missing()
        }
        var (id, time, group): (Identifier?, Identifier?, Identifier?)
        var options: [TableOption] = []
        for part in node.all(.parts) {
            if let given = part[.id] { id = given.identifier }
            if let given = part[.time] { time = given.identifier }
            if let given = part[.group] { group = given.identifier }
            if let given = part[.options] { options += try self.options(given.all(.options)) }
        }
        return CreateModelStatement(
            name: name.identifier, orReplace: node.has(.replace), ifNotExists: node.has(.exists),
            source: source, target: target.identifier, id: id, time: time, group: group,
            options: options)
    }
}
