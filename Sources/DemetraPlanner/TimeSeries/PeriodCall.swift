import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// `period_change(value, length [, finish])` and its kin: a value and the same one period before.
///
/// In a query that groups by its time the period before is the group whose time is earlier by the length: month over
/// month in a series of months. In any other the last period ends with the newest row of the query, or at `finish`,
/// and the one before it begins one length earlier: the last 30 days against the 30 before.
struct PeriodCall {
    /// What is told of the two values.
    enum Result: String {
        /// How much of the value before it was won or lost: 0.1 for 10 percent more.
        case change = "period_change"
        /// The difference.
        case delta = "period_delta"
        /// The value before.
        case previous = "period_previous"
    }

    let binder: Binder
    let result: Result
    let range: SourceRange
    /// An expression over aggregates.
    let value: Expression
    let length: Expression
    let finish: Expression?

    /// nil for calls of other functions.
    ///
    /// - Throws: 42883 for arguments that do not fit.
    init?(_ call: FunctionCall, range: SourceRange, binder: Binder) throws(DemetraError) {
        guard call.name.parts.count == 1, let result = Result(rawValue: call.name.text) else {
            return nil
        }
        var arguments: [Expression] = []
        for argument in call.arguments {
            if case .expression(let expression) = argument.value, argument.name == nil {
                arguments.append(expression)
            }
        }
        guard (2...3).contains(arguments.count), arguments.count == call.arguments.count,
            call.over == nil, call.filter == nil, !call.isDistinct
        else {
            throw DemetraError(
                .undefinedFunction, "\(call.name.text) does not take these arguments",
                hint: "Write \(call.name.text)(metric, INTERVAL '30 days' [, finish])."
            ).at(range)
        }
        self.binder = binder
        self.result = result
        self.range = range
        value = arguments[0]
        length = arguments[1]
        finish = arguments.count > 2 ? arguments[2] : nil
    }

    func bind(_ context: ExpressionContext) throws(DemetraError) -> BoundExpression {
        guard let core = context.core, context.aggregates != nil, !context.isInsideAggregate else {
            throw DemetraError(
                .groupingError, "\(result.rawValue) is not allowed in \(context.clause)",
                hint: "It compares groups: use it in the SELECT list, HAVING or ORDER BY.")
        }
        let time = try timeColumn(context)
        let groups = try GroupExpressions(binder: binder, scope: context.scope).of(core)
        if let position = try timePosition(groups, time, context) {
            guard finish == nil else {
                throw DemetraError(
                    .featureNotSupported,
                    "\(result.rawValue) takes no end in a query that groups by its time",
                    hint: "Each group is compared with the one a period before it.")
            }
            return try overGroups(groups, position, context)
        }
        return try overRows(time, core, context)
    }

    private func told(
        _ current: BoundExpression, _ previous: BoundExpression
    ) throws(DemetraError) -> BoundExpression {
        if result == .previous { return previous.over(range) }
        let delta = try binder.arithmetic(.subtract, current, previous, range)
        if result == .delta { return delta }
        return try binder.metricDivision(.divide, delta, previous, range)
    }

    // MARK: Time

    /// The time column of the metric's relation, or of the only one that has one.
    private func timeColumn(_ context: ExpressionContext) throws(DemetraError) -> Expression {
        var relations = context.scope.relations
        var reference: MetricReference?
        switch value.node {
        case .column(let path): reference = MetricReference(path: path, range: value.range)
        case .call(let call): reference = try MetricReference(call, range: value.range)
        default: break
        }
        if let reference, !binder.metricDefinitions(reference.name).isEmpty {
            let choice = try MetricRelation(
                binder: binder, reference: reference, scope: context.scope
            ).choose(binder.metricDefinitions(reference.name))
            relations = choice.scope.relations
        }
        guard let column = TimeColumn.only(in: relations) else {
            throw DemetraError(
                .undefinedColumn, "\(result.rawValue) finds no time column, or several",
                hint:
                    "It is for metrics of a table with a time column, or of a subquery with one column of dates."
            ).at(range)
        }
        return column
    }

    /// The group that is a time of the rows.
    private func timePosition(
        _ groups: [Expression], _ time: Expression, _ context: ExpressionContext
    ) throws(DemetraError) -> Int? {
        let probe = ExpressionContext(scope: context.scope, clause: "GROUP BY")
        probe.gapFill = GapFillCollector()
        let columns = try binder.bind(time, probe).usedColumns
        for (index, group) in groups.enumerated() {
            let bound = try binder.bind(group, probe)
            if bound.type.isDateTime, !bound.usedColumns.isDisjoint(with: columns) { return index }
        }
        return nil
    }

    // MARK: Groups

    /// The value of the group that lies one length before, whatever groups are between.
    private func overGroups(
        _ groups: [Expression], _ position: Int, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        var window = WindowSpecification(range: range)
        window.partitionBy = groups.indices.filter { $0 != position }.map { groups[$0] }
        window.orderBy = [OrderItem(expression: groups[position])]
        window.frame = WindowFrame(
            unit: .range, start: .preceding(length), end: .preceding(length), exclusion: .none,
            range: range)
        var call = FunctionCall(
            name: ObjectName([Identifier("first_value")]),
            arguments: [FunctionArgument(value: .expression(value))])
        call.over = .inline(window)
        let previous = try binder.bind(Expression(.call(call), range: range), context)
        return try told(try binder.bind(value, context), previous)
    }

