import DemetraSQL
import DemetraTypes

/// LATEST BY: of the rows with equal keys only the one with the greatest time.
///
/// It acts behind WHERE and before GROUP BY. A row without a time is taken only where its key has no other; of
/// several with the greatest time one is taken.
struct LatestRows {
    let binder: Binder
    let scope: Scope

    func rows(
        of plan: LogicalPlan, _ clause: LatestClause
    ) throws(DemetraError) -> LogicalPlan {
        let context = ExpressionContext(scope: scope, clause: "LATEST BY")
        var keys: [BoundExpression] = []
        for key in clause.keys {
            if case .number = key.node {
                throw DemetraError(
                    .invalidColumnReference, "LATEST BY cannot take a position",
                    hint: "Write the column or expression itself."
                ).at(key.range)
            }
            keys.append(try binder.bind(key, context))
        }
        let column: Expression
        if let given = clause.time {
            column = given
        } else {
            column = try timeColumn(clause)
        }
        let time = try binder.bind(column, context)
        let newest = PlanSortKey(expression: time, descending: true, nullsFirst: false)
        return .distinct(.sort(binder.joining(plan, context.subqueries), [newest]), on: keys)
    }

    /// The time column of the only relation that has one.
    private func timeColumn(_ clause: LatestClause) throws(DemetraError) -> Expression {
        if let column = TimeColumn.only(in: scope.relations) { return column }
        throw DemetraError(
            .undefinedColumn, "LATEST BY finds no time column, or several",
            hint: "Say what is the time: LATEST BY channel ON ts."
        ).at(clause.range)
    }
}
