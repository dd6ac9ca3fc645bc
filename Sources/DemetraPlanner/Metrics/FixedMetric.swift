import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// Guards a metric that must not be added up over some columns: reach over days.
///
/// Beside the value its least and greatest value of each such column are computed; a group, or window, that holds
/// more than one is refused. What a query may ask so follows from its rows: one day is one day, whether it was
/// grouped by or picked in WHERE.
struct FixedMetric {
    let binder: Binder
    let choice: MetricRelation.Choice
    let reference: MetricReference

    private var definition: MetricDefinition { choice.definition }
    private var isFixed: Bool { definition.isFixedInTime || !definition.fixedColumns.isEmpty }

    /// The value, or an error when the rows of it have several values of a fixed column.
    func guarded(
        _ value: BoundExpression, _ inner: ExpressionContext, _ outer: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard isFixed else { return value }
        let names = try columns()
        if outer.isInsideSum {
            throw refusal(names.joined(separator: ", "))
        }
        var result = value
        for name in names { result = try guarded(result, by: name, inner) }
        return result
    }

    private func guarded(
        _ value: BoundExpression, by name: String, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let column = Expression(.column([Identifier(name)]))
        func aggregate(_ function: String, _ isStar: Bool = false) throws(DemetraError)
            -> BoundExpression
        {
            var call = FunctionCall(
                name: ObjectName([Identifier(function)]),
                arguments: isStar ? [] : [FunctionArgument(value: .expression(column))])
            call.isStar = isStar
            return try binder.bind(Expression(.call(call)), context)
        }
        let arguments = [
            value, try aggregate("min"), try aggregate("max"), try aggregate("count"),
            try aggregate("count", true),
        ]
        return BoundExpression(
            .call(
                ScalarFunction.oneValueGuard(
                    "fixed_\(definition.name)_\(name)", refusal: refusal(name)), arguments),
            type: value.type, range: reference.range)
    }

    /// The columns that must be fixed, by name.
    ///
    /// - Throws: 42703 when the relation has none of that name, 42P16 when it has no time column.
    func columns() throws(DemetraError) -> [String] {
        var names = definition.fixedColumns
        if definition.isFixedInTime {
            let time = try timeColumn()
            if !names.contains(time) { names.insert(time, at: 0) }
        }
        return names
    }

    private func timeColumn() throws(DemetraError) -> String {
        if let name = choice.scope.timeColumnName { return name }
        throw DemetraError(
            .invalidTableDefinition,
            "metric \"\(definition.name)\" cannot be added up over time, but no column is known to be the time",
            hint: "Define it with NON ADDITIVE OVER (column), or compute it from the table itself."
        ).at(reference.range)
    }

    private func refusal(_ column: String) -> DemetraError {
        let name = definition.name
        return DemetraError(
            .groupingError,
            "metric \"\(name)\" cannot be added up over different values of \"\(column)\"",
            detail:
                "What is counted once in each of them may be the same in all: a sum would count it again.",
            hint:
                "Group by \"\(column)\", or pick one value of it in WHERE. For several, take max(\(name)) or "
                + "avg(\(name)) over a subquery that groups by \"\(column)\"."
        ).at(reference.range)
    }
}

extension Scope {
    /// The column that says when the rows of the only relation happened: the table's time column, or the only
    /// column of a date or timestamp.
    var timeColumnName: String? {
        guard relations.count == 1, let relation = relations.first else { return nil }
        if let table = relation.table, let position = table.timeColumn,
            relation.columns.indices.contains(position)
        {
            return relation.columns[position].name
        }
        let times = relation.columns.filter { $0.column.type.isDateTime }
        return times.count == 1 ? times[0].name : nil
    }
}
