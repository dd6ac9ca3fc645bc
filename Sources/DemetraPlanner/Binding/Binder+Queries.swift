import DemetraSQL
import DemetraTypes

// Queries as a whole: WITH, set operations, VALUES, ORDER BY and LIMIT.

extension Binder {
    /// Resolves a query; `outer` is the scope of the query around it.
    func bindQuery(_ query: Query, outer: Scope?) throws(DemetraError) -> BoundQuery {
        depth += 1
        defer { depth -= 1 }
        guard depth < 400 else {
            throw DemetraError(.statementTooComplex, "queries nest too deep").at(query.range)
        }
        let savedTables = commonTables
        defer { commonTables = savedTables }
        let definitions = try bindWith(query, outer)
        var bound: BoundQuery
        switch query.body {
        case .select(let core): bound = try bindSelect(core, query, outer)
        case .values(let rows, let range): bound = try bindValues(rows, range, query, outer)
        case .setOperation(let operation, let all, let left, let right):
            bound = try bindSetOperation(operation, all, left, right, query, outer)
        case .table(let name):
            var core = SelectCore(range: query.range)
            core.items = [.star(qualifier: nil, exclude: [], replace: [], range: name.range)]
            core.from = [.table(name, alias: nil)]
            bound = try bindSelect(core, query, outer)
        }
        for definition in definitions.reversed() {
            bound.plan = .with(id: definition.id, definition: definition.plan, body: bound.plan)
        }
        return bound
    }

    // MARK: WITH

    /// Adds common tables to those in reach; gives those that are computed once.
    private func bindWith(
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
            // Bound once in any case, so that its errors show even when nobody reads it.
            let bound = try bindQuery(table.query, outer: outer).typed(self)
            if bound.correlated.isEmpty, table.materialized ?? (uses > 1) {
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

    /// The plan with its columns cast to these types.
    func casting(
        _ plan: LogicalPlan, to types: [LogicalType]
    ) throws(DemetraError) -> LogicalPlan {
        let columns = plan.columns
        if columns.map(\.type) == types { return plan }
        var projected: [ProjectedColumn] = []
        for (column, type) in zip(columns, types) {
            let value = BoundExpression(.column(column.id), type: column.type)
            projected.append(
                ProjectedColumn(
                    column: newColumn(column.name, type),
                    expression: try coerceColumn(value, plan, column, to: type)))
        }
        return .project(plan, projected)
    }

    /// A column cast to a type; one that is a literal everywhere keeps being read as a literal.
    private func coerceColumn(
        _ value: BoundExpression, _ plan: LogicalPlan, _ column: PlanColumn, to type: LogicalType
    ) throws(DemetraError) -> BoundExpression {
        if column.type == .unknown, case .project(_, let columns) = plan,
            let source = columns.first(where: { $0.column.id == column.id })?.expression,
            case .literal = source.node
        {
            return try coerce(source, to: type)
        }
        return try coerce(value, to: type)
    }

    // MARK: Set operations

    private func bindSetOperation(
        _ operation: SetOperator, _ all: Bool, _ left: Query, _ right: Query, _ query: Query,
        _ outer: Scope?
    ) throws(DemetraError) -> BoundQuery {
        let a = try bindQuery(left, outer: outer)
        let b = try bindQuery(right, outer: outer)
        let name =
            switch operation {
            case .union: "UNION"
            case .intersect: "INTERSECT"
            case .except: "EXCEPT"
            }
        guard a.plan.columns.count == b.plan.columns.count else {
            throw DemetraError(
                .syntaxError, "each \(name) query must have the same number of columns"
            ).at(right.range)
        }
        var types: [LogicalType] = []
        for (x, y) in zip(a.plan.columns, b.plan.columns) {
            guard let type = TypeCoercion.common([x.type, y.type]) else {
                throw DemetraError(
                    .datatypeMismatch, "\(name) types \(x.type) and \(y.type) cannot be matched"
                ).at(right.range)
            }
            types.append(type)
        }
        let columns = zip(a.plan.columns, types).map { newColumn($0.name, $1) }
        let kind: SetOperationPlan.Kind =
            switch operation {
            case .union: .union
            case .intersect: .intersect
            case .except: .except
            }
        let plan = LogicalPlan.setOperation(
            SetOperationPlan(
                kind: kind, all: all, left: try casting(a.plan, to: types),
                right: try casting(b.plan, to: types), columns: columns))
        let ordered = try orderedByOutput(plan, query)
        return BoundQuery(
            plan: try limited(ordered.plan, query, ordered.keys),
            correlated: a.correlated + b.correlated)
    }

    /// ORDER BY over the columns given out: of set operations and VALUES.
    func orderedByOutput(
        _ plan: LogicalPlan, _ query: Query
    ) throws(DemetraError) -> (plan: LogicalPlan, keys: [PlanSortKey]) {
        guard !query.orderBy.isEmpty else { return (plan, []) }
        let columns = plan.columns
        var keys: [PlanSortKey] = []
        for item in query.orderBy {
            let expression: BoundExpression
            if let position = try ordinal(item.expression, columns.count) {
                let column = columns[position]
                expression = BoundExpression(
                    .column(column.id), type: column.type, range: item.expression.range)
            } else {
                let scope = Scope(parent: nil)
                scope.relations = [
                    ScopeRelation(
                        name: nil, columns: columns.map { ScopeColumn(name: $0.name, column: $0) })
                ]
                let context = ExpressionContext(scope: scope, clause: "ORDER BY")
                expression = try bind(item.expression, context)
                guard context.subqueries.isEmpty else {
                    throw DemetraError(
                        .featureNotSupported, "ORDER BY of a set operation takes its columns only",
                        hint: "Put the set operation into FROM and order around it."
                    ).at(item.expression.range)
                }
            }
            keys.append(
                PlanSortKey(
                    expression: expression, descending: item.descending,
                    nullsFirst: item.nullsFirst ?? item.descending))
        }
        return (.sort(plan, keys), keys)
    }

    /// The position an integer in ORDER BY or GROUP BY stands for.
    ///
    /// - Throws: 42P10 when there is no such column.
    func ordinal(_ expression: Expression, _ count: Int) throws(DemetraError) -> Int? {
        guard case .number(let text) = expression.node, let number = Int(text) else { return nil }
        guard number >= 1, number <= count else {
            throw DemetraError(
                .invalidColumnReference, "position \(number) is not in select list"
            ).at(expression.range)
        }
        return number - 1
    }
}
