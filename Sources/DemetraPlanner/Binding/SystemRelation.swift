import DemetraCatalog
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

    /// The names of these and of the relations that binders make, for completion.
    package static var names: [String] {
        allCases.map(\.rawValue) + [CommentRows.name, FunctionRows.name]
    }

    /// The names of the relations of `pg_catalog`.
    package static var catalogNames: [String] { SystemTable.all.map(\.name).sorted() }

    /// The names of the relations of `information_schema`.
    package static var informationNames: [String] {
        InformationRelation.allCases.map(\.rawValue).sorted()
    }

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
    /// A relation that the engine makes, by its name; a table or view of the user's comes before it.
    func bindSystemRelation(
        _ name: ObjectName, _ alias: TableAlias?
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation])? {
        let schema = try schemaName(name)
        let last = name.last.name
        if schema == InformationRelation.schemaName
            || (schema == nil && path.schemas.contains(InformationRelation.schemaName)),
            let information = InformationRelation(rawValue: last)
        {
            let full = InformationRelation.schemaName + "." + last
            return try systemRelation(
                full, catalogRows(of: full, information.schema), alias, name.range)
        }
        let isNamed = schema == nil || schema == RelationName.publicSchema || schema == "pg_catalog"
        if isNamed, last == CommentRows.name {
            return try systemRelation(
                last,
                BoundTableFunction(CommentRows.schema, rows: CommentRows(binder: self).rows),
                alias, name.range)
        }
        if isNamed, last == FunctionRows.name {
            return try systemRelation(
                last,
                BoundTableFunction(
                    FunctionRows.schema, rows: FunctionRows(functions: functions).rows),
                alias, name.range)
        }
        if isNamed, let table = SystemTable.named(last) {
            return try systemRelation(
                "pg_catalog." + last, catalogRows(of: last, table.schema), alias, name.range)
        }
        guard isNamed, let system = SystemRelation(rawValue: last) else { return nil }
        let function = BoundTableFunction(schema: system.schema) { _, _ throws(DemetraError) in
            throw DemetraError(.internalError, "\"\(last)\" is made by the engine")
        }
        return try systemRelation(last, function, alias, name.range)
    }

    /// The rows of a relation as the session's directory has them when the statement runs.
    private func catalogRows(of name: String, _ schema: Schema) -> BoundTableFunction {
        BoundTableFunction(schema: schema) { (_, context) throws(DemetraError) in
            guard let directory = context.directory else {
                throw DemetraError(
                    .objectNotInPrerequisiteState, "there is no catalog to read here",
                    hint: "\(name) belongs to a session.")
            }
            return try directory.batches(of: name)
        }
    }

    private func systemRelation(
        _ name: String, _ function: BoundTableFunction, _ alias: TableAlias?, _ range: SourceRange
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        let columns = function.schema.fields.map { newColumn($0.name, $0.type) }
        let plan = LogicalPlan.tableFunction(
            TableFunctionPlan(name: name, function: function, inputs: [], columns: columns))
        let parts = name.split(separator: ".").map { String($0) }
        var named = try relation(columns, alias, parts.last ?? name, range)
        if alias == nil, parts.count > 1 { named.schema = parts[0] }
        return (BoundQuery(plan: plan, correlated: []), [named])
    }
}
