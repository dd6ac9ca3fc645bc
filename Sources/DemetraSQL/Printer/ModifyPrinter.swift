/// INSERT, UPDATE, DELETE and TRUNCATE.
enum ModifyPrinter {
    /// The table with its alias.
    static func target(_ table: ObjectName, _ alias: Identifier?) -> String {
        NamePrinter.text(table) + (alias.map { " AS " + NamePrinter.text($0) } ?? "")
    }

    static func text(_ insert: InsertStatement) -> String {
        var result = "INSERT INTO " + target(insert.table, insert.alias)
        result += NamePrinter.columns(insert.columns) + overriding(insert.overriding)
        if let rows = insert.literalRows {
            result += " VALUES " + LiteralRowsPrinter.text(rows)
        } else if let source = insert.source {
            let text = QueryPrinter.text(source)
            // Behind LATEST BY, the ON of ON CONFLICT would name a time.
            let isGuarded = insert.onConflict != nil && !text.hasPrefix("VALUES")
            result += isGuarded ? " (\(text))" : " " + text
        } else {
            result += " DEFAULT VALUES"
        }
        if let conflict = insert.onConflict {
            result += " ON CONFLICT" + NamePrinter.columns(conflict.columns) + " DO "
            switch conflict.action {
            case .nothing: result += "NOTHING"
            case .update(let assignments, let condition):
                result += "UPDATE SET " + text(assignments)
                result += ExpressionPrinter.clause("WHERE", condition)
            }
        }
        return result + SelectPrinter.returning(insert.returning)
    }

    /// ` OVERRIDING ... VALUE`, or nothing.
    static func overriding(_ overriding: InsertStatement.Overriding?) -> String {
        switch overriding {
        case .none: ""
        case .system: " OVERRIDING SYSTEM VALUE"
        case .user: " OVERRIDING USER VALUE"
        }
    }

    /// What stands behind SET.
    static func text(_ assignments: [Assignment]) -> String {
        assignments.map { NamePrinter.text($0.column) + " = " + ExpressionPrinter.text($0.value) }
            .joined(separator: ", ")
    }

    static func text(_ update: UpdateStatement) -> String {
        "UPDATE " + target(update.table, update.alias) + " SET " + text(update.assignments)
            + (update.from.isEmpty ? "" : " FROM " + TablePrinter.list(update.from))
            + ExpressionPrinter.clause("WHERE", update.whereCondition)
            + SelectPrinter.returning(update.returning)
    }

    static func text(_ delete: DeleteStatement) -> String {
        "DELETE FROM " + target(delete.table, delete.alias)
            + (delete.using.isEmpty ? "" : " USING " + TablePrinter.list(delete.using))
            + ExpressionPrinter.clause("WHERE", delete.whereCondition)
            + SelectPrinter.returning(delete.returning)
    }

    static func text(_ truncate: TruncateStatement) -> String {
        "TRUNCATE TABLE " + StatementPrinter.list(truncate.tables)
            + StatementPrinter.word(truncate.restartsIdentity, "RESTART IDENTITY")
            + StatementPrinter.word(truncate.cascade, "CASCADE")
    }
}
