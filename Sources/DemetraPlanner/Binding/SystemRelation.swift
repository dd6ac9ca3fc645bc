import DemetraFunctions
import DemetraSQL
package import DemetraTypes

/// Relations that the engine makes of its own state.
package enum SystemRelation: String, Sendable, CaseIterable {
    /// How the rows of tables lie in files and in memory.
    case segments = "demetra_segments"
    /// The batches that tables have got under names of their own.
    case batches = "demetra_batches"
    /// Metrics: those of the catalog, and the built-in ones that none of them replaces.
    case metrics = "demetra_metrics"

    /// Its columns.
    package var schema: Schema {
        switch self {
        case .segments:
            Schema([
                Field(name: "table_name", type: .text), Field(name: "segment", type: .text),
                Field(name: "partition_start", type: .timestamp),
                Field(name: "partition_end", type: .timestamp),
                Field(name: "rows", type: .bigint), Field(name: "hidden_rows", type: .bigint),
                Field(name: "bytes", type: .bigint), Field(name: "groups", type: .integer),
                Field(name: "level", type: .integer),
            ])
        case .batches:
            Schema([
                Field(name: "table_name", type: .text), Field(name: "batch_id", type: .text),
                Field(name: "rows", type: .bigint), Field(name: "loaded_at", type: .timestamptz),
            ])
        case .metrics:
            Schema([
                Field(name: "name", type: .text), Field(name: "expression", type: .text),
                Field(name: "relation", type: .text), Field(name: "format", type: .text),
                Field(name: "unit", type: .text), Field(name: "better", type: .text),
                Field(name: "additivity", type: .text), Field(name: "comment", type: .text),
                Field(name: "is_built_in", type: .boolean),
            ])
        }
    }
}

extension Binder {
    /// A system relation of that name; a table or view of the user's comes before it.
    func bindSystemRelation(
        _ name: String, _ alias: TableAlias?, _ range: SourceRange
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation])? {
        guard let system = SystemRelation(rawValue: name) else { return nil }
        let columns = system.schema.fields.map { newColumn($0.name, $0.type) }
        let function = BoundTableFunction(schema: system.schema) { _, _ throws(DemetraError) in
            throw DemetraError(.internalError, "\"\(name)\" is made by the engine")
        }
        let plan = LogicalPlan.tableFunction(
            TableFunctionPlan(name: name, function: function, inputs: [], columns: columns))
        return (
            BoundQuery(plan: plan, correlated: []), [try relation(columns, alias, name, range)]
        )
    }
}
