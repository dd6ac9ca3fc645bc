import DemetraCatalog
import DemetraFunctions
import DemetraTypes

/// A query over groups: what its expressions may use, and how they are rewritten to use it.
struct GroupedQuery {
    private let groups: [ProjectedColumn]
    private let sets: [[Int]]?
    private let aggregates: AggregateCollector
    private let byFingerprint: [String: PlanColumn]
    private let allowed: Set<ColumnIdentifier>
    private let groupings: [ColumnIdentifier: Bool]

    init(
        groups: [ProjectedColumn], sets: [[Int]]?, aggregates: AggregateCollector,
        pendingGroupings: [(column: PlanColumn, arguments: [BoundExpression])]
    ) {
        self.groups = groups
        self.sets = sets
        self.aggregates = aggregates
        byFingerprint = Dictionary(
            groups.map { ($0.expression.fingerprint, $0.column) },
            uniquingKeysWith: { first, _ in first })
        var allowed = Set(groups.map(\.column.id)).union(aggregates.calls.map(\.column.id))
        if let column = aggregates.groupingColumn { allowed.insert(column.id) }
        self.allowed = allowed
        groupings = Dictionary(
            pendingGroupings.map { ($0.column.id, true) }, uniquingKeysWith: { $1 })
    }

    /// - Throws: 42803 for an argument of `grouping` that is no key.
    func checkGroupings(
        _ pending: [(column: PlanColumn, arguments: [BoundExpression])]
    ) throws(DemetraError) {
        for argument in pending.flatMap(\.arguments)
        where byFingerprint[argument.fingerprint] == nil {
            throw DemetraError(
                .groupingError,
                "arguments to GROUPING must be grouping expressions of the associated query level"
            ).at(argument.range)
        }
    }

    func plan(over input: LogicalPlan) -> LogicalPlan {
        .aggregate(
            Aggregation(
                input: input, groups: groups, calls: aggregates.calls, sets: sets,
                groupingColumn: sets == nil ? nil : aggregates.groupingColumn))
    }

    /// The expression over groups.
    ///
    /// - Throws: 42803 for a column that is neither grouped nor aggregated.
    func rewrite(
        _ expression: BoundExpression, _ binder: Binder
    ) throws(DemetraError) -> BoundExpression {
        let result = expression.rewritten { part in
            if let column = byFingerprint[part.fingerprint] {
                return BoundExpression(.column(column.id), type: column.type, range: part.range)
            }
            return groupingMask(part)
        }
        var stray: BoundExpression?
        result.forEachPart { part in
            if case .column(let id) = part.node, !allowed.contains(id), stray == nil,
                !binder.isComputedAboveGroups(id)
            {
                stray = part
            }
        }
        if let stray {
            let name = binder.sourceText(stray.range)
            throw DemetraError(
                .groupingError,
                "column \"\(name)\" must appear in the GROUP BY clause or "
                    + "be used in an aggregate function",
                hint: binder.metricDefinitions(name).isEmpty
                    ? nil : "For the metric of that name write metric(\(name))."
            ).at(stray.range)
        }
        return result
    }

    /// `grouping(a, b)`: the bits of its arguments, cut out of the mask over all keys.
    private func groupingMask(_ part: BoundExpression) -> BoundExpression? {
        guard case .cast(let inner, true) = part.node, case .coalesce(let operands) = inner.node,
            case .column(let id)? = operands.first?.node, groupings[id] != nil
        else { return nil }
        func literal(_ value: Int) -> BoundExpression {
            BoundExpression(.literal(.integer(Int64(value))), type: .integer, range: part.range)
        }
        // With one set of keys every key is grouped by, and there is no mask to look at.
        if sets == nil { return literal(0) }
        func arithmetic(
            _ operation: ArithmeticOperator, _ left: BoundExpression, _ right: BoundExpression
        ) -> BoundExpression {
            BoundExpression(
                .arithmetic(operation, left, right), type: .integer, range: part.range)
        }
        var result: BoundExpression?
        for argument in operands.dropFirst() {
            let position = groups.firstIndex { $0.expression.fingerprint == argument.fingerprint }
            let bit = groups.count - 1 - (position ?? 0)
            let shifted = arithmetic(.divide, operands[0], literal(1 << bit))
            let flag = arithmetic(.modulo, shifted, literal(2))
            result =
                result.map { arithmetic(.add, arithmetic(.multiply, $0, literal(2)), flag) } ?? flag
        }
        return result
    }

    func rewrite(
        _ expressions: [BoundExpression], _ binder: Binder
    ) throws(DemetraError) -> [BoundExpression] {
        var result: [BoundExpression] = []
        for expression in expressions { result.append(try rewrite(expression, binder)) }
        return result
    }

    func rewrite(_ key: PlanSortKey, _ binder: Binder) throws(DemetraError) -> PlanSortKey {
        PlanSortKey(
            expression: try rewrite(key.expression, binder), descending: key.descending,
            nullsFirst: key.nullsFirst)
    }

    func rewrite(_ call: WindowCall, _ binder: Binder) throws(DemetraError) -> WindowCall {
        var call = call
        call.arguments = try rewrite(call.arguments, binder)
        call.partitionBy = try rewrite(call.partitionBy, binder)
        call.filter = try call.filter.mapThrowing { filter throws(DemetraError) in
            try rewrite(filter, binder)
        }
        call.orderBy = try call.orderBy.mapThrowing { key throws(DemetraError) in
            try rewrite(key, binder)
        }
        return call
    }

    /// - Parameter own: the columns of the rows below the groups.
    /// - Throws: 42803 for a subquery that looks at a column which is not grouped.
    func rewrite(
        _ subqueries: [PendingSubquery], own: Set<ColumnIdentifier>, _ binder: Binder
    ) throws(DemetraError) -> [PendingSubquery] {
        var result: [PendingSubquery] = []
        for subquery in subqueries {
            for column in subquery.correlated
            where own.contains(column.id) && !allowed.contains(column.id) {
                throw DemetraError(
                    .groupingError,
                    "subquery uses ungrouped column \"\(column.name)\" from outer query",
                    hint: "Add the column to GROUP BY.")
            }
            var keys = subquery.keys
            for index in keys.indices { keys[index].left = try rewrite(keys[index].left, binder) }
            result.append(
                PendingSubquery(
                    kind: subquery.kind, plan: subquery.plan, correlated: subquery.correlated,
                    keys: keys))
        }
        return result
    }
}

/// Columns of a table whose primary key is grouped by: each group holds one row's values of them.
///
/// - Source: PostgreSQL 15, functional dependency of GROUP BY on a primary key.
struct DeterminedColumns {
    let scope: Scope

    /// The keys, and behind them the determined columns that are used.
    func completing(
        _ grouping: GroupingBinder.Result?, used: Set<ColumnIdentifier>
    ) -> [ProjectedColumn] {
        guard let grouping else { return [] }
        var groups = grouping.groups
        guard grouping.sets == nil, !groups.isEmpty else { return groups }
        let grouped = Set(groups.map(\.column.id))
        for relation in scope.relations {
            guard let key = relation.table?.primaryKey,
                key.columns.allSatisfy({ grouped.contains(relation.columns[$0].column.id) })
            else { continue }
            for column in relation.columns.map(\.column)
            where used.contains(column.id) && !grouped.contains(column.id) {
                groups.append(
                    ProjectedColumn(
                        column: PlanColumn(id: column.id, name: "", type: column.type),
                        expression: BoundExpression(.column(column.id), type: column.type)))
            }
        }
        return groups
    }
}
