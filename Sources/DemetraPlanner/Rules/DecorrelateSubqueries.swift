import DemetraTypes

/// Turns applies into joins where the inner plan meets the outer row only in equalities and filters, and
/// marks that a filter asks for into semi and anti joins.
///
/// - Source: Galindo-Legaria and Joshi, "Orthogonal Optimization of Subqueries and Aggregation", 2001.
struct DecorrelateSubqueries {
    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let inner = plan.mappingInputs { apply($0) }
        switch inner {
        case .apply(let apply): return decorrelated(apply) ?? inner
        case .filter(let input, let predicate): return semiJoins(input, predicate)
        default: return inner
        }
    }

    // MARK: Apply to join

    /// EXISTS: the inner filter's conditions become the join's.
    private func decorrelated(_ apply: ApplyPlan) -> LogicalPlan? {
        switch apply.kind {
        case .mark(_, let isNullAware) where !isNullAware: break
        case .semi, .anti: break
        default: return nil
        }
        guard apply.keys.isEmpty else { return nil }
        var conditions: [BoundExpression] = []
        guard let right = lifted(apply.right, &conditions), !right.hasOuterColumns else {
            return nil
        }
        let columns = Set(apply.left.columns.map(\.id))
        var isOwn = true
        let inner = conditions.map { condition in
            condition.rewritten { part -> BoundExpression? in
                guard case .outerColumn(let id) = part.node else { return nil }
                if !columns.contains(id) { isOwn = false }
                return BoundExpression(.column(id), type: part.type, range: part.range)
            }
        }
        guard isOwn else { return nil }
        return .join(
            JoinPlan(
                kind: apply.kind, left: apply.left, right: right,
                condition: BoundExpression.conjunction(inner)))
    }

    /// The plan without the filters that use outer columns, which are added to `conditions`.
    private func lifted(
        _ plan: LogicalPlan, _ conditions: inout [BoundExpression]
    ) -> LogicalPlan? {
        switch plan {
        case .filter(let input, let predicate):
            guard let inner = lifted(input, &conditions) else { return nil }
            let own = predicate.conjuncts.filter { !$0.hasOuter }
            conditions += predicate.conjuncts.filter(\.hasOuter)
            return BoundExpression.conjunction(own).map { .filter(inner, $0) } ?? inner
        case .project(let input, let columns):
            // EXISTS does not look at what is selected, so the columns below can all be kept.
            guard columns.allSatisfy({ !$0.expression.hasOuter && !$0.expression.isVolatile })
            else {
                return nil
            }
            return lifted(input, &conditions)
        case .scan, .values, .commonTable, .tableFunction, .changes: return plan
        case .join(let join) where join.kind == .inner && join.condition?.hasOuter != true:
            return plan
        default: return plan.hasOuterColumns ? nil : plan
        }
    }

    // MARK: Mark to semi join

    private func semiJoins(_ input: LogicalPlan, _ predicate: BoundExpression) -> LogicalPlan {
        var plan = input
        var rest: [BoundExpression] = []
        for condition in predicate.conjuncts {
            if let reduced = reduced(plan, condition) {
                plan = reduced
            } else {
                rest.append(condition)
            }
        }
        guard let condition = BoundExpression.conjunction(rest) else { return plan }
        return .filter(plan, condition)
    }

    /// The plan as a semi or anti join when the condition is its mark and nothing else needs it.
    private func reduced(_ plan: LogicalPlan, _ condition: BoundExpression) -> LogicalPlan? {
        var (id, isNegated): (ColumnIdentifier?, Bool) = (nil, false)
        switch condition.node {
        case .column(let column): id = column
        case .not(let inner):
            if case .column(let column) = inner.node { (id, isNegated) = (column, true) }
        default: return nil
        }
        guard let id, case .join(var join) = plan,
            case .mark(let mark, let isNullAware) = join.kind,
            mark.id == id
        else { return nil }
        if isNegated {
            join.kind = isNullAware ? .nullAwareAnti : .anti
        } else {
            join.kind = .semi
        }
        return .join(join)
    }
}
