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
        /// Its subqueries among those of the context.
        let subqueries: Range<Int>
    }

    let binder: Binder
    let core: SelectCore
    let query: Query
    let scope: Scope
    let aggregates = AggregateCollector()
    let windows = WindowCollector()
    let gapFill = GapFillCollector()
    let sets = SetCollector()
    let context: ExpressionContext

    init(binder: Binder, core: SelectCore, query: Query, outer: Scope?) {
        self.binder = binder
        self.core = core
        self.query = query
        scope = Scope(parent: outer)
        context = ExpressionContext(scope: scope, clause: "SELECT")
        context.aggregates = aggregates
        context.windows = windows
        context.gapFill = gapFill
        context.core = core
        context.sets = sets
    }

    func bind() throws(DemetraError) -> BoundQuery {
        var plan = try binder.bindFrom(core.from, scope)
        if let condition = core.whereCondition { plan = try filtered(plan, condition) }
        if let latest = core.latest {
            plan = try LatestRows(binder: binder, scope: scope).rows(of: plan, latest)
        }
        aggregates.separatesMetrics = scope.relations.count > 1
        context.isGrouped = GroupedQueryTest(binder: binder, scope: scope).isGrouped(core, query)
        try nameWindows()
        let savedGroupings = binder.pendingGroupings
        binder.pendingGroupings = []
        defer { binder.pendingGroupings = savedGroupings }
        var clauses = SelectClauses(items: try selectItems())
        let grouping = try GroupingBinder(select: self, items: clauses.items).bind()
        context.sets = nil
        if let condition = core.having {
            clauses.having = try groupCondition(condition)
        }
        if let condition = core.qualify {
            clauses.qualify = try qualification(condition, clauses.items)
        }
        context.sets = sets
        try orderKeys(&clauses)
        clauses.distinctOn = try distinctKeys(clauses.items, clauses.order)
        let setsBelow = try setsBelowGroups(grouping, clauses.qualify)
        plan = sets.expanding(plan, setsBelow)
        let setsAbove = sets.columns.subtracting(setsBelow)
        let isAggregated =
            grouping != nil || core.having != nil || !aggregates.calls.isEmpty
            || aggregates.groupingColumn != nil
        let grain = MetricGrain(binder: binder, plan: plan)
        if isAggregated {
            plan = try grouped(
                try grain.counting(aggregates, groups: grouping?.groups ?? []), grouping, &clauses,
                setsAbove)
        } else {
            try grain.check(windows)
            plan = binder.joining(plan, context.subqueries)
        }
        if let having = clauses.having { plan = .filter(plan, having) }
        plan = try GapFillPlacement(binder: binder, collector: gapFill).filled(
            plan, grouping, aggregates, hasSubqueries: subqueriesAbove(grouping))
        if !windows.calls.isEmpty { plan = .window(WindowPlan(input: plan, calls: windows.calls)) }
        if let qualify = clauses.qualify { plan = .filter(plan, qualify) }
        plan = sets.expanding(plan, setsAbove)
        var output = SelectOutput(binder: binder, core: core, query: query, clauses: clauses)
        return BoundQuery(plan: try output.finish(plan), correlated: scope.correlated)
    }

    // MARK: Clauses

    private func filtered(
        _ plan: LogicalPlan, _ condition: Expression
    ) throws(DemetraError) -> LogicalPlan {
        let context = ExpressionContext(scope: scope, clause: "WHERE")
        context.laterNames = Set(core.items.compactMap(\.alias?.name))
        let bound = try binder.condition(try binder.bind(condition, context), "WHERE")
        gapFill.condition = bound
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
        try ColumnLimit.check(result: core.items.count)
        var items: [Item] = []
        for item in core.items {
            switch item {
            case .expression(let expression, let alias):
                let start = context.subqueries.count
                let bound = try binder.bind(expression, context)
                let name = alias?.name ?? OutputName.of(expression)
                items.append(
                    Item(
                        name: name, expression: bound,
                        subqueries: start..<context.subqueries.count))
            case .star(let qualifier, let exclude, let replace, let range):
                items += try star(qualifier, exclude, replace, range)
            }
        }
        try ColumnLimit.check(result: items.count)
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
                    .undefinedTable, "missing FROM-clause entry for table \"\(name)\"",
                    hint: NearestName.find(name, among: scope.relations.compactMap(\.name))
                        .map { "Perhaps you meant \"\($0)\"." }
                ).at(range)
            }
            columns = relation.columns
        } else if scope.relations.isEmpty {
            throw DemetraError(
                .syntaxError, "SELECT * with no tables specified is not valid"
            ).at(range)
        }
        for (name, list) in exclude.map({ ($0, "EXCLUDE") }) + replace.map({ ($0.1, "REPLACE") })
        where !columns.contains(where: { $0.name == name.name }) {
            throw DemetraError(
                .undefinedColumn, "column \"\(name.name)\" in \(list) list does not exist",
                hint: NearestName.find(name.name, among: columns.map(\.name))
                    .map { "Perhaps you meant \"\($0)\"." }
            ).at(name.range)
        }
        let excluded = Set(exclude.map(\.name))
        var items: [Item] = []
        for column in columns where !excluded.contains(column.name) {
            let start = context.subqueries.count
            var expression = BoundExpression(
                .column(column.column.id), type: column.column.type, range: range)
            if let replacement = replace.first(where: { $0.1.name == column.name }) {
                expression = try binder.bind(replacement.0, context)
            }
            items.append(
                Item(
                    name: column.name, expression: expression,
                    subqueries: start..<context.subqueries.count))
        }
        return items
    }

    /// HAVING looks at groups, before there are windows.
    private func groupCondition(_ condition: Expression) throws(DemetraError) -> BoundExpression {
        context.windows = nil
        context.gapFill = nil
        context.clause = "HAVING"
        defer {
            context.windows = windows
            context.gapFill = gapFill
            context.clause = "SELECT"
        }
        return try binder.condition(try binder.bind(condition, context), "HAVING")
    }

    /// QUALIFY may name a column of the SELECT list by its alias.
    private func qualification(
        _ condition: Expression, _ items: [Item]
    ) throws(DemetraError) -> BoundExpression {
        context.outputAliases = Dictionary(
            items.map { ($0.name, $0.expression) }, uniquingKeysWith: { first, _ in first })
        defer { context.outputAliases = [:] }
        return try binder.condition(try binder.bind(condition, context), "QUALIFY")
    }

    private func orderKeys(_ clauses: inout SelectClauses) throws(DemetraError) {
        let items = clauses.items
        for item in query.orderItems(columnCount: items.count) {
            var expression: BoundExpression
            var source = try selectedItem(item.expression, items)
            if let source {
                expression = items[source].expression
            } else {
                expression = try binder.bind(item.expression, context)
                let fingerprint = expression.fingerprint
                source = items.firstIndex { $0.expression.fingerprint == fingerprint }
                if core.distinctOn?.isEmpty == true, source == nil {
                    throw DemetraError(
                        .invalidColumnReference,
                        "for SELECT DISTINCT, ORDER BY expressions must appear in select list"
                    ).at(item.expression.range)
                }
            }
            if expression.type == .unknown { expression = try binder.coerce(expression, to: .text) }
            clauses.orderSources.append(source)
            clauses.order.append(
                PlanSortKey(
                    expression: expression, descending: item.descending,
                    nullsFirst: item.nullsFirst ?? item.descending))
        }
    }

    /// The item that an ordinal, or a bare name that is an output column, stands for.
    private func selectedItem(
        _ expression: Expression, _ items: [Item]
    ) throws(DemetraError) -> Int? {
        if let position = try binder.ordinal(expression, items.count) { return position }
        guard case .column(let path) = expression.node, path.count == 1 else { return nil }
        let matches = items.indices.filter { items[$0].name == path[0].name }
        let distinct = Set(matches.map { items[$0].expression.fingerprint })
        if distinct.count > 1 {
            throw DemetraError(
                .ambiguousColumn, "ORDER BY \"\(path[0].name)\" is ambiguous"
            ).at(expression.range)
        }
        return matches.first
    }

    private func distinctKeys(
        _ items: [Item], _ order: [PlanSortKey]
    ) throws(DemetraError) -> [BoundExpression]? {
        guard let expressions = core.distinctOn, !expressions.isEmpty else { return nil }
        var keys: [BoundExpression] = []
        for expression in expressions {
            if let found = try selectedItem(expression, items) {
                keys.append(items[found].expression)
            } else {
                keys.append(try binder.bind(expression, context))
            }
        }
        let wanted = Set(keys.map(\.fingerprint))
        for key in order.prefix(wanted.count) where !wanted.contains(key.expression.fingerprint) {
            throw DemetraError(
                .invalidColumnReference,
                "SELECT DISTINCT ON expressions must match initial ORDER BY expressions"
            ).at(key.expression.range)
        }
        return keys
    }

    /// Set-returning functions whose values are grouped by give their rows before there are groups.
    ///
    /// - Throws: 0A000 when QUALIFY asks for one, whose rows come behind it.
    private func setsBelowGroups(
        _ grouping: GroupingBinder.Result?, _ qualify: BoundExpression?
    ) throws(DemetraError) -> Set<ColumnIdentifier> {
        if let qualify, !qualify.usedColumns.isDisjoint(with: sets.columns) {
            throw DemetraError(
                .featureNotSupported, "set-returning functions are not allowed in QUALIFY",
                hint: "Call it in FROM: ... CROSS JOIN LATERAL function(...)."
            ).at(qualify.range)
        }
        var used: Set<ColumnIdentifier> = []
        for group in grouping?.groups ?? [] { used.formUnion(group.expression.usedColumns) }
        return sets.calls(neededBy: used)
    }

    // MARK: Groups

    /// Whether a subquery is computed for groups, not for rows.
    private func subqueriesAbove(_ grouping: GroupingBinder.Result?) -> Bool {
        let below = grouping?.subqueriesBelow ?? []
        return context.subqueries.indices.contains { !below.contains($0) }
    }

    /// The aggregation, with the later clauses rewritten to read its columns.
    private func grouped(
        _ plan: LogicalPlan, _ grouping: GroupingBinder.Result?, _ clauses: inout SelectClauses,
        _ setsAbove: Set<ColumnIdentifier>
    ) throws(DemetraError) -> LogicalPlan {
        let below = grouping?.subqueriesBelow ?? []
        let above = context.subqueries.indices.filter { !below.contains($0) }
            .map { context.subqueries[$0] }
        let moved = below.map { context.subqueries[$0] } + (grouping?.subqueries ?? [])
        let determined = DeterminedColumns(scope: scope)
        let query = GroupedQuery(
            groups: determined.completing(
                grouping,
                used: clauses.usedColumns(windows.calls, above).union(sets.argumentColumns)),
            sets: grouping?.sets, aggregates: aggregates,
            pendingGroupings: binder.pendingGroupings)
        try query.checkGroupings(binder.pendingGroupings)
        let input = binder.joining(plan, moved + aggregates.subqueries)
        for index in clauses.items.indices {
            clauses.items[index].expression = try query.rewrite(
                clauses.items[index].expression, binder)
        }
        clauses.having = try clauses.having.mapThrowing { value throws(DemetraError) in
            try query.rewrite(value, binder)
        }
        clauses.qualify = try clauses.qualify.mapThrowing { value throws(DemetraError) in
            try query.rewrite(value, binder)
        }
        clauses.order = try clauses.order.mapThrowing { key throws(DemetraError) in
            try query.rewrite(key, binder)
        }
        clauses.distinctOn = try clauses.distinctOn.mapThrowing { keys throws(DemetraError) in
            try query.rewrite(keys, binder)
        }
        for index in gapFill.fills.indices {
            gapFill.fills[index].value = try query.rewrite(gapFill.fills[index].value, binder)
        }
        for index in windows.calls.indices {
            windows.calls[index] = try query.rewrite(windows.calls[index], binder)
        }
        try sets.rewriteArguments(of: setsAbove) { argument throws(DemetraError) in
            try query.rewrite(argument, binder)
        }
        let own = Set(plan.columns.map(\.id))
        return binder.joining(
            query.plan(over: input), try query.rewrite(above, own: own, binder))
    }
}

