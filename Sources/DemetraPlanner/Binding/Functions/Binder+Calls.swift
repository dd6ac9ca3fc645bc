import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Calls: scalar functions, aggregates and window functions.

extension Binder {
    func bindCall(
        _ call: FunctionCall, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let call = withRows(call, context)
        let name = call.name.last.name
        if let metric = try MetricReference(call, range: range) {
            return try bindMetric(metric, context)
        }
        if call.over != nil {
            guard functions.sets[name] == nil else {
                throw DemetraError(
                    .wrongObjectType,
                    "OVER specified, but \(name) is not a window function nor an aggregate function"
                )
            }
            return try bindWindowCall(call, range, context)
        }
        if let filled = try bindGapFillCall(call, range, context) { return filled }
        if let special = try bindMetricCall(call, range, context) { return special }
        if let place = try HypotheticalSet(call, range) {
            return try bind(place.expression, context)
        }
        if functions.windows[name] != nil, functions.aggregates[name] == nil {
            throw DemetraError(
                .wrongObjectType, "window function \(name) requires an OVER clause")
        }
        if name == "grouping" { return try grouping(call, range, context) }
        if functions.aggregates[name] != nil { return try bindAggregate(call, range, context) }
        if let model = functions.models[name] {
            return try bindModelCall(model, call, range, context)
        }
        if functions.tables[name] != nil, functions.scalars[name] == nil {
            throw DemetraError(
                .featureNotSupported, "\(name) gives rows and belongs into FROM",
                hint: "Write SELECT ... FROM \(name)(...).")
        }
        if functions.sets[name] != nil, functions.scalars[name] == nil {
            return try bindSetCall(call, range, context)
        }
        if name == "coalesce" {
            // As in CASE: what is not computed for every row cannot give rows.
            let sets = context.sets
            context.sets = nil
            defer { context.sets = sets }
            let (unified, type) = try unify(try expressions(call, context), what: "COALESCE")
            return BoundExpression(.coalesce(unified), type: type, range: range)
        }
        let arguments = try expressions(call, context)
        switch name {
        case "nullif": return try nullIf(arguments, range)
        default: break
        }
        guard !call.isStar, !call.isDistinct, call.orderBy.isEmpty, call.filter == nil,
            call.withinGroup.isEmpty
        else {
            if functions.scalars[name] == nil {
                throw noFunction(name, arguments.map(\.type), range)
            }
            throw DemetraError(
                .wrongObjectType, "\(name) is not an aggregate function",
                hint: "DISTINCT, ORDER BY, FILTER and * belong to aggregates.")
        }
        return try scalarCall(name, arguments, range)
    }

    /// The arguments as expressions; named ones are in the order they were written.
    private func expressions(
        _ call: FunctionCall, _ context: ExpressionContext
    ) throws(DemetraError) -> [BoundExpression] {
        if call.arguments.contains(where: { $0.name != nil }) {
            return try namedArguments(call, context)
        }
        var result: [BoundExpression] = []
        for argument in call.arguments {
            guard case .expression(let expression) = argument.value else {
                throw DemetraError(
                    .syntaxError, "a relation is not allowed as an argument of \(call.name.text)")
            }
            result.append(try bind(sequenceName(expression, call) ?? expression, context))
        }
        return result
    }

    private static let sequenceFunctions: Set<String> = ["nextval", "currval", "setval"]

    /// `'name'::regclass` as an argument of a function over sequences is the name: these find it themselves, also
    /// while the sequence is being made.
    private func sequenceName(_ argument: Expression, _ call: FunctionCall) -> Expression? {
        guard Self.sequenceFunctions.contains(call.name.last.name),
            case .cast(let operand, let type) = argument.node, type.name == "regclass",
            case .string = operand.node
        else { return nil }
        return operand
    }

    private static let parameterNames: [String: [String]] = [
        "make_interval": ["years", "months", "weeks", "days", "hours", "mins", "secs"]
    ]

    private func namedArguments(
        _ call: FunctionCall, _ context: ExpressionContext
    ) throws(DemetraError) -> [BoundExpression] {
        guard let names = Self.parameterNames[call.name.last.name] else {
            throw DemetraError(
                .undefinedFunction, "function \(call.name.text) has no named arguments")
        }
        let zero = BoundExpression(.literal(.integer(0)), type: .integer)
        var result = [BoundExpression](repeating: zero, count: names.count)
        for (index, argument) in call.arguments.enumerated() {
            guard case .expression(let expression) = argument.value else { continue }
            let position = argument.name.map { names.firstIndex(of: $0.name) } ?? index
            guard let position, position < names.count else {
                throw DemetraError(
                    .undefinedFunction,
                    "function \(call.name.text) has no argument \"\(argument.name?.name ?? "")\"")
            }
            result[position] = try bind(expression, context)
        }
        return result
    }

