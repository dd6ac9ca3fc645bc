/// Views, alerts, models and indexes; DROP and COMMENT.
enum DefinitionPrinter {
    /// `IF NOT EXISTS `, or nothing.
    static func exists(_ ifNotExists: Bool) -> String { ifNotExists ? "IF NOT EXISTS " : "" }

    /// `IF EXISTS `, or nothing.
    static func ifExists(_ ifExists: Bool) -> String { ifExists ? "IF EXISTS " : "" }

    /// `CREATE `, and what may stand before the kind of thing.
    static func create(orReplace: Bool = false, isTemporary: Bool = false) -> String {
        "CREATE " + (orReplace ? "OR REPLACE " : "") + (isTemporary ? "TEMPORARY " : "")
    }

    /// `(name = 'value', ...)`.
    static func options(_ options: [TableOption]) -> String {
        let list = options.map { NamePrinter.text($0.name) + " = " + NamePrinter.literal($0.value) }
        return "(\(list.joined(separator: ", ")))"
    }

    // MARK: Views

    static func text(_ view: CreateViewStatement) -> String {
        create(orReplace: view.orReplace, isTemporary: view.isTemporary) + "VIEW "
            + NamePrinter.text(view.name) + NamePrinter.columns(view.columns) + " AS "
            + QueryPrinter.text(view.query)
            + StatementPrinter.word(view.checkOption != nil, "WITH CHECK OPTION")
    }

    static func text(_ view: AlterViewStatement) -> String {
        let action =
            switch view.action {
            case .rename(let target): "RENAME TO " + NamePrinter.text(target)
            case .setSchema(let schema): "SET SCHEMA " + NamePrinter.text(schema)
            }
        return "ALTER VIEW " + ifExists(view.ifExists) + NamePrinter.text(view.view) + " " + action
    }

    // MARK: Alerts and models

    static func text(_ alert: CreateAlertStatement) -> String {
        var result = create(orReplace: alert.orReplace) + "ALERT " + exists(alert.ifNotExists)
        result += NamePrinter.text(alert.name)
        result += ExpressionPrinter.clause("WHEN", alert.condition)
        result += " FROM " + TablePrinter.list(alert.from)
        result += ExpressionPrinter.clause("WHERE", alert.whereCondition)
        if !alert.groupBy.isEmpty {
            result += " GROUP BY " + ExpressionPrinter.list(alert.groupBy)
        }
        result += " SEVERITY " + NamePrinter.text(alert.severity)
        result += " MESSAGE " + NamePrinter.literal(alert.message)
        if let type = alert.type { result += " TYPE " + NamePrinter.literal(type) }
        if let action = alert.action { result += " ACTION " + NamePrinter.literal(action) }
        return result
    }

    static func text(_ model: CreateModelStatement) -> String {
        var result = create(orReplace: model.orReplace) + "MODEL " + exists(model.ifNotExists)
        result += NamePrinter.text(model.name) + " FROM (\(QueryPrinter.text(model.source)))"
        result += " TARGET " + NamePrinter.text(model.target)
        for (word, column) in [("ID", model.id), ("TIME", model.time), ("GROUP", model.group)] {
            if let column { result += " \(word) " + NamePrinter.text(column) }
        }
        return result + (model.options.isEmpty ? "" : " WITH " + options(model.options))
    }

    // MARK: Indexes, DROP and COMMENT

    static func text(_ index: CreateIndexStatement) -> String {
        let columns = index.columns.map { column in
            // Which expression it was is not kept.
            column.map { NamePrinter.text($0) } ?? "(NULL)"
        }
        let hasExpression = index.columns.contains { $0 == nil }
        return "CREATE " + (index.isUnique ? "UNIQUE " : "") + "INDEX " + exists(index.ifNotExists)
            + (index.name.map { NamePrinter.text($0) + " " } ?? "") + "ON "
            + NamePrinter.text(index.table) + " (\(columns.joined(separator: ", ")))"
            + StatementPrinter.word(index.special != nil && !hasExpression, "NULLS NOT DISTINCT")
    }

    static func text(_ drop: DropStatement) -> String {
        "DROP \(drop.kind.rawValue.uppercased()) " + ifExists(drop.ifExists)
            + StatementPrinter.list(drop.names)
            + StatementPrinter.word(drop.cascade, "CASCADE")
    }

    static func text(_ comment: CommentStatement) -> String {
        let kind =
            switch comment.kind {
            case .table: "TABLE"
            case .view: "VIEW"
            case .column: "COLUMN"
            case .schema: "SCHEMA"
            case .sequence: "SEQUENCE"
            case .metric: "METRIC"
            case .index: "INDEX"
            case .constraint(let name): "CONSTRAINT \(NamePrinter.text(name)) ON"
            }
        return "COMMENT ON \(kind) \(NamePrinter.text(comment.name)) IS "
            + (comment.text.map { NamePrinter.literal($0) } ?? "NULL")
    }
}
