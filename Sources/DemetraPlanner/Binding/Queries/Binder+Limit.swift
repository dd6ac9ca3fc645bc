import DemetraFunctions
import DemetraSQL
import DemetraTypes

// LIMIT and OFFSET.

extension Binder {
    /// A row count of LIMIT or OFFSET.
    private struct RowCount {
        var value: BoundExpression?
        var subqueries: [PendingSubquery] = []
    }

    /// The plan with LIMIT and OFFSET; `keys` are the sort keys that WITH TIES compares.
    func limited(
        _ plan: LogicalPlan, _ query: Query, _ keys: [PlanSortKey]
    ) throws(DemetraError) -> LogicalPlan {
        guard query.limit != nil || query.offset != nil else { return plan }
        let limit = try count(query.limit, "LIMIT")
        let offset = try count(query.offset, "OFFSET")
        let subqueries = limit.subqueries + offset.subqueries
        guard subqueries.isEmpty else {
            return try numbered(plan, limit.value, offset.value, subqueries)
        }
        return .limit(
            LimitPlan(
                input: plan, limit: limit.value, offset: offset.value,
                ties: query.withTies ? keys : nil))
    }

    private func count(
        _ expression: Expression?, _ clause: String
    ) throws(DemetraError) -> RowCount {
        guard let expression else { return RowCount() }
        let context = ExpressionContext(scope: Scope(parent: nil), clause: clause)
        let bound = try bind(expression, context)
        if case .literal(.null) = bound.node { return RowCount() }
        return RowCount(
            value: try coerce(bound, to: .bigint, .assignment), subqueries: context.subqueries)
    }

    /// A count that a subquery gives is known only when the query runs: the rows are numbered and compared
    /// with it.
    private func numbered(
        _ plan: LogicalPlan, _ limit: BoundExpression?, _ offset: BoundExpression?,
        _ subqueries: [PendingSubquery]
    ) throws(DemetraError) -> LogicalPlan {
        guard let function = functions.windows["row_number"] else {
            throw DemetraError(.internalError, "row_number is not registered")
        }
        let number = newColumn("", .bigint)
        let window = WindowPlan(
            input: joining(plan, subqueries),
            calls: [
                WindowCall(
                    column: number, function: .window(function), arguments: [], filter: nil,
                    partitionBy: [], orderBy: [],
                    frame: PlanFrame(unit: .range, start: .unboundedPreceding, end: .currentRow))
            ])
        let position = BoundExpression(.column(number.id), type: .bigint)
        let zero = BoundExpression(.literal(.integer(0)), type: .bigint)
        let skipped = offset.map { BoundExpression(.coalesce([$0, zero]), type: .bigint) } ?? zero
        var conditions = [try compare(.greater, position, skipped, .none)]
        if let limit {
            let last = BoundExpression(.arithmetic(.add, skipped, limit), type: .bigint)
            let isOpen = BoundExpression(.isNull(limit), type: .boolean)
            conditions.append(
                connected(
                    [isOpen, try compare(.lessOrEqual, position, last, .none)], isAnd: false, .none)
            )
        }
        let kept = LogicalPlan.filter(
            .window(window), connected(conditions, isAnd: true, .none))
        return .project(
            kept,
            plan.columns.map {
                ProjectedColumn(
                    column: $0, expression: BoundExpression(.column($0.id), type: $0.type))
            })
    }
}
