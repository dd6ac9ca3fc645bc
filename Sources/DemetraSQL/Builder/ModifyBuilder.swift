import DemetraTypes

/// Statements that change rows.
enum ModifyBuilder {
    static func insert(_ node: SyntaxNode) throws(DemetraError) -> InsertStatement {
        guard let table = node[.table] else { throw StatementBuilder.missing() }
        let target = node[.alias]?.identifier ?? ExpressionBuilder.objectName(table).last
        var source: Query?
        if let query = node[.source] { source = try QueryBuilder.build(query) }
        var conflict: InsertStatement.OnConflict?
        if let given = node[.conflict] {
            let action: InsertStatement.ConflictAction =
                given.has(.nothing)
                ? .nothing
                : .update(
                    try assignments(given, target),
                    where: try ExpressionBuilder.build(given[.`where`]?[.condition]))
            conflict = InsertStatement.OnConflict(
                columns: given.all(.columns).map(\.identifier), action: action, range: given.range)
        }
        var insert = InsertStatement(
            table: ExpressionBuilder.objectName(table), alias: node[.alias]?.identifier,
            columns: node.all(.columns).map(\.identifier), source: source, onConflict: conflict,
            returning: try returning(node))
        if node.has(.overridesSystem) { insert.overriding = .system }
        if node.has(.overridesUser) { insert.overriding = .user }
        return insert
    }

    /// What stands behind SET. `a[1] = x` is `a = array_assign(a, 1, x)`, of several such the one around the other.
    ///
    /// - Parameter target: the table, by the name that its columns have in the statement.
    static func assignments(
        _ node: SyntaxNode, _ target: Identifier
    ) throws(DemetraError) -> [Assignment] {
        var result: [Assignment] = []
        var elements: Set<String> = []
        for assignment in node.all(.assignments) {
            guard let column = assignment[.column]?.identifier, let given = assignment[.value]
            else { continue }
            var value = try ExpressionBuilder.build(given)
            guard let index = assignment[.element]?[.index] else {
                result.append(Assignment(column: column, value: value))
                continue
            }
            let earlier =
                elements.contains(column.name)
                ? result.firstIndex { $0.column.name == column.name } : nil
            let old =
                earlier.map { result[$0].value }
                ?? Expression(.column([target, column]), range: column.range)
            let arguments = [old, try ExpressionBuilder.build(index), value]
            value = Expression(
                .call(
                    FunctionCall(
                        name: ObjectName([Identifier("array_assign", range: column.range)]),
                        arguments: arguments.map { FunctionArgument(value: .expression($0)) })),
                range: assignment.range)
            elements.insert(column.name)
            if let earlier {
                result[earlier] = Assignment(column: result[earlier].column, value: value)
            } else {
                result.append(Assignment(column: column, value: value))
            }
        }
        return result
    }

    private static func returning(_ node: SyntaxNode) throws(DemetraError) -> [SelectItem] {
        try SelectBuilder.items(node[.returning]?.all(.items) ?? [])
    }

    static func update(_ node: SyntaxNode) throws(DemetraError) -> UpdateStatement {
        guard let table = node[.table] else { throw StatementBuilder.missing() }
        return UpdateStatement(
            table: ExpressionBuilder.objectName(table), alias: node[.alias]?.identifier,
            assignments: try assignments(
                node, node[.alias]?.identifier ?? ExpressionBuilder.objectName(table).last),
            from: try SelectBuilder.tables(node[.from]),
            whereCondition: try ExpressionBuilder.build(node[.`where`]?[.condition]),
            returning: try returning(node))
    }

    static func delete(_ node: SyntaxNode) throws(DemetraError) -> DeleteStatement {
        guard let table = node[.table] else { throw StatementBuilder.missing() }
        return DeleteStatement(
            table: ExpressionBuilder.objectName(table), alias: node[.alias]?.identifier,
            using: try SelectBuilder.tables(node[.using]),
            whereCondition: try ExpressionBuilder.build(node[.`where`]?[.condition]),
            returning: try returning(node))
    }

    static func copy(_ node: SyntaxNode) throws(DemetraError) -> CopyStatement {
        let subject: CopyStatement.Subject
        if let query = node[.query]?[.query] {
            subject = .query(try QueryBuilder.build(query))
        } else if let table = node[.table] {
            subject = .table(
                ExpressionBuilder.objectName(table), columns: node.all(.columns).map(\.identifier))
        } else {
            throw StatementBuilder.missing()
        }
        var endpoint = CopyStatement.Endpoint.standard
        if let file = node[.file] { endpoint = .file(try file.string()) }
        if node.has(.program), let command = node[.text] {
            endpoint = .program(try command.string())
        }
        return CopyStatement(
            subject: subject, isFrom: node.has(.from), endpoint: endpoint,
            options: try options(node[.options]), range: node.range)
    }

    private static func options(
        _ node: SyntaxNode?
    ) throws(DemetraError) -> [(name: Identifier, value: CopyStatement.OptionValue)] {
        var result: [(name: Identifier, value: CopyStatement.OptionValue)] = []
        for option in node?.all(.options) ?? [] {
            if option.rule == .copyOption, let name = option[.name] {
                let columns = option.all(.columns).map(\.identifier)
                if !columns.isEmpty {
                    result.append((name.identifier, .columns(columns)))
                } else if let value = option[.value] {
                    result.append((name.identifier, .text(try OptionText.text(value))))
                } else {
                    result.append((name.identifier, .text("true")))
                }
                continue
            }
            let text = try option[.text]?.string() ?? "true"
            if option.has(.csv) {
                result.append((Identifier("format", range: option.range), .text("csv")))
            }
            for (label, name) in [
                (SyntaxLabel.header, "header"), (.delimiter, "delimiter"), (.null, "null"),
                (.quote, "quote"),
            ] where option.has(label) {
                result.append((Identifier(name, range: option.range), .text(text)))
            }
        }
        return result
    }
}