    // MARK: Rows

    private func overRows(
        _ time: Expression, _ core: SelectCore, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard context.windows == nil || !context.isInsideWindow else {
            throw DemetraError(.windowingError, "\(result.rawValue) cannot stand in a window call")
        }
        let saved = context.isInsideAggregate
        context.isInsideAggregate = true
        defer { context.isInsideAggregate = saved }
        let moment = try binder.bind(time, context)
        let end = try self.end(moment, time, core, context)
        let length = try binder.coerce(try binder.bind(self.length, context), to: .interval)
        let two = BoundExpression(.literal(.integer(2)), type: .integer)
        let start = try binder.arithmetic(.subtract, end, length, range)
        let earlier = try binder.arithmetic(
            .subtract, end, try binder.arithmetic(.multiply, length, two, range), range)
        context.isInsideAggregate = saved
        let current = try bound(moment, from: start, to: end, context)
        let previous = try bound(moment, from: earlier, to: start, context)
        return try told(current, previous)
    }

    /// The value of the rows of a span.
    private func bound(
        _ moment: BoundExpression, from start: BoundExpression, to end: BoundExpression,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let span = BoundExpression(
            .and([
                try binder.compare(.greaterOrEqual, moment, start, range),
                try binder.compare(.less, moment, end, range),
            ]), type: .boolean, range: range)
        let saved = context.metric
        defer { context.metric = saved }
        var expansion =
            saved
            ?? MetricExpansion(
                name: result.rawValue, range: range, relationColumns: nil, filter: nil, window: nil)
        expansion.filter = BoundExpression.conjunction([expansion.filter, span].compactMap { $0 })
        context.metric = expansion
        return try binder.bind(value, context)
    }

    /// Where the last period ends: at what was given, or just behind the newest row of the query.
    private func end(
        _ moment: BoundExpression, _ time: Expression, _ core: SelectCore,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        if let finish {
            let type: LogicalType = moment.type == .date ? .timestamp : moment.type
            return try binder.coerce(try binder.bind(finish, context), to: type)
        }
        if let known = context.aggregates?.newest[moment.fingerprint] { return known }
        var newest = SelectCore(range: core.range)
        let maximum = FunctionCall(
            name: ObjectName([Identifier("max")]),
            arguments: [FunctionArgument(value: .expression(time))])
        newest.items = [.expression(Expression(.call(maximum), range: range), alias: nil)]
        newest.from = core.from
        newest.whereCondition = core.whereCondition
        newest.latest = core.latest
        let last = Expression(
            .scalarQuery(Query(body: .select(newest), range: core.range)), range: range)
        let step: Expression =
            moment.type == .date
            ? Expression(.number("1"))
            : Expression(
                .typedLiteral(
                    TypeName(name: "interval", range: .none), "1 microsecond", intervalFields: nil))
        let end = try binder.bind(
            Expression(.binary(operator: "+", last, step), range: range), context)
        context.aggregates?.newest[moment.fingerprint] = end
        return end
    }
}

/// The column that says when rows happened.
enum TimeColumn {
    /// A reference to it, where exactly one of the relations has one.
    static func only(in relations: [ScopeRelation]) -> Expression? {
        var found: [[Identifier]] = []
        for relation in relations {
            let own = Scope(parent: nil)
            own.relations = [relation]
            if let name = own.timeColumnName {
                found.append([relation.name, name].compactMap { $0 }.map { Identifier($0) })
            }
        }
        return found.count == 1 ? Expression(.column(found[0])) : nil
    }
}

/// The expressions that a SELECT groups by, with positions and aliases resolved.
struct GroupExpressions {
    let binder: Binder
    let scope: Scope

    /// - Throws: 0A000 with GROUPING SETS.
    func of(_ core: SelectCore) throws(DemetraError) -> [Expression] {
        if core.groupsByAll {
            let test = GroupedQueryTest(binder: binder, scope: scope)
            return core.items.compactMap { item in
                guard case .expression(let expression, _) = item,
                    !test.hasAggregate(expression), !expression.hasWindow
                else { return nil }
                return expression
            }
        }
        var result: [Expression] = []
        for element in core.groupBy ?? [] {
            guard case .expression(let expression) = element else {
                throw DemetraError(
                    .featureNotSupported, "periods cannot be compared beside GROUPING SETS",
                    hint: "Use a query for each set of groups, joined by UNION ALL.")
            }
            result.append(try resolved(expression, core))
        }
        return result
    }

    private func resolved(
        _ expression: Expression, _ core: SelectCore
    ) throws(DemetraError) -> Expression {
        if let position = try binder.ordinal(expression, core.items.count) {
            if case .expression(let item, _) = core.items[position] { return item }
            return expression
        }
        guard case .column(let path) = expression.node, path.count == 1,
            case .missing = scope.lookUp(path[0].name, relation: nil)
        else { return expression }
        for case .expression(let item, let alias?) in core.items where alias.name == path[0].name {
            return item
        }
        return expression
    }
}

extension Expression {
    /// Whether a window call is in it.
    fileprivate var hasWindow: Bool {
        if case .call(let call) = node, call.over != nil { return true }
        return children.contains { $0.hasWindow }
    }
}
