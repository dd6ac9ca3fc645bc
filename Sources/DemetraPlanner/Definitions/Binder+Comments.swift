import DemetraCatalog
import DemetraSQL
import DemetraTypes

// COMMENT ON.

extension Binder {
    func bindComment(_ statement: CommentStatement) throws(DemetraError) -> BoundStatement {
        let change: CatalogChange
        switch statement.kind {
        case .table:
            var table = try table(statement.name)
            table.comment = statement.text
            change = .putTable(table)
        case .column: change = try columnComment(statement)
        case .view:
            let name = try relationName(statement.name)
            guard var view = catalog.views[name] else {
                throw try missing("view", name, statement)
            }
            view.comment = statement.text
            change = .putView(view)
        case .sequence:
            let name = try relationName(statement.name)
            guard var sequence = catalog.sequences[name] else {
                throw try missing("sequence", name, statement)
            }
            sequence.comment = statement.text
            change = .putSequence(sequence)
        case .schema:
            let name = statement.name.last
            guard catalog.hasSchema(name.name) else {
                throw undefinedSchema(name.name, name.range)
            }
            change = .commentSchema(name.name, statement.text)
        case .metric:
            let name = statement.name.last
            guard var metric = catalog.metrics[name.name] else {
                throw undefinedMetric(name.name, name.range)
            }
            metric.comment = statement.text
            change = .putMetric(metric)
        case .index: change = try indexComment(statement)
        case .constraint(let constraint): change = try constraintComment(statement, constraint)
        }
        return .define([change], tag: "COMMENT", notice: nil)
    }

    private func columnComment(
        _ statement: CommentStatement
    ) throws(DemetraError) -> CatalogChange {
        let parts = statement.name.parts
        guard parts.count > 1 else {
            throw DemetraError(
                .syntaxError, "column name must be qualified",
                hint: "Write COMMENT ON COLUMN table.column."
            ).at(statement.name.range)
        }
        let owner = ObjectName(parts.dropLast())
        if var view = catalog.views[try relationName(owner)] {
            let column = statement.name.last
            let (_, relations) = try bindTable(owner, nil, Scope(parent: nil))
            let names = relations.flatMap { $0.columns.map(\.name) }
            guard names.contains(column.name) else {
                throw DemetraError(
                    .undefinedColumn,
                    "column \"\(column.name)\" of relation \"\(view.name)\" does not exist",
                    hint: NearestName.find(column.name, among: names)
                        .map { "Perhaps you meant \"\($0)\"." }
                ).at(column.range)
            }
            view.columnComments[column.name] = statement.text
            return .putView(view)
        }
        var table = try table(owner)
        table.columns[try position(of: statement.name.last, table)].comment = statement.text
        return .putTable(table)
    }

    private func indexComment(
        _ statement: CommentStatement
    ) throws(DemetraError) -> CatalogChange {
        let name = statement.name.last.name
        guard var table = try indexedTable(statement.name),
            let position = table.indexes.firstIndex(where: { $0.name == name })
        else {
            let owner = catalog.tables.values.first { $0.keys.contains { $0.name == name } }
            let known = catalog.tables.values.flatMap { $0.indexes.map(\.name) }
            throw DemetraError(
                .undefinedObject, "index \"\(statement.name.text)\" does not exist",
                hint: owner.map { "Write COMMENT ON CONSTRAINT \(name) ON \($0.name)." }
                    ?? NearestName.find(name, among: known)
                    .map { "Perhaps you meant \"\($0)\"." }
            ).at(statement.name.range)
        }
        table.indexes[position].comment = statement.text
        return .putTable(table)
    }

    private func constraintComment(
        _ statement: CommentStatement, _ constraint: Identifier
    ) throws(DemetraError) -> CatalogChange {
        var table = try table(statement.name)
        let name = constraint.name
        let isIndex = table.indexes.contains { $0.name == name }
        if !isIndex, let index = table.keys.firstIndex(where: { $0.name == name }) {
            table.keys[index].comment = statement.text
        } else if let index = table.checks.firstIndex(where: { $0.name == name }) {
            table.checks[index].comment = statement.text
        } else if let index = table.foreignKeys.firstIndex(where: { $0.name == name }) {
            table.foreignKeys[index].comment = statement.text
        } else {
            throw DemetraError(
                .undefinedObject,
                "constraint \"\(name)\" for table \"\(table.name)\" does not exist",
                hint: isIndex
                    ? "It is an index: write COMMENT ON INDEX \(name)."
                    : NearestName.find(name, among: ConstraintNames.all(table))
                        .map { "Perhaps you meant \"\($0)\"." }
            ).at(constraint.range)
        }
        return .putTable(table)
    }

    private func missing(
        _ kind: String, _ name: RelationName, _ statement: CommentStatement
    ) throws(DemetraError) -> DemetraError {
        guard catalog.hasRelation(name) else { return undefinedTable(statement.name) }
        return DemetraError(.wrongObjectType, "\"\(name.name)\" is not a \(kind)")
            .at(statement.name.range)
    }
}
