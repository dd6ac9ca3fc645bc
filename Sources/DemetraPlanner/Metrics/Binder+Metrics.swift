import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

// A metric's name becomes its expression, over the aggregates of the query that names it.

extension Binder {
    /// Metrics of metrics that one statement may come to.
    static let mostMetrics = 10_000

    /// The metric of that name: the catalog's, or the built-in one with the spellings its columns can have.
    func metricDefinitions(_ name: String) -> [MetricDefinition] {
        catalog.metrics[name].map { [$0] } ?? BuiltInMetrics.alternatives(name)
    }

    /// All names that metrics have, for suggestions.
    var metricNames: [String] {
        Array(catalog.metrics.keys) + BuiltInMetrics.all.map(\.name)
    }

    func undefinedMetric(_ name: String, _ range: SourceRange) -> DemetraError {
        DemetraError(
            .undefinedObject, "metric \"\(name)\" does not exist",
            hint: NearestName.find(name, among: metricNames).map { "Perhaps you meant \"\($0)\"." }
                ?? "SHOW METRICS lists them all."
        ).at(range)
    }

    /// The parts of a metric's expression.
    func metricParts(_ definition: MetricDefinition) throws(DemetraError) -> MetricParts {
        MetricParts(try SQLParser.parseExpression(definition.expression)) {
            functions.aggregates[$0] != nil
        }
    }

    /// A metric's expression at the grain of the query that names it.
    ///
    /// - Throws: 42803 where no aggregate may stand, 42703 when a column is missing, 42704 when there is no such
    ///   metric.
    func bindMetric(
        _ reference: MetricReference, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let definitions = metricDefinitions(reference.name)
        guard let first = definitions.first else {
            throw undefinedMetric(reference.name, reference.range)
        }
        guard !expandingMetrics.contains(first.name) else {
            throw DemetraError(
                .invalidTableDefinition, "metric \"\(first.name)\" is defined by itself",
                detail: (expandingMetrics + [first.name]).joined(separator: " uses "))
        }
        expandedMetricCount += 1
        guard expandedMetricCount <= Self.mostMetrics,
            expandingMetrics.count < Self.deepestNesting
        else {
            throw DemetraError(
                .statementTooComplex,
                "metric \"\(first.name)\" stands for more than \(Self.mostMetrics) others",
                hint: "Write out some of them over their aggregates.")
        }
        let choice = try MetricRelation(binder: self, reference: reference, scope: context.scope)
            .choose(definitions)
        try checkPlace(reference, context)
        if let stored = catalog.metrics[first.name] {
            usedObjects.insert(.metric(first.name))
            // Those that a metric is made of go with it.
            if expandingMetrics.isEmpty {
                try require(.select, on: stored.access, .metric, stored.name, reference.range)
            }
        }
        let inner = ExpressionContext(scope: choice.scope, clause: context.clause)
        inner.aggregates = context.aggregates
        inner.windows = context.windows
        inner.isGrouped = context.isGrouped
        inner.isInsideSum = context.isInsideSum
        inner.metric = try expansion(reference, choice, context)
        expandingMetrics.append(first.name)
        defer { expandingMetrics.removeLast() }
        do throws(DemetraError) {
            let expression = try SQLParser.parseExpression(choice.definition.expression)
            let value = try bind(expression, inner).over(reference.range)
            return try FixedMetric(binder: self, choice: choice, reference: reference)
                .guarded(value, inner, context)
        } catch {
            var placed = error
            // The text of the definition is not the statement's.
            placed.position = nil
            if placed.context == nil { placed.context = "metric \"\(first.name)\"" }
            throw placed
        }
    }

    private func checkPlace(
        _ reference: MetricReference, _ context: ExpressionContext
    ) throws(DemetraError) {
        if context.isInsideAggregate {
            throw DemetraError(
                .groupingError,
                "metric \"\(reference.name)\" cannot be used inside an aggregate function",
                hint: "A metric is an aggregate already; use it as it is.")
        }
        guard context.aggregates != nil else {
            throw DemetraError(
                .groupingError, "metric \"\(reference.name)\" is not allowed in \(context.clause)",
                hint: "A metric is computed from groups: filter it in HAVING.")
        }
    }

    /// FILTER and OVER of the reference, and of the metric around it.
    private func expansion(
        _ reference: MetricReference, _ choice: MetricRelation.Choice,
        _ context: ExpressionContext
    ) throws(DemetraError) -> MetricExpansion {
        var result = MetricExpansion(
            name: context.metric?.name ?? reference.name, range: reference.range,
            relationColumns: choice.columns ?? context.metric?.relationColumns,
            filter: context.metric?.filter, window: context.metric?.window)
        if let filter = reference.filter {
            let isOverRows = reference.over != nil && !context.isGrouped
            let bound = try filterCondition(filter, isOverRows, context)
            result.filter = BoundExpression.conjunction(
                [result.filter, bound].compactMap { $0 })
        }
        if let over = reference.over {
            result.window = try metricWindow(over, reference, context)
        }
        return result
    }

    private func filterCondition(
        _ filter: Expression, _ isOverRows: Bool, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let saved = context.isInsideAggregate
        // A window over rows looks at what stands beside the rows, an aggregate at what is below the groups.
        context.isInsideAggregate = !isOverRows
        defer { context.isInsideAggregate = saved }
        return try condition(try bind(filter, context), "FILTER")
    }

    /// `/` and `%` of a metric: never cut off, and NULL where the divisor is 0.
    func metricDivision(
        _ operation: ArithmeticOperator, _ left: BoundExpression, _ right: BoundExpression,
        _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        var (dividend, divisor) = (left, right)
        if operation == .divide, left.type.isInteger, right.type.isInteger {
            dividend = try coerce(left, to: .numeric(nil))
            divisor = try coerce(right, to: .numeric(nil))
        }
        guard divisor.type.isNumber else {
            return try arithmetic(operation, dividend, divisor, range)
        }
        if case .literal(let value) = divisor.node, !value.isZero {
            return try arithmetic(operation, dividend, divisor, range)
        }
        let zero = BoundExpression(.literal(.integer(0)), type: .integer, range: range)
        let branch = BoundBranch(
            condition: try compare(.equal, divisor, zero, range),
            result: BoundExpression(.literal(.null), type: divisor.type, range: range))
        let safe = BoundExpression(
            .caseWhen([branch], otherwise: divisor), type: divisor.type, range: range)
        return try arithmetic(operation, dividend, safe, range)
    }
}

extension Value {
    /// A number that is 0.
    fileprivate var isZero: Bool {
        switch self {
        case .integer(let value): value == 0
        case .double(let value): value == 0
        case .numeric(let value): value.unscaled.isZero
        default: false
        }
    }
}
