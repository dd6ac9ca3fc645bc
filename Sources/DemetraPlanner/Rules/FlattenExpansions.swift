import DemetraTypes

/// Turns an apply over nothing but set-returning functions into an expansion of the outer rows: functions in
/// FROM that look at earlier tables then work on whole batches.
///
///     Inner apply                       Expand unnest(t.tags)
///       Scan t                    ->      Scan t
///       Expand unnest(outer.tags)
///         One row
struct FlattenExpansions {
    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let inner = plan.mappingInputs { apply($0) }
        if case .apply(let apply) = inner { return flattened(apply) ?? inner }
        return inner
    }

    private func flattened(_ apply: ApplyPlan) -> LogicalPlan? {
        guard apply.kind == .inner || apply.kind == .left, apply.keys.isEmpty else { return nil }
        let outer = Set(apply.left.columns.map(\.id))
        func own(_ expression: BoundExpression) -> BoundExpression {
            expression.rewritten { part in
                guard case .outerColumn(let id) = part.node, outer.contains(id) else { return nil }
                return BoundExpression(.column(id), type: part.type, range: part.range)
            }
        }
        switch apply.right {
        case .expand(var expand):
            guard case .oneRow = expand.input else { return nil }
            for index in expand.calls.indices {
                expand.calls[index].arguments = expand.calls[index].arguments.map(own)
            }
            expand.input = apply.left
            expand.keepsEmpty = apply.kind == .left
            return .expand(expand)
        case .filter(let input, let condition):
            var without = apply
            without.right = input
            if case .literal(.boolean(true)) = condition.node { return flattened(without) }
            // What a left join keeps depends on its condition; an inner join filters behind as well.
            guard apply.kind == .inner else { return nil }
            return flattened(without).map { .filter($0, own(condition)) }
        default: return nil
        }
    }
}
