import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Subqueries in expressions: each becomes a join of the rows around it with the subquery's plan.

extension Binder {
    func subquery(
        _ expression: Expression, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let range = expression.range
        switch expression.node {
        case .scalarQuery(let query):
            let fields = try rowQuery(query, range, context)
            guard fields.count == 1 else {
                throw DemetraError(.syntaxError, "subquery must return only one column")
            }
            return fields[0]
        case .exists(let query):
            let bound = try bindQuery(query, outer: context.scope)
            return mark(bound, [], isNullAware: false, range, context)
        case .inQuery(let operand, let query, let negated):
            let test = try inQuery(operand, query, .equal, range, context)
            return negate(test, negated)
        case .quantifiedQuery(let operand, let symbol, let all, let query):
            return try quantified(operand, symbol, all, query, range, context)
        default: throw DemetraError(.internalError, "an unknown subquery")
        }
    }

    /// The columns of a subquery that gives at most one row.
    func rowQuery(
        _ query: Query, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> [BoundExpression] {
        let bound = try bindQuery(query, outer: context.scope).typed(self)
        attach(
            PendingSubquery(
                kind: .single, plan: bound.plan, correlated: bound.correlated, keys: []), context)
        return bound.plan.columns.map {
            BoundExpression(.column($0.id), type: $0.type, range: range)
        }
    }

    /// Notes a subquery for the rows around the expression.
    func attach(_ subquery: PendingSubquery, _ context: ExpressionContext) {
        for column in subquery.plan.columns { columnsAboveGroups.insert(column.id) }
        if case .mark(let column, _) = subquery.kind { columnsAboveGroups.insert(column.id) }
        if context.isInsideAggregate, let aggregates = context.aggregates {
            aggregates.subqueries.append(subquery)
        } else {
            context.subqueries.append(subquery)
        }
    }

    private func mark(
        _ bound: BoundQuery, _ keys: [JoinKey], isNullAware: Bool, _ range: SourceRange,
        _ context: ExpressionContext
    ) -> BoundExpression {
        let column = newColumn("mark", .boolean)
        attach(
            PendingSubquery(
                kind: .mark(column, isNullAware: isNullAware), plan: bound.plan,
                correlated: bound.correlated, keys: keys), context)
        return BoundExpression(.column(column.id), type: .boolean, range: range)
    }

    private func inQuery(
        _ operand: Expression, _ query: Query, _ comparison: Comparison, _ range: SourceRange,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let subjects: [BoundExpression]
        if case .row(let members) = operand.node {
            subjects = try bind(members, context)
        } else {
            subjects = [try bind(operand, context)]
        }
        var bound = try bindQuery(query, outer: context.scope)
        let columns = bound.plan.columns
        guard columns.count == subjects.count else {
            throw DemetraError(
                .syntaxError,
                "subquery has too \(columns.count > subjects.count ? "many" : "few") columns")
        }
        var keys: [JoinKey] = []
        var casts: [ProjectedColumn] = []
        for (subject, column) in zip(subjects, columns) {
            let right = BoundExpression(.column(column.id), type: column.type, range: range)
            let (sides, _) = try comparable(subject, right, comparison.rawValue, range)
            let type = sides.1.type
            let cast = newColumn(column.name, type)
            casts.append(ProjectedColumn(column: cast, expression: sides.1))
            keys.append(
                JoinKey(
                    left: sides.0,
                    right: BoundExpression(.column(cast.id), type: type, range: range),
                    comparison: comparison))
        }
        bound.plan = .project(bound.plan, casts)
        return mark(bound, keys, isNullAware: true, range, context)
    }

    /// `x op ANY / ALL (SELECT ...)`.
    private func quantified(
        _ operand: Expression, _ symbol: String, _ all: Bool, _ query: Query, _ range: SourceRange,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard let comparison = Comparison(rawValue: symbol) else {
            throw DemetraError(
                .featureNotSupported, "\(symbol) ANY (SELECT ...) is not supported yet")
        }
        if comparison == .equal, !all { return try inQuery(operand, query, .equal, range, context) }
        if comparison == .notEqual, all {
            return negate(try inQuery(operand, query, .equal, range, context), true)
        }
        return try boundQuantified(operand, comparison, all, query, range, context)
    }

    /// Other comparisons look at the least and greatest value, whether there is a NULL, and whether there is
    /// any row at all.
    private func boundQuantified(
        _ operand: Expression, _ comparison: Comparison, _ all: Bool, _ query: Query,
        _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let subject = try bind(operand, context)
        let inner = try bindQuery(query, outer: context.scope)
        guard inner.plan.columns.count == 1 else {
            throw DemetraError(.syntaxError, "subquery has too many columns")
        }
        let column = inner.plan.columns[0]
        let value = BoundExpression(.column(column.id), type: column.type, range: range)
        let summary = try extremes(inner.plan, value, range)
        attach(
            PendingSubquery(
                kind: .single, plan: summary.plan, correlated: inner.correlated, keys: []), context)
        let (count, known) = (summary.count, summary.known)
        let zero = BoundExpression(.literal(.integer(0)), type: .bigint, range: range)
        let isEmpty = try compare(.equal, count, zero, range)
        let hasNull = try compare(.notEqual, count, known, range)
        let test: BoundExpression
        switch comparison {
        case .equal, .notEqual:
            // `= ALL` and `<> ANY`: all values are the subject when the least and the greatest are.
            test = connected(
                [
                    try compare(comparison, subject, summary.least, range),
                    try compare(comparison, subject, summary.greatest, range),
                ], isAnd: all, range)
        default:
            let isUpward = comparison == .greater || comparison == .greaterOrEqual
            test = try compare(
                comparison, subject, isUpward == all ? summary.greatest : summary.least, range)
        }
        let null = BoundExpression(.literal(.null), type: .boolean, range: range)
        let decided = BoundExpression(.literal(.boolean(all)), type: .boolean, range: range)
        // The extreme decides unless a NULL leaves the answer open.
        let isOpen = BoundExpression(
            .and([hasNull, all ? test : negate(test, true)]), type: .boolean, range: range)
        return BoundExpression(
            .caseWhen(
                [
                    BoundBranch(condition: isEmpty, result: decided),
                    BoundBranch(condition: isOpen, result: null),
                ], otherwise: test), type: .boolean, range: range)
    }

    /// The least and the greatest value, the number of rows and of those that are not NULL.
    private func extremes(
        _ plan: LogicalPlan, _ value: BoundExpression, _ range: SourceRange
    ) throws(DemetraError) -> (
        plan: LogicalPlan, least: BoundExpression, greatest: BoundExpression,
        count: BoundExpression, known: BoundExpression
    ) {
        let collector = AggregateCollector()
        let least = try aggregateCall("min", [value], range, collector)
        let greatest = try aggregateCall("max", [value], range, collector)
        let count = try aggregateCall("count", [], range, collector)
        let known = try aggregateCall("count", [value], range, collector)
        let aggregation = Aggregation(input: plan, groups: [], calls: collector.calls)
        return (.aggregate(aggregation), least, greatest, count, known)
    }

    /// A plain aggregate over bound arguments.
    func aggregateCall(
        _ name: String, _ arguments: [BoundExpression], _ range: SourceRange,
        _ collector: AggregateCollector
    ) throws(DemetraError) -> BoundExpression {
        let types = arguments.map(\.type)
        guard let overloads = functions.aggregates[name],
            let function = FunctionResolver.best(overloads, types, signature: { $0.signature })
        else { throw noFunction(name, types, range) }
        let cast = try castArguments(arguments, function.signature, name, range)
        let type = function.signature.result.resolve(cast.map(\.type))
        let column = collector.add(
            AggregateCall(column: newColumn(name, type), function: function, arguments: cast))
        return BoundExpression(.column(column.id), type: column.type, range: range)
    }

    /// The plan with the subqueries of an expression joined to it.
    func joining(_ plan: LogicalPlan, _ subqueries: [PendingSubquery]) -> LogicalPlan {
        var result = plan
        for subquery in subqueries {
            if subquery.correlated.isEmpty {
                result = .join(
                    JoinPlan(
                        kind: subquery.kind, left: result, right: subquery.plan,
                        keys: subquery.keys))
            } else {
                result = .apply(
                    ApplyPlan(
                        kind: subquery.kind, left: result, right: subquery.plan,
                        correlated: subquery.correlated, keys: subquery.keys))
            }
        }
        return result
    }
}
