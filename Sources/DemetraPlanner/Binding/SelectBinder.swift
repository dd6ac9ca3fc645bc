import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// Resolves one SELECT.
///
/// The clauses are bound in the order in which they act: FROM, WHERE, GROUP BY, the SELECT list, HAVING,
/// windows, QUALIFY, DISTINCT, ORDER BY. Aggregates and windows of the later clauses are collected while
/// they are bound and become nodes of the plan afterwards.
struct SelectBinder {
    /// One column of the SELECT list.
    struct Item {
        let name: String
        var expression: BoundExpression
        /// What was written, for GROUP BY and ORDER BY by alias; nil for columns of `*`.
        let source: Expression?
    }

    let binder: Binder
    let core: SelectCore
    let query: Query
    let scope: Scope
    let aggregates = AggregateCollector()
    let windows = WindowCollector()
    let context: ExpressionContext

    init(binder: Binder, core: SelectCore, query: Query, outer: Scope?) {
        self.binder = binder
        self.core = core
        self.query = query
        scope = Scope(parent: outer)
        context = ExpressionContext(scope: scope, clause: "SELECT")
        context.aggregates = aggregates
        context.windows = windows
    }

    func bind() throws(DemetraError) -> BoundQuery {
        var plan = try binder.bindFrom(core.from, scope)
        if let condition = core.whereCondition { plan = try filtered(plan, condition) }
        try nameWindows()
        let savedGroupings = binder.pendingGroupings
        binder.pendingGroupings = []
        defer { binder.pendingGroupings = savedGroupings }
        var items = try selectItems()
        let grouping = try GroupingBinder(select: self, items: items).bind()
        var having: BoundExpression?
        if let condition = core.having {
            having = try binder.condition(try binder.bind(condition, context), "HAVING")
        }
        var qualify: BoundExpression?
        if let condition = core.qualify {
            let bound = try binder.bind(try aliased(condition, items), context)
            qualify = try binder.condition(bound, "QUALIFY")
        }
        var order = try orderKeys(items)
        let isAggregated =
            grouping != nil || core.having != nil || !aggregates.calls.isEmpty
            || aggregates.groupingColumn != nil
        if isAggregated {
            let grouped = GroupedQuery(
                groups: grouping?.groups ?? [], sets: grouping?.sets, aggregates: aggregates,
                pendingGroupings: binder.pendingGroupings)
            plan = grouped.plan(over: binder.joining(plan, aggregates.subqueries))
            for index in items.indices {
                items[index].expression = try grouped.rewrite(items[index].expression, binder)
            }
            having = try having.mapThrowing { having throws(DemetraError) in try grouped.rewrite(having, binder) }
            qualify = try qualify.mapThrowing { qualify throws(DemetraError) in try grouped.rewrite(qualify, binder) }
            order = try order.mapThrowing { order throws(DemetraError) in try grouped.rewrite(order, binder) }
            try rewriteWindows(grouped)
            plan = binder.joining(plan, try grouped.rewrite(context.subqueries, binder))
        } else {
            plan = binder.joining(plan, context.subqueries)
        }
        if let having { plan = .filter(plan, having) }
        if !windows.calls.isEmpty { plan = .window(WindowPlan(input: plan, calls: windows.calls)) }
        if let qualify { plan = .filter(plan, qualify) }
        return BoundQuery(plan: try finish(plan, items, order), correlated: scope.correlated)
    }

    // MARK: Clauses

    private func filtered(
        _ plan: LogicalPlan, _ condition: Expression
    ) throws(DemetraError) -> LogicalPlan {
        let context = ExpressionContext(scope: scope, clause: "WHERE")
        let bound = try binder.condition(try binder.bind(condition, context), "WHERE")
        return .filter(binder.joining(plan, context.subqueries), bound)
    }

    private func nameWindows() throws(DemetraError) {
        for window in core.windows {
            guard windows.named[window.name.name] == nil else {
                throw DemetraError(
                    .windowingError, "window \"\(window.name.name)\" is already defined"
                ).at(window.name.range)
            }
            windows.named[window.name.name] = try binder.inherit(window.specification, windows)
        }
    }

