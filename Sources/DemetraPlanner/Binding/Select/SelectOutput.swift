import DemetraSQL
import DemetraTypes

/// The end of a SELECT: DISTINCT, ORDER BY, LIMIT and the columns given out.
struct SelectOutput {
    let binder: Binder
    let core: SelectCore
    let query: Query
    private(set) var clauses: SelectClauses

    init(binder: Binder, core: SelectCore, query: Query, clauses: SelectClauses) {
        self.binder = binder
        self.core = core
        self.query = query
        self.clauses = clauses
    }

    mutating func finish(_ plan: LogicalPlan) throws(DemetraError) -> LogicalPlan {
        if let distinctOn = core.distinctOn, distinctOn.isEmpty {
            return try distinct(plan, projected(plan))
        }
        var result = computingVolatileKeys(plan)
        let columns = projected(result)
        if !clauses.order.isEmpty { result = .sort(result, clauses.order) }
        if let keys = clauses.distinctOn { result = .distinct(result, on: keys) }
        // Below the projection: only the rows that are left are computed, and ties see every sort key.
        return .project(try binder.limited(result, query, clauses.order), columns)
    }

    /// Rows are sorted by the value that is shown: an item that differs at each evaluation, `random()`, is computed once, below
    /// the sort.
    private mutating func computingVolatileKeys(_ plan: LogicalPlan) -> LogicalPlan {
        var computed: [Int: ProjectedColumn] = [:]
        for (position, source) in clauses.orderSources.enumerated() {
            guard let source, clauses.items[source].expression.isVolatile else { continue }
            let item = clauses.items[source]
            let column =
                computed[source]
                ?? ProjectedColumn(
                    column: binder.newColumn(item.name, item.expression.type),
                    expression: item.expression)
            computed[source] = column
            let key = clauses.order[position]
            clauses.order[position] = PlanSortKey(
                expression: column.reference, descending: key.descending,
                nullsFirst: key.nullsFirst)
        }
        guard !computed.isEmpty else { return plan }
        for (source, column) in computed { clauses.items[source].expression = column.reference }
        let passed = plan.columns.map { column in
            ProjectedColumn(
                column: column,
                expression: BoundExpression(.column(column.id), type: column.type))
        }
        return .project(plan, passed + computed.sorted { $0.key < $1.key }.map(\.value))
    }

    private func projected(_ plan: LogicalPlan) -> [ProjectedColumn] {
        let available = Set(plan.columns.map(\.id))
        var uses: [ColumnIdentifier: Int] = [:]
        for item in clauses.items {
            if case .column(let id) = item.expression.node { uses[id, default: 0] += 1 }
        }
        return clauses.items.map { item in
            let type = item.expression.type
            if case .column(let id) = item.expression.node, available.contains(id), uses[id] == 1 {
                // A column passed through keeps its identity.
                return ProjectedColumn(
                    column: PlanColumn(id: id, name: item.name, type: type),
                    expression: item.expression)
            }
            return ProjectedColumn(
                column: binder.newColumn(item.name, type), expression: item.expression)
        }
    }

    private func distinct(
        _ plan: LogicalPlan, _ columns: [ProjectedColumn]
    ) throws(DemetraError) -> LogicalPlan {
        var result = LogicalPlan.distinct(.project(plan, columns), on: nil)
        var keys: [PlanSortKey] = []
        for key in clauses.order {
            let fingerprint = key.expression.fingerprint
            guard let source = columns.first(where: { $0.expression.fingerprint == fingerprint })
            else {
                throw DemetraError(
                    .invalidColumnReference,
                    "for SELECT DISTINCT, ORDER BY expressions must appear in select list"
                ).at(key.expression.range)
            }
            keys.append(
                PlanSortKey(
                    expression: BoundExpression(
                        .column(source.column.id), type: source.column.type),
                    descending: key.descending, nullsFirst: key.nullsFirst))
        }
        if !keys.isEmpty { result = .sort(result, keys) }
        return try binder.limited(result, query, keys)
    }
}

extension ProjectedColumn {
    /// The column, as expressions above read it.
    fileprivate var reference: BoundExpression {
        BoundExpression(.column(column.id), type: column.type)
    }
}
