import DemetraSQL
import DemetraTypes

// Common tables.

extension Binder {
    /// Common tables inside each other that are bound anew where they are read; one that is deeper is computed
    /// once, since a chain of them is bound in the square of its length.
    private static let deepestInlined = 16

    /// Adds common tables to those in reach; gives those that are computed once.
    func bindWith(
        _ query: Query, _ outer: Scope?
    ) throws(DemetraError) -> [(id: Int, plan: LogicalPlan)] {
        var result: [(id: Int, plan: LogicalPlan)] = []
        var names: Set<String> = []
        for table in query.with {
            guard names.insert(table.name.name).inserted else {
                throw DemetraError(
                    .duplicateAlias,
                    "WITH query name \"\(table.name.name)\" specified more than once"
                ).at(table.name.range)
            }
            if query.isRecursive, let recursive = try bindRecursive(table, outer) {
                result.append(recursive)
                continue
            }
            let uses = query.countUses(of: table.name.name)
            let deepestBefore = deepest
            deepest = depth
            // Bound once in any case, so that its errors show even when nobody reads it.
            let bound = try bindQuery(table.query, outer: outer).typed(self)
            let isDeep = deepest - depth > Self.deepestInlined
            deepest = max(deepest, deepestBefore)
            if bound.correlated.isEmpty, table.materialized ?? (uses > 1 || isDeep) {
                let id = newTableNumber()
                result.append((id, bound.plan))
                commonTables.append(
                    CommonTableEntry(
                        name: table.name.name, columnNames: table.columns,
                        content: .materialized(id: id, columns: bound.plan.columns)))
            } else {
                commonTables.append(
                    CommonTableEntry(
                        name: table.name.name, columnNames: table.columns,
                        content: .inlined(
                            table.query, visible: commonTables.count, outer: outer)))
            }
        }
        return result
    }

    /// `base UNION [ALL] step`, where the step names the table itself.
    private func bindRecursive(
        _ table: CommonTableExpression, _ outer: Scope?
    ) throws(DemetraError) -> (id: Int, plan: LogicalPlan)? {
        guard case .setOperation(.union, let all, let base, let step) = table.query.body,
            step.countUses(of: table.name.name) > 0
        else { return nil }
        let first = try bindQuery(base, outer: nil).typed(self)
        let id = newTableNumber()
        let resultID = newTableNumber()
        let columns = first.plan.columns.map { column in
            newColumn(column.name, column.type == .unknown ? .text : column.type)
        }
        let saved = commonTables
        commonTables.append(
            CommonTableEntry(
                name: table.name.name, columnNames: table.columns,
                content: .materialized(id: id, columns: columns)))
        let second = try bindQuery(step, outer: nil)
        commonTables = saved
        guard second.plan.columns.count == columns.count else {
            throw DemetraError(
                .syntaxError, "each UNION query must have the same number of columns"
            ).at(step.range)
        }
        let types = columns.map(\.type)
        let plan = LogicalPlan.recursive(
            id: id, base: try casting(first.plan, to: types),
            step: try casting(second.plan, to: types), columns: columns, all: all)
        commonTables.append(
            CommonTableEntry(
                name: table.name.name, columnNames: table.columns,
                content: .materialized(id: resultID, columns: columns)))
        return (resultID, plan)
    }
}