    private func selectItems() throws(DemetraError) -> [Item] {
        var items: [Item] = []
        for item in core.items {
            switch item {
            case .expression(let expression, let alias):
                let bound = try binder.bind(expression, context)
                let name = alias?.name ?? OutputName.of(expression)
                items.append(Item(name: name, expression: bound, source: expression))
            case .star(let qualifier, let exclude, let replace, let range):
                items += try star(qualifier, exclude, replace, range)
            }
        }
        return items
    }

    private func star(
        _ qualifier: ObjectName?, _ exclude: [Identifier], _ replace: [(Expression, Identifier)],
        _ range: SourceRange
    ) throws(DemetraError) -> [Item] {
        var columns = scope.visibleColumns
        if let qualifier {
            let name = qualifier.last.name
            guard let relation = scope.relations.first(where: { $0.name == name }) else {
                throw DemetraError(
                    .undefinedTable, "missing FROM-clause entry for table \"\(name)\"").at(range)
            }
            columns = relation.columns
        } else if scope.relations.isEmpty {
            throw DemetraError(
                .syntaxError, "SELECT * with no tables specified is not valid").at(range)
        }
        for name in exclude where !columns.contains(where: { $0.name == name.name }) {
            throw DemetraError(
                .undefinedColumn, "column \"\(name.name)\" in EXCLUDE list does not exist"
            ).at(name.range)
        }
        let excluded = Set(exclude.map(\.name))
        var items: [Item] = []
        for column in columns where !excluded.contains(column.name) {
            var expression = BoundExpression(
                .column(column.column.id), type: column.column.type, range: range)
            if let replacement = replace.first(where: { $0.1.name == column.name }) {
                expression = try binder.bind(replacement.0, context)
            }
            items.append(Item(name: column.name, expression: expression, source: nil))
        }
        return items
    }

    /// QUALIFY may name a column of the SELECT list by its alias.
    private func aliased(
        _ expression: Expression, _ items: [Item]
    ) throws(DemetraError) -> Expression {
        AliasSubstitution(items: items, scope: scope).apply(expression)
    }

    private func orderKeys(_ items: [Item]) throws(DemetraError) -> [PlanSortKey] {
        var keys: [PlanSortKey] = []
        for item in query.orderBy {
            let expression: BoundExpression
            if let position = try binder.ordinal(item.expression, items.count) {
                expression = items[position].expression
            } else if let found = try outputColumn(item.expression, items) {
                expression = found
            } else {
                let bound = try binder.bind(item.expression, context)
                if core.distinctOn?.isEmpty == true,
                    !items.contains(where: { $0.expression.fingerprint == bound.fingerprint })
                {
                    throw DemetraError(
                        .invalidColumnReference,
                        "for SELECT DISTINCT, ORDER BY expressions must appear in select list"
                    ).at(item.expression.range)
                }
                expression = bound
            }
            let typed =
                expression.type == .unknown ? try binder.coerce(expression, to: .text) : expression
            keys.append(
                PlanSortKey(
                    expression: typed, descending: item.descending,
                    nullsFirst: item.nullsFirst ?? item.descending))
        }
        return keys
    }

    /// A bare name that is an output column.
    private func outputColumn(
        _ expression: Expression, _ items: [Item]
    ) throws(DemetraError) -> BoundExpression? {
        guard case .column(let path) = expression.node, path.count == 1 else { return nil }
        let matches = items.filter { $0.name == path[0].name }
        let distinct = Set(matches.map(\.expression.fingerprint))
        if distinct.count > 1 {
            throw DemetraError(
                .ambiguousColumn, "ORDER BY \"\(path[0].name)\" is ambiguous").at(expression.range)
        }
        return matches.first?.expression
    }

    private func rewriteWindows(_ grouped: GroupedQuery) throws(DemetraError) {
        for index in windows.calls.indices {
            var call = windows.calls[index]
            call.arguments = try grouped.rewrite(call.arguments, binder)
            call.partitionBy = try grouped.rewrite(call.partitionBy, binder)
            call.filter = try call.filter.mapThrowing { filter throws(DemetraError) in try grouped.rewrite(filter, binder) }
            call.orderBy = try call.orderBy.mapThrowing { key throws(DemetraError) in try grouped.rewrite(key, binder) }
            windows.calls[index] = call
        }
    }

    // MARK: Output

