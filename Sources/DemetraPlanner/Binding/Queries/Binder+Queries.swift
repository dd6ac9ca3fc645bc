import DemetraSQL
import DemetraTypes

// Queries as a whole: their body, ORDER BY and LIMIT.

extension Binder {
    /// Resolves a query; `outer` is the scope of the query around it.
    func bindQuery(_ query: Query, outer: Scope?) throws(DemetraError) -> BoundQuery {
        depth += 1
        defer { depth -= 1 }
        deepest = max(deepest, depth)
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

    /// A column cast to a type; one that is a literal or a parameter everywhere keeps being read as such.
    private func coerceColumn(
        _ value: BoundExpression, _ plan: LogicalPlan, _ column: PlanColumn, to type: LogicalType
    ) throws(DemetraError) -> BoundExpression {
        guard column.type == .unknown, case .project(_, let columns) = plan,
            let source = columns.first(where: { $0.column.id == column.id })?.expression
        else { return try coerce(value, to: type) }
        switch source.node {
        case .literal, .parameter: return try coerce(source, to: type)
        default: return try coerce(value, to: type)
        }
    }

    /// ORDER BY over the columns given out: of set operations and VALUES.
    func orderedByOutput(
        _ plan: LogicalPlan, _ query: Query
    ) throws(DemetraError) -> (plan: LogicalPlan, keys: [PlanSortKey]) {
        guard query.isOrdered else { return (plan, []) }
        let columns = plan.columns
        var keys: [PlanSortKey] = []
        for item in query.orderItems(columnCount: columns.count) {
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

extension Query {
    /// The items of ORDER BY; those of ORDER BY ALL are the positions of all columns.
    func orderItems(columnCount: Int) -> [OrderItem] {
        guard let all = orderAll else { return orderBy }
        return (0..<columnCount).map { position in
            OrderItem(
                expression: Expression(.number(String(position + 1)), range: all.range),
                descending: all.descending, nullsFirst: all.nullsFirst)
        }
    }
}
