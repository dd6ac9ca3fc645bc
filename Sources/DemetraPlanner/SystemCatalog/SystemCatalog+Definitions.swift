import DemetraCatalog
package import DemetraFunctions
import DemetraSQL
import DemetraTypes

// How objects were made, and what is said of them.

extension SystemCatalog {
    /// How an object was made; nil when there is none of that number.
    package func definition(of number: Int64, _ kind: ObjectDefinition) -> String? {
        switch kind {
        case .constraint(let isPretty):
            constraintsByNumber[number].map { definition($0, isPretty) }
        case .index(let column, let isPretty):
            relation(number)?.index.flatMap { definition($0, column, isPretty) }
        case .view:
            if case .view(let view)? = relation(number)?.source { definition(view) } else { nil }
        case .arguments: functions.numbered(number)?.argumentNames
        case .result: functions.numbered(number)?.resultName
        case .function: functions.numbered(number).map { definition($0) }
        }
    }

    private func names(_ positions: [Int], _ table: TableDefinition) -> String {
        positions.map { IdentifierText.quoted(table.columns[$0].name) }.joined(separator: ", ")
    }

    private func definition(_ constraint: CatalogConstraint, _ isPretty: Bool) -> String {
        let table = constraint.table
        switch constraint.content {
        case .key(let key, _):
            return (key.isPrimary ? "PRIMARY KEY" : "UNIQUE") + " (\(names(key.columns, table)))"
        case .check(let check):
            let condition = Self.printed(check.condition)
            return "CHECK (" + (isPretty ? condition : "(\(condition))") + ")"
        case .foreignKey(let key):
            var text = "FOREIGN KEY (\(names(table.positions(of: key.columns) ?? [], table)))"
            if let target = relation(ObjectNumbers.number(key.target)), let other = target.table {
                let columns = other.positions(of: key.targetColumns) ?? []
                text += " REFERENCES \(shownName(target))(\(names(columns, other)))"
            }
            if key.matchesFully { text += " MATCH FULL" }
            if key.onUpdate != .noAction { text += " ON UPDATE \(key.onUpdate.words)" }
            if key.onDelete != .noAction { text += " ON DELETE \(key.onDelete.words)" }
            return text
        }
    }

    private func definition(_ index: CatalogIndex, _ column: Int64, _ isPretty: Bool) -> String? {
        if column > 0 {
            guard column <= Int64(index.columns.count) else { return nil }
            return IdentifierText.quoted(index.table.columns[index.columns[Int(column) - 1]].name)
        }
        guard let table = relation(ObjectNumbers.number(index.table.id)) else { return nil }
        return "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX "
            + IdentifierText.quoted(index.name)
            + " ON \(isPretty ? shownName(table) : qualifiedName(table))"
            + " USING btree (\(names(index.columns, index.table)))"
    }

    /// The query as the printer writes it.
    private func definition(_ view: ViewDefinition) -> String {
        let query = (try? SQLParser.parseQuery(view.query)).map { SQLPrinter.text($0) }
        return " \(query ?? view.query);"
    }

    /// There is no body to show: built-in functions are part of the program.
    private func definition(_ function: CatalogFunction) -> String {
        """
        CREATE OR REPLACE FUNCTION pg_catalog.\(IdentifierText.quoted(function.name))\
        (\(function.argumentNames))
         RETURNS \(function.resultName)
         LANGUAGE internal
        AS $function$\(function.name)$function$

        """
    }

    /// An expression as the printer writes it.
    static func printed(_ expression: String) -> String {
        (try? SQLParser.parseExpression(expression)).map { SQLPrinter.text($0) } ?? expression
    }

    // MARK: Comments

    /// The comment on an object, or on a column of a relation.
    package func comment(on number: Int64, in relation: String?, column: Int64) -> String? {
        if relation == nil || relation == "pg_class", let found = self.relation(number) {
            guard column > 0 else { return found.comment }
            guard let table = found.table, column <= Int64(table.columns.count) else { return nil }
            return table.columns[Int(column) - 1].comment
        }
        guard column == 0 else { return nil }
        if relation == nil || relation == "pg_namespace", let name = schema(number) {
            return comment(onSchema: name)
        }
        if relation == nil || relation == "pg_proc", let function = functions.numbered(number) {
            return comments(onFunctions: [function]).first?.text
        }
        return nil
    }

    /// The comment on a schema.
    func comment(onSchema name: String) -> String? {
        switch name {
        case Self.systemSchema: "system catalog schema"
        case RelationName.publicSchema:
            catalog.schemaComments[name] ?? "standard public schema"
        default: catalog.schemaComments[name]
        }
    }

    /// What the reference says of functions.
    func comments(onFunctions functions: [CatalogFunction]) -> [(number: Int64, text: String)] {
        let entries = registry.reference.filter { $0.content == .functions }.flatMap(\.entries)
        let known = Dictionary(
            entries.flatMap { entry in entry.names.map { ($0, entry.summary) } },
            uniquingKeysWith: { first, _ in first })
        return functions.compactMap { function in
            known[function.name].map { (function.number, $0) }
        }
    }
}
