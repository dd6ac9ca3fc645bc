import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Set-returning functions: in FROM, where they may look at what stands before them, and in the SELECT list.

extension Binder {
    /// A set-returning function in FROM.
    func bindSetFunction(
        _ call: FunctionCall, _ ordinality: Bool, _ alias: TableAlias?, _ range: SourceRange,
        _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        let name = call.name.last.name
        let inner = Scope(parent: scope)
        let context = ExpressionContext(scope: inner, clause: "functions in FROM")
        let arguments = try setArguments(call, context)
        // unnest(a, b) is unnest(a) and unnest(b) in step.
        let groups = name == "unnest" ? arguments.map { [$0] } : [arguments]
        var calls: [SetCall] = []
        for group in groups {
            calls.append(try setCall(name, group, call.name.range))
        }
        guard !calls.isEmpty else { throw noFunction(name, [], call.name.range) }
        // The only column of a function takes the name of the function's alias, unless it has one of its own.
        if calls.count == 1, calls[0].function.columnNames == [name], let alias,
            alias.columns.isEmpty
        {
            let only = calls[0].columns[0]
            calls[0].columns = [
                PlanColumn(id: only.id, name: alias.name.name, type: only.type)
            ]
        }
        let expand = ExpandPlan(
            input: joining(.oneRow, context.subqueries), calls: calls,
            ordinality: ordinality ? newColumn("ordinality", .bigint) : nil)
        let plan = LogicalPlan.expand(expand)
        let columns = expand.added
        let shown = plan.columns == columns ? plan : passing(plan, columns)
        return (
            BoundQuery(plan: shown, correlated: inner.correlated),
            [try relation(columns, alias, name, range)]
        )
    }

    /// The plan with these of its columns alone.
    private func passing(_ plan: LogicalPlan, _ columns: [PlanColumn]) -> LogicalPlan {
        .project(
            plan,
            columns.map {
                ProjectedColumn(
                    column: $0, expression: BoundExpression(.column($0.id), type: $0.type))
            })
    }

    private func setArguments(
        _ call: FunctionCall, _ context: ExpressionContext
    ) throws(DemetraError) -> [BoundExpression] {
        var arguments: [BoundExpression] = []
        for argument in call.arguments {
            guard case .expression(let expression) = argument.value, argument.name == nil else {
                throw noFunction(call.name.last.name, [], call.name.range)
            }
            arguments.append(try bind(expression, context))
        }
        guard !call.isStar, !call.isDistinct, call.orderBy.isEmpty, call.filter == nil,
            call.withinGroup.isEmpty, call.over == nil
        else {
            throw DemetraError(
                .wrongObjectType, "\(call.name.last.name) is not an aggregate function",
                hint: "DISTINCT, ORDER BY, FILTER, OVER and * belong to aggregates.")
        }
        return arguments
    }

    /// The call of the overload that fits.
    private func setCall(
        _ name: String, _ arguments: [BoundExpression], _ range: SourceRange
    ) throws(DemetraError) -> SetCall {
        let types = arguments.map(\.type)
        guard
            let function = FunctionResolver.best(
                functions.sets[name] ?? [], types, signature: { $0.signature })
        else { throw noFunction(name, types, range) }
        let cast = try castArguments(arguments, function.signature, name, range)
        let columns = function.fields(cast.map(\.type)).map { newColumn($0.name, $0.type) }
        return SetCall(function: function, arguments: cast, columns: columns)
    }

    /// A set-returning function in an expression of the SELECT list: the column that holds its values.
    func bindSetCall(
        _ call: FunctionCall, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard let sets = context.sets else {
            throw DemetraError(
                .featureNotSupported,
                "set-returning functions are not allowed in \(context.clause)",
                hint: "Call it in FROM: ... CROSS JOIN LATERAL \(call.name.text)(...).")
        }
        if context.isInsideAggregate || context.isInsideWindow {
            let kind = context.isInsideAggregate ? "aggregate" : "window"
            throw DemetraError(
                .featureNotSupported,
                "\(kind) function calls cannot contain set-returning function calls",
                hint: "Move the set-returning function into FROM.")
        }
        let bound = try setCall(call.name.last.name, try setArguments(call, context), range)
        guard bound.columns.count == 1 else {
            throw DemetraError(
                .featureNotSupported,
                "\(call.name.text) gives several columns and belongs into FROM",
                hint: "Write SELECT ... FROM \(call.name.text)(...).")
        }
        let column = sets.add(bound)
        columnsAboveGroups.insert(column.id)
        return BoundExpression(.column(column.id), type: column.type, range: range)
    }
}

/// The set-returning functions of one SELECT list; equal ones are computed once.
final class SetCollector {
    private(set) var calls: [SetCall] = []
    private var known: [String: PlanColumn] = [:]

    /// The column of a call.
    func add(_ call: SetCall) -> PlanColumn {
        let key =
            "\(ObjectIdentifier(call.function).hashValue)"
            + call.arguments.map(\.fingerprint).joined(separator: ",")
        if let column = known[key] { return column }
        known[key] = call.columns[0]
        calls.append(call)
        return call.columns[0]
    }

    /// The calls whose values the expressions need, those in the arguments of others among them.
    func calls(neededBy used: Set<ColumnIdentifier>) -> Set<ColumnIdentifier> {
        var needed = used
        // A call comes behind those in its arguments.
        for call in calls.reversed() where needed.contains(call.columns[0].id) {
            for argument in call.arguments { needed.formUnion(argument.usedColumns) }
        }
        return Set(calls.map(\.columns[0].id)).intersection(needed)
    }

    /// The columns of all calls.
    var columns: Set<ColumnIdentifier> { Set(calls.map(\.columns[0].id)) }

    /// The columns that arguments read.
    var argumentColumns: Set<ColumnIdentifier> {
        calls.flatMap(\.arguments).reduce(into: []) { $0.formUnion($1.usedColumns) }
    }

    /// Changes the arguments of the calls of these columns.
    func rewriteArguments(
        of columns: Set<ColumnIdentifier>,
        _ change: (BoundExpression) throws(DemetraError) -> BoundExpression
    ) throws(DemetraError) {
        for index in calls.indices where columns.contains(calls[index].columns[0].id) {
            var arguments: [BoundExpression] = []
            for argument in calls[index].arguments { arguments.append(try change(argument)) }
            calls[index].arguments = arguments
        }
    }

    /// The plan with the calls of these columns computed over its rows: those that stand in the arguments of
    /// others first, the rest of each level in step.
    func expanding(_ plan: LogicalPlan, _ columns: Set<ColumnIdentifier>) -> LogicalPlan {
        var result = plan
        var open = calls.filter { columns.contains($0.columns[0].id) }
        while !open.isEmpty {
            let waiting = Set(open.map(\.columns[0].id))
            func isReady(_ call: SetCall) -> Bool {
                call.arguments.allSatisfy { $0.usedColumns.isDisjoint(with: waiting) }
            }
            result = .expand(ExpandPlan(input: result, calls: open.filter { isReady($0) }))
            open.removeAll { isReady($0) }
        }
        return result
    }
}
