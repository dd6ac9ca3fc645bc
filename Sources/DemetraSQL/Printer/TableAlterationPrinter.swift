/// ALTER TABLE.
enum TableAlterationPrinter {
    static func text(_ table: AlterTableStatement) -> String {
        "ALTER TABLE " + DefinitionPrinter.ifExists(table.ifExists) + NamePrinter.text(table.table)
            + " " + table.actions.map { text($0) }.joined(separator: ", ")
    }

    private static func text(_ action: AlterTableStatement.Action) -> String {
        switch action {
        case .addColumn(let column, let ifNotExists):
            "ADD COLUMN " + DefinitionPrinter.exists(ifNotExists)
                + TableDefinitionPrinter.column(column)
        case .dropColumn(let name, let ifExists, let cascade):
            drop("COLUMN", name, ifExists, cascade)
        case .renameColumn(let name, let target):
            "RENAME COLUMN \(NamePrinter.text(name)) TO \(NamePrinter.text(target))"
        case .renameTable(let target): "RENAME TO " + NamePrinter.text(target)
        case .setSchema(let schema): "SET SCHEMA " + NamePrinter.text(schema)
        case .addConstraint(let constraint):
            "ADD " + TableDefinitionPrinter.constraint(constraint)
        case .dropConstraint(let name, let ifExists, let cascade):
            drop("CONSTRAINT", name, ifExists, cascade)
        case .renameConstraint(let name, let target):
            "RENAME CONSTRAINT \(NamePrinter.text(name)) TO \(NamePrinter.text(target))"
        case .setOptions(let options): "SET " + DefinitionPrinter.options(options)
        case .resetOptions(let names): "RESET (\(NamePrinter.list(names)))"
        default: column(action)
        }
    }

    private static func drop(
        _ kind: String, _ name: Identifier, _ ifExists: Bool, _ cascade: Bool
    ) -> String {
        "DROP \(kind) " + DefinitionPrinter.ifExists(ifExists) + NamePrinter.text(name)
            + StatementPrinter.word(cascade, "CASCADE")
    }

    /// ALTER COLUMN.
    private static func column(_ action: AlterTableStatement.Action) -> String {
        switch action {
        case .setDefault(let name, let value):
            alter(name)
                + (value.map { "SET DEFAULT " + ExpressionPrinter.text($0) }
                    ?? "DROP DEFAULT")
        case .setNotNull(let name, let isSet): alter(name) + (isSet ? "SET" : "DROP") + " NOT NULL"
        case .setType(let name, let type, let using):
            alter(name) + "TYPE " + NamePrinter.text(type)
                + ExpressionPrinter.clause("USING", using)
        case .addIdentity(let name, let always, let options):
            alter(name) + "ADD " + TableDefinitionPrinter.identity(always, options)
        case .setIdentity(let name, let always):
            alter(name) + "SET " + TableDefinitionPrinter.generated(always)
        case .dropIdentity(let name, let ifExists):
            alter(name) + "DROP IDENTITY" + StatementPrinter.word(ifExists, "IF EXISTS")
        case .restartIdentity(let name, let number):
            alter(name) + "RESTART" + (number.map { " WITH \($0)" } ?? "")
        default: ""
        }
    }

    private static func alter(_ column: Identifier) -> String {
        "ALTER COLUMN \(NamePrinter.text(column)) "
    }
}