    private func nullIf(
        _ arguments: [BoundExpression], _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        guard arguments.count == 2 else {
            throw noFunction("nullif", arguments.map(\.type), range)
        }
        var first = arguments[0]
        if first.type == .unknown {
            first = try coerce(first, to: arguments[1].type == .unknown ? .text : arguments[1].type)
        }
        let test = try compare(.equal, first, arguments[1], range)
        let null = BoundExpression(.literal(.null), type: first.type, range: range)
        return BoundExpression(
            .caseWhen([BoundBranch(condition: test, result: null)], otherwise: first),
            type: first.type, range: range)
    }

    // MARK: Aggregates

    private func bindAggregate(
        _ call: FunctionCall, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let name = call.name.last.name
        if context.isInsideAggregate {
            throw DemetraError(.groupingError, "aggregate function calls cannot be nested")
        }
        guard let collector = context.aggregates else {
            throw DemetraError(
                .groupingError, "aggregate functions are not allowed in \(context.clause)",
                hint: context.clause == "WHERE" ? "Filter groups in HAVING." : nil)
        }
        context.isInsideAggregate = true
        defer { context.isInsideAggregate = false }
        var arguments = try aggregateArguments(call, context)
        var order = try sortKeys(call.orderBy, context)
        if !call.withinGroup.isEmpty {
            order = try sortKeys(call.withinGroup, context)
            arguments += order.map(\.expression)
        }
        var filter: BoundExpression?
        if let given = call.filter { filter = try condition(try bind(given, context), "FILTER") }
        if call.isDistinct, arguments.count > 1, name == "count" {
            // count(DISTINCT (a, b)): a row counts unless all of it is NULL, which rows never are.
            return try countDistinctRows(arguments, filter, range, collector, context)
        }
        let types = arguments.map(\.type)
        guard let overloads = functions.aggregates[aggregateName(name, arguments)],
            let function = FunctionResolver.best(overloads, types, signature: { $0.signature })
        else { throw noFunction(name, types, range) }
        if function.isOrderedSet, call.withinGroup.isEmpty {
            throw DemetraError(
                .wrongObjectType, "WITHIN GROUP is required for ordered-set aggregate \(name)")
        }
        let cast = try castArguments(arguments, function.signature, name, range)
        if function.isOrderedSet, !order.isEmpty {
            order[0] = PlanSortKey(
                expression: cast[cast.count - 1], descending: order[0].descending,
                nullsFirst: order[0].nullsFirst)
        }
        if call.isDistinct, order.isEmpty, function.isOrderSensitive {
            // As PostgreSQL, which sorts to find what is equal.
            order = cast.map { PlanSortKey(expression: $0, descending: false, nullsFirst: false) }
        } else if call.isDistinct, !order.isEmpty {
            let known = Set(cast.map(\.fingerprint))
            guard order.allSatisfy({ known.contains($0.expression.fingerprint) }) else {
                throw DemetraError(
                    .invalidColumnReference,
                    "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list"
                )
            }
        }
        let type = function.signature.result.resolve(cast.map(\.type))
        try checkDimensions(type, range)
        let bound = AggregateCall(
            column: newColumn(name, type), function: function, arguments: cast,
            isDistinct: call.isDistinct, filter: metricFilter(filter, context), orderBy: order)
        if let window = context.metric?.window { return try windowed(bound, window, context) }
        let column = collector.add(bound, owner: metricOwner(bound, context))
        return BoundExpression(.column(column.id), type: column.type, range: range)
    }

    /// FILTER of the call and of the metric that it is of.
    private func metricFilter(
        _ filter: BoundExpression?, _ context: ExpressionContext
    ) -> BoundExpression? {
        BoundExpression.conjunction([filter, context.metric?.filter].compactMap { $0 })
    }

    private func aggregateArguments(
        _ call: FunctionCall, _ context: ExpressionContext
    ) throws(DemetraError) -> [BoundExpression] {
        if call.isStar { return [] }
        if call.arguments.count == 1, case .expression(let only) = call.arguments[0].value,
            case .row(let members) = only.node
        {
            return try bind(members, context)
        }
        return try expressions(call, context)
    }

