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
        try bindTables(query.with, isRecursive: query.isRecursive, outer) { name in
            query.countUses(of: name)
        } define: { id, plan in
            result.append((id, plan))
        }
        return result
    }

    /// Adds common tables to those in reach; `define` gets those that are computed once, in their order.
    private func bindTables(
        _ tables: [CommonTableExpression], isRecursive: Bool, _ outer: Scope?,
        uses: (String) -> Int, define: (Int, LogicalPlan) -> Void
    ) throws(DemetraError) {
        let stages = takeStages()
        func note(_ id: Int, _ plan: LogicalPlan) {
            if let stages { stages.append(.rows(id: id, plan)) } else { define(id, plan) }
        }
        var names: Set<String> = []
        for table in tables {
            guard names.insert(table.name.name).inserted else {
                throw DemetraError(
                    .duplicateAlias,
                    "WITH query name \"\(table.name.name)\" specified more than once"
                ).at(table.name.range)
            }
            guard let query = table.query else {
                try bindChange(table, isRecursive: isRecursive, stages)
                continue
            }
            if isRecursive, let recursive = try bindRecursive(table, query, outer) {
                note(recursive.id, recursive.plan)
                continue
            }
            let deepestBefore = deepest
            deepest = depth
            // Bound once in any case, so that its errors show even when nobody reads it.
            let bound = try bindQuery(query, outer: outer).typed(self)
            let isDeep = deepest - depth > Self.deepestInlined
            deepest = max(deepest, deepestBefore)
            let isOften =
                table.materialized ?? (stages != nil || uses(table.name.name) > 1 || isDeep)
            if bound.correlated.isEmpty, isOften {
                let id = newTableNumber()
                note(id, bound.plan)
                commonTables.append(
                    CommonTableEntry(
                        name: table.name.name, columnNames: table.columns,
                        content: .materialized(id: id, columns: bound.plan.columns)))
            } else {
                commonTables.append(
                    CommonTableEntry(
                        name: table.name.name, columnNames: table.columns,
                        content: .inlined(query, visible: commonTables.count, outer: outer)))
            }
        }
    }

    /// `base UNION [ALL] step`, where the step names the table itself.
    private func bindRecursive(
        _ table: CommonTableExpression, _ query: Query, _ outer: Scope?
    ) throws(DemetraError) -> (id: Int, plan: LogicalPlan)? {
        guard case .setOperation(.union, let all, let base, let step) = query.body,
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

    // MARK: Statements that change rows

    /// A query whose WITH changes rows.
    func bindStaged(_ query: Query) throws(DemetraError) -> BoundStatement {
        try staged { () throws(DemetraError) in .query(try bindQuery(query, outer: nil).plan) }
    }

    /// WITH ... INSERT, UPDATE, DELETE or MERGE.
    func bindStaged(
        _ with: WithClause, _ statement: Statement
    ) throws(DemetraError) -> BoundStatement {
        let saved = commonTables
        defer { commonTables = saved }
        return try staged { () throws(DemetraError) in
            // How often the statement reads a table is not counted: each is computed once.
            try bindTables(with.tables, isRecursive: with.isRecursive, nil) { _ in
                2
            } define: {
                _, _ in
            }
            return try bind(statement)
        }
    }

    private func staged(
        _ main: () throws(DemetraError) -> BoundStatement
    ) throws(DemetraError) -> BoundStatement {
        let list = StageList()
        nextStages = list
        defer { nextStages = nil }
        let statement = try main()
        return .staged(list.stages, statement)
    }

    /// Only the WITH of the statement itself may change rows; those inside of it find no stages.
    private func takeStages() -> StageList? {
        defer { nextStages = nil }
        return nextStages
    }

    private func bindChange(
        _ table: CommonTableExpression, isRecursive: Bool, _ stages: StageList?
    ) throws(DemetraError) {
        guard case .change(let change) = table.content else { return }
        guard let stages else {
            throw DemetraError(
                .featureNotSupported,
                "WITH clause containing a data-modifying statement must be at the top level",
                hint: "Put it in front of the whole statement."
            ).at(table.name.range)
        }
        let statement = try bind(change)
        let id = newTableNumber()
        stages.append(.change(id: id, statement))
        // What RETURNING gives is text where nothing else says what it is.
        let columns = statement.returning.map {
            newColumn($0.column.name, $0.column.type == .unknown ? .text : $0.column.type)
        }
        commonTables.append(
            CommonTableEntry(
                name: table.name.name, columnNames: table.columns,
                content: columns.isEmpty ? .nothing : .materialized(id: id, columns: columns)))
    }
}

/// Stages of the statement that is being bound.
// Owned by the binder.
final class StageList {
    private(set) var stages: [BoundStage] = []

    func append(_ stage: BoundStage) { stages.append(stage) }
}
