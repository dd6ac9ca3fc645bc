import DemetraTypes

/// Puts the smaller side of an inner join to the right, where the hash table is built.
struct ChooseBuildSide {
    let statistics: any Statistics

    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let inner = plan.mappingInputs { apply($0) }
        guard case .join(var join) = inner, join.kind == .inner, !join.keys.isEmpty,
            estimate(join.left) < estimate(join.right)
        else { return inner }
        (join.left, join.right) = (join.right, join.left)
        join.keys = join.keys.map {
            JoinKey(
                left: $0.right, right: $0.left, comparison: $0.comparison.swapped,
                nullsMatch: $0.nullsMatch)
        }
        return .join(join)
    }

    /// A rough number of rows.
    private func estimate(_ plan: LogicalPlan) -> Double {
        switch plan {
        case .oneRow: return 1
        case .empty: return 0
        case .scan(let scan):
            let rows = Double(statistics.rowCount(of: scan.table))
            return rows
                * scan.predicates.reduce(1) { share, predicate in
                    if case .comparison(.equal, _, _) = predicate.node { return share * 0.05 }
                    return share * 0.3
                }
        case .values(_, let rows): return Double(rows.count)
        case .filter(let input, _): return estimate(input) * 0.3
        case .aggregate(let aggregation):
            return aggregation.groups.isEmpty ? 1 : max(1, estimate(aggregation.input) * 0.1)
        case .join(let join):
            switch join.kind {
            case .semi, .anti, .nullAwareAnti, .mark, .single, .left, .asof, .asofLeft:
                return estimate(join.left)
            default:
                let (a, b) = (estimate(join.left), estimate(join.right))
                return join.keys.isEmpty ? a * b : max(a, b)
            }
        case .limit(let limit):
            if case .literal(.integer(let count))? = limit.limit?.node {
                return min(Double(count), estimate(limit.input))
            }
            return estimate(limit.input)
        case .setOperation(let operation):
            return estimate(operation.left) + estimate(operation.right)
        case .with(_, _, let body): return estimate(body)
        case .changes(let scan): return Double(statistics.rowCount(of: scan.table))
        case .tableFunction, .commonTable, .recursive: return 1_000
        default: return plan.inputs.first.map { estimate($0) } ?? 1
        }
    }
}
