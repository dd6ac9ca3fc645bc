import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// The window of `roas OVER (...)`, bound once for all aggregates of the metric.
struct MetricWindow {
    let partitionBy: [BoundExpression]
    let orderBy: [PlanSortKey]
    let frame: PlanFrame
    let metric: String
    let range: SourceRange
}

extension Binder {
    /// OVER behind a metric.
    ///
    /// - Throws: 42P20 where no window may stand.
    func metricWindow(
        _ over: WindowReference, _ reference: MetricReference, _ context: ExpressionContext
    ) throws(DemetraError) -> MetricWindow {
        guard let windows = context.windows else {
            throw DemetraError(
                .windowingError, "window functions are not allowed in \(context.clause)",
                hint: "Filter by them in QUALIFY.")
        }
        guard !context.isInsideWindow, context.metric?.window == nil else {
            throw DemetraError(.windowingError, "window function calls cannot be nested")
        }
        context.isInsideWindow = true
        defer { context.isInsideWindow = false }
        let specification = try windowSpecification(over, windows)
        let order = try sortKeys(specification.orderBy, context)
        return MetricWindow(
            partitionBy: try bind(specification.partitionBy, context), orderBy: order,
            frame: try frame(specification.frame, order, context), metric: reference.name,
            range: reference.range)
    }

    /// The value of a metric's aggregate over a window.
    ///
    /// Without groups it is a window aggregate over the rows. With groups the aggregate of each group is
    /// aggregated once more over the groups of the window, so that a ratio is that of the sums of all their rows.
    func windowed(
        _ call: AggregateCall, _ window: MetricWindow, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard let windows = context.windows, let aggregates = context.aggregates else {
            throw DemetraError(
                .windowingError, "window functions are not allowed in \(context.clause)")
        }
        guard !call.isDistinct || call.function.ignoresDuplicates, !call.function.isOrderedSet,
            call.orderBy.isEmpty
        else { throw notOverWindows(call, window) }
        guard context.isGrouped else {
            return add(
                .aggregate(call.function), call.arguments, call.filter, call.column.type, window,
                to: windows, owner: metricOwner(call, context))
        }
        switch call.function.name {
        case "sum", "count", "min", "max", "bool_and", "bool_or", "every", "bit_and", "bit_or":
            return try again(call, window, windows, aggregates, context)
        case "avg" where call.column.type.isNumber:
            let sum = try again(
                try twin("sum", call), window, windows, aggregates, context)
            let count = try again(
                try twin("count", call), window, windows, aggregates, context)
            let type = call.column.type
            return try metricDivision(
                .divide, try coerce(sum, to: type, .explicit),
                try coerce(count, to: type, .explicit), window.range)
        default: throw notOverWindows(call, window)
        }
    }

    /// Another aggregate of the same rows.
    private func twin(_ name: String, _ call: AggregateCall) throws(DemetraError) -> AggregateCall {
        let types = call.arguments.map(\.type)
        guard let overloads = functions.aggregates[name],
            let function = FunctionResolver.best(overloads, types, signature: { $0.signature })
        else { throw noFunction(name, types, .none) }
        let type = function.signature.result.resolve(types)
        return AggregateCall(
            column: newColumn(name, type), function: function, arguments: call.arguments,
            filter: call.filter)
    }

    /// The aggregate of each group, aggregated over the groups of the window.
    private func again(
        _ call: AggregateCall, _ window: MetricWindow, _ windows: WindowCollector,
        _ aggregates: AggregateCollector, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let column = aggregates.add(call, owner: metricOwner(call, context))
        aggregates.windowed[column.id] = window
        let value = BoundExpression(.column(column.id), type: column.type, range: window.range)
        let isCount = call.function.name == "count"
        let outer = try twin(
            isCount ? "sum" : call.function.name,
            AggregateCall(column: column, function: call.function, arguments: [value]))
        let cast = try castArguments([value], outer.function.signature, outer.function.name, .none)
        let result = add(
            .aggregate(outer.function), cast, nil, outer.column.type, window, to: windows,
            owner: nil
        )
        // The sum of bigints is a numeric; that of counts stays a count.
        let typed = try coerce(result, to: column.type, .explicit)
        guard isCount else { return typed }
        let zero = BoundExpression(.literal(.integer(0)), type: .bigint)
        return BoundExpression(.coalesce([typed, zero]), type: .bigint, range: window.range)
    }

    private func add(
        _ function: WindowCallFunction, _ arguments: [BoundExpression],
        _ filter: BoundExpression?, _ type: LogicalType, _ window: MetricWindow,
        to windows: WindowCollector, owner: MetricOwner?
    ) -> BoundExpression {
        let call = WindowCall(
            column: newColumn(window.metric, type), function: function, arguments: arguments,
            filter: filter, partitionBy: window.partitionBy, orderBy: window.orderBy,
            frame: window.frame)
        windows.calls.append(call)
        if let owner { windows.owners.append((owner, takesRows: arguments.isEmpty)) }
        columnsAboveGroups.insert(call.column.id)
        return BoundExpression(.column(call.column.id), type: type, range: window.range)
    }

    private func notOverWindows(_ call: AggregateCall, _ window: MetricWindow) -> DemetraError {
        let distinct = call.isDistinct ? "DISTINCT " : ""
        return DemetraError(
            .featureNotSupported,
            "metric \"\(window.metric)\" cannot be computed over a window: "
                + "\(call.function.name)(\(distinct)...) of groups does not follow from the groups' values",
            hint: "Compute it in a query of its own for each period, grouped by the period."
        ).at(window.range)
    }

    /// Whose rows an aggregate of a metric counts; nil where it is a plain aggregate over all rows.
    func metricOwner(_ call: AggregateCall, _ context: ExpressionContext) -> MetricOwner? {
        guard let metric = context.metric, context.aggregates?.separatesMetrics == true else {
            return nil
        }
        var columns: Set<ColumnIdentifier> = []
        for argument in call.arguments { columns.formUnion(argument.usedColumns) }
        if columns.isEmpty { columns = metric.relationColumns ?? [] }
        guard !columns.isEmpty else { return nil }
        return MetricOwner(metric: metric.name, range: metric.range, columns: columns)
    }
}
