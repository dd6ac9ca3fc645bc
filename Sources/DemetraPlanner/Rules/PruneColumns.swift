import DemetraTypes

/// Leaves out columns that nothing above needs: scans then read less.
struct PruneColumns {
    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        prune(plan, keeping: Set(plan.columns.map(\.id)))
    }

    private func used(_ plan: LogicalPlan) -> Set<ColumnIdentifier> {
        plan.expressions.reduce(into: []) { $0.formUnion($1.usedColumns) }
    }

    private func prune(
        _ plan: LogicalPlan, keeping needed: Set<ColumnIdentifier>
    ) -> LogicalPlan {
        switch plan {
        case .scan(var scan):
            let all = needed.union(
                scan.predicates.reduce(into: Set()) { $0.formUnion($1.usedColumns) })
            scan.columns = scan.columns.filter { all.contains($0.column.id) }
            return .scan(scan)
        case .changes(var scan):
            scan.columns = scan.columns.filter { needed.contains($0.column.id) }
            return .changes(scan)
        case .project(let input, let columns):
            let kept = columns.filter { needed.contains($0.column.id) }
            let below = kept.reduce(into: Set<ColumnIdentifier>()) {
                $0.formUnion($1.expression.usedColumns)
            }
            return .project(prune(input, keeping: below), kept)
        case .aggregate(var aggregation):
            aggregation.calls = aggregation.calls.filter { needed.contains($0.column.id) }
            let below = used(.aggregate(aggregation))
            aggregation.input = prune(aggregation.input, keeping: below)
            return .aggregate(aggregation)
        case .join(var join):
            let all = needed.union(used(plan))
            join.left = prune(join.left, keeping: all)
            join.right = prune(join.right, keeping: all)
            return .join(join)
        case .apply(var apply):
            let all = needed.union(used(plan)).union(apply.correlated.map(\.id))
            apply.left = prune(apply.left, keeping: all)
            apply.right = prune(apply.right, keeping: all)
            return .apply(apply)
        case .gapFill(var plan):
            // The keys decide which rows there are, whether anyone reads them or not.
            let keys = Set((plan.series + [plan.bucket]).map(\.id))
            plan.input = prune(
                plan.input, keeping: needed.union(keys).union(used(.gapFill(plan))))
            return .gapFill(plan)
        case .filter, .sort, .window, .limit, .expand:
            let all = needed.union(used(plan))
            return plan.mappingInputs { prune($0, keeping: all) }
        case .distinct(let input, let keys):
            // Without keys every column is part of what makes a row distinct.
            let all = keys == nil ? Set(input.columns.map(\.id)) : needed.union(used(plan))
            return .distinct(prune(input, keeping: all), on: keys)
        case .with(let id, let definition, let body):
            return .with(
                id: id, definition: apply(definition), body: prune(body, keeping: needed))
        case .oneRow, .empty, .values, .commonTable: return plan
        default: return plan.mappingInputs { apply($0) }
        }
    }
}
