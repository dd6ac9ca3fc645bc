import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// Keeps joins from multiplying metrics: in each group every row of a metric's relation counts once, however many
/// rows of other relations FROM joins to it.
///
/// Where keys prove that a row is joined to at most one row of each other relation nothing is to be done. Else
/// the relation gets a column that tells its rows apart, and the aggregate takes in each of them once a group.
/// Rows that an outer join made up are of no relation and do not count.
struct MetricGrain {
    let binder: Binder
    /// FROM and WHERE.
    let plan: LogicalPlan

    /// The plan with the columns that the aggregates of metrics need to count rows once; those are changed to do so.
    ///
    /// - Throws: 0A000 when a metric over a window would count a row in several groups of it.
    func counting(
        _ aggregates: AggregateCollector, groups: [ProjectedColumn]
    ) throws(DemetraError) -> LogicalPlan {
        guard !aggregates.owners.isEmpty else { return plan }
        let tree = JoinTree(plan)
        guard tree.leaves.count > 1 else { return plan }
        var names = RowNames(binder: binder, tree: tree)
        for var call in aggregates.calls {
            guard let owner = aggregates.owners[call.column.id] else { continue }
            let leaves = tree.leaves(of: owner.columns)
            guard !leaves.isEmpty else { continue }
            let isMultiplied = !tree.isOnce(leaves)
            let isOptional = leaves.contains { tree.leaves[$0].isOptional }
            guard isMultiplied || isOptional else { continue }
            if isMultiplied, let window = aggregates.windowed[call.column.id] {
                let columns = leaves.reduce(into: Set()) { $0.formUnion(tree.leaves[$1].columns) }
                guard groups.allSatisfy({ $0.expression.usedColumns.isSubset(of: columns) }) else {
                    throw multiplied(window.metric, window.range)
                }
            }
            let rows = leaves.map { names.row(of: $0) }
            if isMultiplied, !call.function.ignoresDuplicates, !call.isDistinct {
                call.isDistinct = true
                call.rowKeys = rows + call.orderBy.map(\.expression)
            }
            if isOptional {
                let present = rows.map { row in
                    BoundExpression(
                        .not(BoundExpression(.isNull(row), type: .boolean)), type: .boolean)
                }
                call.filter = BoundExpression.conjunction(
                    present + [call.filter].compactMap { $0 })
            }
            aggregates.replace(call)
        }
        return names.isEmpty ? plan : names.naming(plan)
    }

    /// - Throws: 0A000 when a metric over a window of rows would count rows several times.
    func check(_ windows: WindowCollector) throws(DemetraError) {
        guard !windows.owners.isEmpty else { return }
        let tree = JoinTree(plan)
        guard tree.leaves.count > 1 else { return }
        for (owner, takesRows) in windows.owners {
            let leaves = tree.leaves(of: owner.columns)
            let isOptional = takesRows && leaves.contains { tree.leaves[$0].isOptional }
            if isOptional || !tree.isOnce(leaves) { throw multiplied(owner.metric, owner.range) }
        }
    }

    private func multiplied(_ metric: String, _ range: SourceRange) -> DemetraError {
        DemetraError(
            .featureNotSupported,
            "metric \"\(metric)\" would count rows several times: a join in FROM repeats them",
            hint:
                "Compute it in a subquery over its own relation, grouped by the columns of the join, and join "
                + "that."
        ).at(range)
    }
}

/// Gives rows of relations names: a bigint column for each leaf that needs one.
private struct RowNames {
    let binder: Binder
    let tree: JoinTree
    private var columns: [Int: PlanColumn] = [:]

    init(binder: Binder, tree: JoinTree) {
        self.binder = binder
        self.tree = tree
    }

    var isEmpty: Bool { columns.isEmpty }

    /// The column that names the rows of a leaf.
    mutating func row(of leaf: Int) -> BoundExpression {
        let column: PlanColumn
        if let known = columns[leaf] {
            column = known
        } else if case .scan(let scan) = tree.leaves[leaf].plan, let known = scan.rowID {
            column = known
        } else {
            column = binder.newColumn("row", .bigint)
            columns[leaf] = column
        }
        return BoundExpression(.column(column.id), type: .bigint)
    }

    /// The plan with those columns.
    func naming(_ plan: LogicalPlan) -> LogicalPlan {
        tree.mappingLeaves(plan) { index, leaf in
            guard let column = columns[index] else { return leaf }
            if case .scan(var scan) = leaf, scan.asOf == nil {
                scan.rowID = column
                return .scan(scan)
            }
            guard let number = binder.functions.windows["row_number"] else { return leaf }
            let call = WindowCall(
                column: column, function: .window(number), arguments: [], filter: nil,
                partitionBy: [], orderBy: [],
                frame: PlanFrame(unit: .range, start: .unboundedPreceding, end: .currentRow))
            return .window(WindowPlan(input: leaf, calls: [call]))
        }
    }
}