/// The bound clauses of a SELECT behind its groups.
struct SelectClauses {
    var items: [SelectBinder.Item]
    var having: BoundExpression?
    var qualify: BoundExpression?
    var order: [PlanSortKey] = []
    /// The item that each key of the order is, if it is one.
    var orderSources: [Int?] = []
    /// Keys of DISTINCT ON.
    var distinctOn: [BoundExpression]?

    init(items: [SelectBinder.Item]) { self.items = items }

    /// Every column that the clauses, the windows and the subqueries above the groups read.
    func usedColumns(
        _ windows: [WindowCall], _ subqueries: [PendingSubquery]
    ) -> Set<ColumnIdentifier> {
        var expressions = items.map(\.expression) + order.map(\.expression) + (distinctOn ?? [])
        expressions += [having, qualify].compactMap { $0 }
        for call in windows {
            expressions += call.arguments + call.partitionBy + call.orderBy.map(\.expression)
            expressions += call.filter.map { [$0] } ?? []
        }
        var result: Set<ColumnIdentifier> = []
        for expression in expressions { result.formUnion(expression.usedColumns) }
        for subquery in subqueries {
            result.formUnion(subquery.correlated.map(\.id))
            for key in subquery.keys { result.formUnion(key.left.usedColumns) }
        }
        return result
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
            case .integer(let number)?: return .integer(0 &- number)
            case .double(let number)?: return .double(-number)
            case .numeric(let number)?: return .numeric(number.negated)
            default: return nil
            }
        default: return nil
        }
    }
}
