import DemetraSQL
import DemetraTypes

// VALUES.

extension Binder {
    /// One row of VALUES, and the subqueries its expressions use.
    struct ValuesRow {
        var values: [BoundExpression]
        var subqueries: [PendingSubquery]
    }

    func bindValues(
        _ rows: [[Expression]], _ range: SourceRange, _ query: Query, _ outer: Scope?
    ) throws(DemetraError) -> BoundQuery {
        let scope = Scope(parent: outer)
        var bound = try bindRows(rows, scope)
        var types: [LogicalType] = []
        for column in bound[0].values.indices {
            let given = bound.map { $0.values[column].type }
            guard let type = TypeCoercion.common(given) else {
                let known = given.filter { $0 != .unknown }
                let other = known.first { TypeCoercion.common([known[0], $0]) == nil } ?? known[0]
                throw DemetraError(
                    .datatypeMismatch, "VALUES types \(known[0]) and \(other) cannot be matched"
                ).at(range)
            }
            types.append(type)
        }
        for index in bound.indices {
            for (column, type) in types.enumerated() {
                bound[index].values[column] = try coerce(bound[index].values[column], to: type)
            }
        }
        let columns = types.enumerated().map { newColumn("column\($0 + 1)", $1) }
        let ordered = try orderedByOutput(valuesPlan(columns, bound), query)
        return BoundQuery(
            plan: try limited(ordered.plan, query, ordered.keys), correlated: scope.correlated)
    }

    /// The rows of VALUES, not yet of one type.
    private func bindRows(
        _ rows: [[Expression]], _ scope: Scope
    ) throws(DemetraError) -> [ValuesRow] {
        var result: [ValuesRow] = []
        for row in rows {
            guard row.count == rows[0].count else {
                throw DemetraError(
                    .syntaxError, "VALUES lists must all be the same length"
                ).at(row.first?.range ?? .none)
            }
            let context = ExpressionContext(scope: scope, clause: "VALUES")
            let values = try bind(row, context)
            result.append(ValuesRow(values: values, subqueries: context.subqueries))
        }
        return result
    }

    /// Rows of one type a column; a row with subqueries is a query of its own.
    func valuesPlan(_ columns: [PlanColumn], _ rows: [ValuesRow]) -> LogicalPlan {
        if rows.allSatisfy(\.subqueries.isEmpty) {
            return .values(columns, rows: rows.map(\.values))
        }
        let parts = rows.map { row in
            LogicalPlan.project(
                joining(.oneRow, row.subqueries),
                zip(columns, row.values).map { column, value in
                    ProjectedColumn(column: newColumn(column.name, column.type), expression: value)
                })
        }
        var result = parts[0]
        for (index, part) in parts.enumerated().dropFirst() {
            let isLast = index == parts.count - 1
            result = .setOperation(
                SetOperationPlan(
                    kind: .union, all: true, left: result, right: part,
                    columns: isLast ? columns : columns.map { newColumn($0.name, $0.type) }))
        }
        guard parts.count == 1 else { return result }
        return .project(
            result,
            zip(columns, result.columns).map { column, source in
                ProjectedColumn(
                    column: column,
                    expression: BoundExpression(.column(source.id), type: source.type))
            })
    }
}
