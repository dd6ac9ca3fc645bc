/// CREATE TABLE: columns and constraints.
enum TableDefinitionPrinter {
    static func text(_ table: CreateTableStatement) -> String {
        var result = DefinitionPrinter.create(isTemporary: table.isTemporary) + "TABLE "
        result += DefinitionPrinter.exists(table.ifNotExists) + NamePrinter.text(table.name)
        let elements = table.columns.map { column($0) } + table.constraints.map { constraint($0) }
        if !elements.isEmpty { result += " (\(elements.joined(separator: ", ")))" }
        result += NamePrinter.columns(table.columnNames)
        if !table.options.isEmpty {
            result += " WITH " + DefinitionPrinter.options(table.options)
        }
        switch table.onCommit?.action {
        case .none: break
        case .preserveRows: result += " ON COMMIT PRESERVE ROWS"
        case .deleteRows: result += " ON COMMIT DELETE ROWS"
        case .drop: result += " ON COMMIT DROP"
        }
        if let source = table.source { result += " AS " + QueryPrinter.text(source) }
        return result + StatementPrinter.word(table.isEmpty, "WITH NO DATA")
    }

    /// A column with its constraints.
    static func column(_ column: ColumnClause) -> String {
        NamePrinter.text(column.name) + " " + NamePrinter.text(column.type)
            + column.constraints.map { " " + constraint($0) }.joined()
    }

    private static func named(_ name: Identifier?) -> String {
        name.map { "CONSTRAINT \(NamePrinter.text($0)) " } ?? ""
    }

    private static func constraint(_ constraint: ColumnConstraint) -> String {
        switch constraint {
        case .notNull: "NOT NULL"
        case .null: "NULL"
        case .defaultValue(let value):
            "DEFAULT "
                + ExpressionPrinter.text(value, atLeast: ExpressionPrinter.Level.other)
        case .primaryKey(let name, let timing): named(name) + "PRIMARY KEY" + text(timing)
        case .unique(let name, let timing): named(name) + "UNIQUE" + text(timing)
        case .check(let condition, let name):
            named(name) + "CHECK (\(ExpressionPrinter.text(condition)))"
        case .references(let reference, let name): named(name) + text(reference)
        case .identity(let always, let options): identity(always, options)
        }
    }

    /// GENERATED ... AS IDENTITY.
    static func identity(_ always: Bool, _ options: [SequenceOption]) -> String {
        let inside = options.isEmpty ? "" : " (\(SequencePrinter.text(options)))"
        return generated(always) + " AS IDENTITY" + inside
    }

    /// GENERATED ALWAYS or BY DEFAULT.
    static func generated(_ always: Bool) -> String {
        "GENERATED " + (always ? "ALWAYS" : "BY DEFAULT")
    }

    /// A constraint of the table as a whole.
    static func constraint(_ constraint: TableConstraint) -> String {
        switch constraint {
        case .primaryKey(let columns, let name, let timing):
            named(name) + "PRIMARY KEY" + NamePrinter.columns(columns) + text(timing)
        case .unique(let columns, let name, let timing):
            named(name) + "UNIQUE" + NamePrinter.columns(columns) + text(timing)
        case .check(let condition, let name):
            named(name) + "CHECK (\(ExpressionPrinter.text(condition)))"
        case .foreignKey(let columns, let reference, let name):
            named(name) + "FOREIGN KEY" + NamePrinter.columns(columns) + " " + text(reference)
        }
    }

    private static func text(_ reference: ReferenceClause) -> String {
        "REFERENCES " + NamePrinter.text(reference.target) + NamePrinter.columns(reference.columns)
            + StatementPrinter.word(reference.matchesFully, "MATCH FULL")
            + action("ON DELETE", reference.onDelete) + action("ON UPDATE", reference.onUpdate)
            + text(reference.timing)
            // Kept as the words they are.
            + reference.unsupported.map { " " + $0.name }.joined()
    }

    private static func text(_ timing: ConstraintTiming) -> String {
        switch timing {
        case .immediate: ""
        case .deferrable: " DEFERRABLE"
        case .deferred: " DEFERRABLE INITIALLY DEFERRED"
        }
    }

    private static func action(_ event: String, _ action: ReferenceClause.Action) -> String {
        switch action {
        case .noAction: ""
        case .restrict: " \(event) RESTRICT"
        case .cascade: " \(event) CASCADE"
        case .setNull: " \(event) SET NULL"
        case .setDefault: " \(event) SET DEFAULT"
        }
    }
}