    private func countDistinctRows(
        _ arguments: [BoundExpression], _ filter: BoundExpression?, _ range: SourceRange,
        _ collector: AggregateCollector, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard
            let function = functions.aggregates["count"]?.first(where: {
                $0.signature.parameters.isEmpty
            })
        else { throw noFunction("count", arguments.map(\.type), range) }
        let call = AggregateCall(
            column: newColumn("count", .bigint), function: function, arguments: arguments,
            isDistinct: true, filter: metricFilter(filter, context))
        if let window = context.metric?.window { return try windowed(call, window, context) }
        let column = collector.add(call, owner: metricOwner(call, context))
        return BoundExpression(.column(column.id), type: .bigint, range: range)
    }

    func sortKeys(
        _ items: [OrderItem], _ context: ExpressionContext
    ) throws(DemetraError) -> [PlanSortKey] {
        var keys: [PlanSortKey] = []
        for item in items {
            var expression = try bind(item.expression, context)
            if expression.type == .unknown { expression = try coerce(expression, to: .text) }
            keys.append(
                PlanSortKey(
                    expression: expression, descending: item.descending,
                    nullsFirst: item.nullsFirst ?? item.descending))
        }
        return keys
    }

    private func grouping(
        _ call: FunctionCall, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard let collector = context.aggregates else {
            throw DemetraError(
                .groupingError, "grouping operations are not allowed in \(context.clause)")
        }
        if collector.groupingColumn == nil {
            collector.groupingColumn = newColumn("grouping", .integer)
        }
        guard let column = collector.groupingColumn else {
            throw DemetraError(.internalError, "no grouping column")
        }
        // Each argument's bit is cut out of the mask once the order of the keys is known.
        let arguments = try expressions(call, context)
        pendingGroupings.append((column, arguments))
        return BoundExpression(
            .cast(
                BoundExpression(
                    .coalesce(
                        [BoundExpression(.column(column.id), type: .integer, range: range)]
                            + arguments),
                    type: .integer, range: range), isExplicit: true), type: .integer, range: range)
    }

    // MARK: Windows

    private func bindWindowCall(
        _ call: FunctionCall, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let name = call.name.last.name
        guard let windows = context.windows, !context.isInsideAggregate else {
            let state: SQLState = context.isInsideAggregate ? .groupingError : .windowingError
            throw DemetraError(
                state,
                context.isInsideAggregate
                    ? "aggregate function calls cannot contain window function calls"
                    : "window functions are not allowed in \(context.clause)",
                hint: context.isInsideAggregate ? nil : "Filter by them in QUALIFY.")
        }
        guard !context.isInsideWindow else {
            throw DemetraError(.windowingError, "window function calls cannot be nested")
        }
        context.isInsideWindow = true
        defer { context.isInsideWindow = false }
        let specification =
            try call.over.mapThrowing { over throws(DemetraError) in
                try windowSpecification(over, windows)
            } ?? WindowSpecification()
        context.isInsideSum = name == "sum"
        defer { context.isInsideSum = false }
        let arguments = call.isStar ? [] : try expressions(call, context)
        context.isInsideSum = false
        let types = arguments.map(\.type)
        var filter: BoundExpression?
        if let given = call.filter { filter = try condition(try bind(given, context), "FILTER") }
        let function: WindowCallFunction
        let signature: Signature
        if let window = functions.windows[name],
            FunctionResolver.score(window.signature, types) != nil
        {
            function = .window(window)
            signature = window.signature
        } else if let overloads = functions.aggregates[name],
            let aggregate = FunctionResolver.best(overloads, types, signature: { $0.signature })
        {
            function = .aggregate(aggregate)
            signature = aggregate.signature
        } else {
            throw noFunction(name, types, range)
        }
        if call.isDistinct {
            throw DemetraError(
                .featureNotSupported, "DISTINCT is not implemented for window functions")
        }
        let cast = try castArguments(arguments, signature, name, range)
        let type = signature.result.resolve(cast.map(\.type))
        try checkDimensions(type, range)
        let order = try sortKeys(specification.orderBy, context)
        let bound = WindowCall(
            column: newColumn(name, type), function: function, arguments: cast, filter: filter,
            partitionBy: try bind(specification.partitionBy, context), orderBy: order,
            frame: try frame(specification.frame, order, context))
        windows.calls.append(bound)
        columnsAboveGroups.insert(bound.column.id)
        return BoundExpression(.column(bound.column.id), type: type, range: range)
    }

