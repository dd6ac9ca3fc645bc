import DemetraCatalog
import DemetraTypes

/// The rows of `demetra_comments`: what COMMENT ON has said, and the comments of metrics.
struct CommentRows {
    static let name = "demetra_comments"

    static let schema = Schema([
        Field(name: "object_type", type: .text), Field(name: "schema_name", type: .text),
        Field(name: "object_name", type: .text), Field(name: "column_name", type: .text),
        Field(name: "comment", type: .text),
    ])

    let binder: Binder

    var rows: [[Value]] {
        let catalog = binder.catalog
        var rows: [[Value]] = []
        func add(
            _ kind: String, _ schema: String?, _ name: String?, column: String? = nil,
            _ comment: String?
        ) {
            guard let comment else { return }
            rows.append(
                [kind, schema, name, column, comment].map { $0.map { .text($0) } ?? .null })
        }
        for (schema, comment) in catalog.schemaComments.sorted(by: { $0.key < $1.key }) {
            add("schema", schema, nil, comment)
        }
        for table in catalog.tables.values.sorted(by: { $0.qualifiedName < $1.qualifiedName })
        where isShown(table.qualifiedName) {
            add("table", table.schemaName, table.name, table.comment)
            for column in table.columns {
                add("column", table.schemaName, table.name, column: column.name, column.comment)
            }
            let constraints =
                table.keys.map { ($0.name, $0.comment) }
                + table.checks.map { ($0.name, $0.comment) }
                + table.foreignKeys.map { ($0.name, $0.comment) }
            for (name, comment) in constraints.sorted(by: { $0.0 < $1.0 }) {
                add("constraint", table.schemaName, name, comment)
            }
            for index in table.indexes.sorted(by: { $0.name < $1.name }) {
                add("index", table.schemaName, index.name, index.comment)
            }
        }
        for view in catalog.views.values.sorted(by: { $0.qualifiedName < $1.qualifiedName })
        where isShown(view.qualifiedName) {
            add("view", view.schemaName, view.name, view.comment)
            for (column, comment) in view.columnComments.sorted(by: { $0.key < $1.key }) {
                add("column", view.schemaName, view.name, column: column, comment)
            }
        }
        for sequence in catalog.sequences.values
            .sorted(by: { $0.qualifiedName < $1.qualifiedName })
        where isShown(sequence.qualifiedName) {
            add("sequence", sequence.schemaName, sequence.name, sequence.comment)
        }
        for metric in catalog.metrics.values.sorted(by: { $0.name < $1.name }) {
            add("metric", nil, metric.name, metric.comment)
        }
        return rows
    }

    private func isShown(_ name: RelationName) -> Bool {
        !name.isTemporary || name.schema == binder.path.temporary
    }
}