    /// DISTINCT, ORDER BY, LIMIT and the columns given out.
    private func finish(
        _ plan: LogicalPlan, _ items: [Item], _ order: [PlanSortKey]
    ) throws(DemetraError) -> LogicalPlan {
        let columns = items.map { item -> ProjectedColumn in
            if case .column(let id) = item.expression.node, plan.columns.contains(where: { $0.id == id }),
                items.filter({ $0.expression.fingerprint == item.expression.fingerprint }).count == 1
            {
                // A column passed through keeps its identity.
                return ProjectedColumn(
                    column: PlanColumn(id: id, name: item.name, type: item.expression.type),
                    expression: item.expression)
            }
            return ProjectedColumn(
                column: binder.newColumn(item.name, item.expression.type),
                expression: item.expression)
        }
        if let distinctOn = core.distinctOn, distinctOn.isEmpty {
            return try distinct(plan, items, columns, order)
        }
        var result = plan
        if !order.isEmpty { result = .sort(result, order) }
        if let distinctOn = core.distinctOn {
            result = .distinct(result, on: try distinctKeys(distinctOn, items, order))
        }
        return try binder.limited(.project(result, columns), query, ties(order, columns, plan))
    }

    /// WITH TIES compares output columns.
    private func ties(
        _ order: [PlanSortKey], _ columns: [ProjectedColumn], _ plan: LogicalPlan
    ) -> [PlanSortKey] {
        guard query.withTies else { return [] }
        return order.compactMap { key in
            guard
                let column = columns.first(where: {
                    $0.expression.fingerprint == key.expression.fingerprint
                })
            else { return nil }
            return PlanSortKey(
                expression: BoundExpression(.column(column.column.id), type: column.column.type),
                descending: key.descending, nullsFirst: key.nullsFirst)
        }
    }

    private func distinct(
        _ plan: LogicalPlan, _ items: [Item], _ columns: [ProjectedColumn], _ order: [PlanSortKey]
    ) throws(DemetraError) -> LogicalPlan {
        var result = LogicalPlan.distinct(.project(plan, columns), on: nil)
        var keys: [PlanSortKey] = []
        for key in order {
            let index = items.firstIndex { $0.expression.fingerprint == key.expression.fingerprint }
            guard let index else {
                throw DemetraError(
                    .invalidColumnReference,
                    "for SELECT DISTINCT, ORDER BY expressions must appear in select list")
            }
            keys.append(
                PlanSortKey(
                    expression: BoundExpression(
                        .column(columns[index].column.id), type: columns[index].column.type),
                    descending: key.descending, nullsFirst: key.nullsFirst))
        }
        if !keys.isEmpty { result = .sort(result, keys) }
        return try binder.limited(result, query, keys)
    }

    private func distinctKeys(
        _ expressions: [Expression], _ items: [Item], _ order: [PlanSortKey]
    ) throws(DemetraError) -> [BoundExpression] {
        var keys: [BoundExpression] = []
        for expression in expressions {
            if let position = try binder.ordinal(expression, items.count) {
                keys.append(items[position].expression)
            } else if let found = try outputColumn(expression, items) {
                keys.append(found)
            } else {
                keys.append(try binder.bind(expression, context))
            }
        }
        let wanted = Set(keys.map(\.fingerprint))
        for key in order.prefix(wanted.count) where !wanted.contains(key.expression.fingerprint) {
            throw DemetraError(
                .invalidColumnReference,
                "SELECT DISTINCT ON expressions must match initial ORDER BY expressions")
        }
        return keys
    }
}

extension Binder {
    func bindSelect(
        _ core: SelectCore, _ query: Query, _ outer: Scope?
    ) throws(DemetraError) -> BoundQuery {
        try SelectBinder(binder: self, core: core, query: query, outer: outer).bind()
    }

    /// The value of an expression that is written as a constant, or nil.
    func constantValue(_ expression: BoundExpression) -> Value? {
        switch expression.node {
        case .literal(let value): return value
        case .negate(let operand):
            switch constantValue(operand) {
            case .integer(let number)?: return .integer(-number)
            case .double(let number)?: return .double(-number)
            case .numeric(let number)?: return .numeric(number.negated)
            default: return nil
            }
        default: return nil
        }
    }
}
