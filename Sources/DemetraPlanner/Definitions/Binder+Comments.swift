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
        var table = try table(ObjectName(parts.dropLast()))
        table.columns[try position(of: statement.name.last, table)].comment = statement.text
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