    /// What OVER says, with the named window that it means or extends.
    func windowSpecification(
        _ over: WindowReference, _ windows: WindowCollector
    ) throws(DemetraError) -> WindowSpecification {
        switch over {
        case .named(let identifier):
            guard let known = windows.named[identifier.name] else {
                throw DemetraError(
                    .undefinedObject, "window \"\(identifier.name)\" does not exist")
            }
            return known
        case .inline(let given): return try inherit(given, windows)
        }
    }

    /// A window that extends a named one: it may add an ORDER BY and a frame.
    func inherit(
        _ given: WindowSpecification, _ windows: WindowCollector
    ) throws(DemetraError) -> WindowSpecification {
        guard let base = given.base else { return given }
        guard let known = windows.named[base.name] else {
            throw DemetraError(.undefinedObject, "window \"\(base.name)\" does not exist")
                .at(base.range)
        }
        if !given.partitionBy.isEmpty {
            throw DemetraError(
                .windowingError, "cannot override PARTITION BY clause of window \"\(base.name)\"")
        }
        if !given.orderBy.isEmpty, !known.orderBy.isEmpty {
            throw DemetraError(
                .windowingError, "cannot override ORDER BY clause of window \"\(base.name)\"")
        }
        if known.frame != nil {
            throw DemetraError(
                .windowingError,
                "cannot copy window \"\(base.name)\" because it has a frame clause")
        }
        var result = known
        if !given.orderBy.isEmpty { result.orderBy = given.orderBy }
        result.frame = given.frame
        return result
    }

    func frame(
        _ frame: WindowFrame?, _ order: [PlanSortKey], _ context: ExpressionContext
    ) throws(DemetraError) -> PlanFrame {
        guard let frame else {
            return PlanFrame(unit: .range, start: .unboundedPreceding, end: .currentRow)
        }
        let unit: PlanFrame.Unit =
            switch frame.unit {
            case .rows: .rows
            case .range: .range
            case .groups: .groups
            }
        try checkBounds(frame)
        let exclusion: PlanFrame.Exclusion =
            switch frame.exclusion {
            case .none: .none
            case .currentRow: .currentRow
            case .group: .group
            case .ties: .ties
            }
        if unit == .groups, order.isEmpty {
            throw DemetraError(
                .windowingError, "GROUPS mode requires an ORDER BY clause"
            ).at(frame.range)
        }
        return PlanFrame(
            unit: unit, start: try bound(frame.start, unit, order, frame.range),
            end: try bound(frame.end, unit, order, frame.range), exclusion: exclusion)
    }

    private func checkBounds(_ frame: WindowFrame) throws(DemetraError) {
        func place(_ bound: WindowFrame.Bound) -> Int {
            switch bound {
            case .unboundedPreceding: 0
            case .preceding: 1
            case .currentRow: 2
            case .following: 3
            case .unboundedFollowing: 4
            }
        }
        let (start, end) = (place(frame.start), place(frame.end))
        if start == 4 || end == 0 || (start > end) {
            throw DemetraError(
                .windowingError, "frame starting and ending bounds are in the wrong order"
            ).at(frame.range)
        }
    }

    private func bound(
        _ bound: WindowFrame.Bound, _ unit: PlanFrame.Unit, _ order: [PlanSortKey],
        _ range: SourceRange
    ) throws(DemetraError) -> PlanFrameBound {
        func offset(_ expression: Expression) throws(DemetraError) -> BoundExpression {
            let constants = ExpressionContext(scope: Scope(parent: nil), clause: "a window frame")
            let value = try bind(expression, constants)
            guard unit == .range else { return try coerce(value, to: .bigint) }
            guard order.count == 1 else {
                throw DemetraError(
                    .windowingError,
                    "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column"
                ).at(range)
            }
            let key = order[0].expression.type
            if key.isDateTime { return try coerce(value, to: .interval) }
            return try coerce(value, to: key)
        }
        switch bound {
        case .unboundedPreceding: return .unboundedPreceding
        case .currentRow: return .currentRow
        case .unboundedFollowing: return .unboundedFollowing
        case .preceding(let expression): return .preceding(try offset(expression))
        case .following(let expression): return .following(try offset(expression))
        }
    }
}
