import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// Looks at a metric when it is created or altered.
///
/// With ON it is bound to that relation, so every mistake shows at once. Without, the columns stay open until a
/// query has a relation with them, but everything else must make sense.
struct MetricChecker {
    let binder: Binder
    let metric: MetricDefinition
    /// Where its expression stands in the statement; the metric is stored already where it is nil.
    var written: Expression?
    private var name: String { metric.name }

    init(binder: Binder, metric: MetricDefinition, written: Expression? = nil) {
        self.binder = binder
        self.metric = metric
        self.written = written
    }

    /// - Throws: 42803 for a column outside of aggregates, or no aggregate at all; 42883 for an unknown
    ///   function; 42P16 for a metric that refers to itself; with ON what binding it to the relation throws.
    func check() throws(DemetraError) {
        let expression: Expression
        if let written {
            expression = written
        } else {
            expression = try SQLParser.parseExpression(metric.expression)
        }
        var hasAggregate = false
        try visit(expression, isInside: false, &hasAggregate)
        guard hasAggregate else {
            throw DemetraError(
                .groupingError, "metric \"\(name)\" has no aggregate",
                hint: "Write it over sums and counts, such as sum(revenue) / sum(spend)."
            ).at(expression.range)
        }
        if let relation = metric.relation { try bind(to: relation, expression.range) }
    }

    private func visit(
        _ expression: Expression, isInside: Bool, _ hasAggregate: inout Bool
    ) throws(DemetraError) {
        switch expression.node {
        case .column(let path):
            if isInside { return }
            try visitMetric(path, expression.range)
            hasAggregate = true
        case .call(let call):
            if let reference = try MetricReference(call, range: expression.range) {
                guard reference.over == nil else { throw noWindows(expression.range) }
                if isInside { throw nested(expression.range) }
                guard case .expression(let only)? = call.arguments.first?.value,
                    case .column(let path) = only.node
                else { return }
                try visitMetric(path, only.range)
                if let filter = call.filter { try visit(filter, isInside: true, &hasAggregate) }
                hasAggregate = true
                return
            }
            guard call.over == nil else { throw noWindows(expression.range) }
            let function = call.name.last.name
            let isAggregate = binder.functions.aggregates[function] != nil
            let isKnown =
                isAggregate || binder.functions.scalars[function] != nil
                || function == "coalesce" || function == "nullif"
            guard isKnown else { throw binder.noFunction(function, [], call.name.range) }
            if isAggregate, isInside { throw nested(expression.range) }
            if isAggregate { hasAggregate = true }
            for child in call.children {
                try visit(child, isInside: isInside || isAggregate, &hasAggregate)
            }
        case .scalarQuery, .exists, .inQuery, .quantifiedQuery, .arrayQuery:
            throw DemetraError(
                .featureNotSupported, "subqueries are not allowed in metric \"\(name)\"",
                hint:
                    "Make a view with the columns that the metric needs, and define it ON the view."
            ).at(expression.range)
        case .parameter:
            throw DemetraError(
                .featureNotSupported, "parameters are not allowed in metric \"\(name)\"",
                hint: "Write the value itself."
            ).at(expression.range)
        default:
            for child in expression.children {
                try visit(child, isInside: isInside, &hasAggregate)
            }
        }
    }

    /// A name outside of aggregates must be a metric's, and that must not lead back here.
    private func visitMetric(_ path: [Identifier], _ range: SourceRange) throws(DemetraError) {
        let used = path[path.count - 1].name
        guard used == name || !binder.metricDefinitions(used).isEmpty else {
            throw DemetraError(
                .groupingError,
                "column \"\(used)\" of metric \"\(name)\" is not inside an aggregate",
                hint: "Wrap it, as in sum(\(used))."
            ).at(range)
        }
        if binder.catalog.metrics[used] != nil { binder.usedObjects.insert(.metric(used)) }
        var seen: Set<String> = []
        if let way = try way(from: used, to: name, [name], &seen) {
            throw DemetraError(
                .invalidTableDefinition, "metric \"\(name)\" is defined by itself",
                detail: way.count > 2 ? way.joined(separator: " uses ") + "." : nil,
                hint: way.count > 2 ? "Write out one of them over its aggregates." : nil
            ).at(range)
        }
    }

    /// The metrics that lead from one to another by what they use; nil when none do.
    ///
    /// - Parameter seen: metrics that lead nowhere; each is looked at once.
    private func way(
        from start: String, to goal: String, _ passed: [String], _ seen: inout Set<String>
    ) throws(DemetraError) -> [String]? {
        let passed = passed + [start]
        if start == goal { return passed }
        guard passed.count <= Binder.deepestNesting else {
            throw DemetraError(.statementTooComplex, "metric \"\(name)\" nests too deep")
        }
        guard seen.insert(start).inserted else { return nil }
        for definition in binder.metricDefinitions(start) {
            for next in try binder.metricParts(definition).metrics {
                if let found = try way(from: next, to: goal, passed, &seen) { return found }
            }
        }
        return nil
    }

    /// Binds the metric to its relation, as a query over that alone would.
    private func bind(to relation: String, _ range: SourceRange) throws(DemetraError) {
        let scope = Scope(parent: nil)
        let parts = relation.split(separator: ".", omittingEmptySubsequences: false)
        let object = ObjectName(parts.map { Identifier(String($0)) })
        let (_, relations) = try binder.bindTable(object, nil, scope)
        scope.relations = relations
        let context = ExpressionContext(scope: scope, clause: "a metric")
        context.aggregates = AggregateCollector()
        context.metric = MetricExpansion(
            name: name, range: range, relationColumns: nil, filter: nil, window: nil)
        if let written {
            // Bound where it was written first, so that an error points at its part.
            _ = try binder.bind(written, context)
        }
        context.metric = nil
        let probe = Binder(
            catalog: binder.catalog.applying(.putMetric(metric)), functions: binder.functions,
            folder: binder.folder)
        defer { binder.usedObjects.formUnion(probe.usedObjects.subtracting([.metric(name)])) }
        _ = try probe.bindMetric(
            MetricReference(path: [Identifier(name)], range: range), context)
        try fixedColumns(scope)
    }

    private func fixedColumns(_ scope: Scope) throws(DemetraError) {
        for column in metric.fixedColumns {
            guard case .missing = scope.lookUp(column, relation: nil) else { continue }
            throw DemetraError(
                .undefinedColumn,
                "column \"\(column)\" of relation \"\(metric.relation ?? "")\" does not exist")
        }
    }

    private func nested(_ range: SourceRange) -> DemetraError {
        DemetraError(.groupingError, "aggregate function calls cannot be nested").at(range)
    }

    private func noWindows(_ range: SourceRange) -> DemetraError {
        DemetraError(
            .windowingError, "window functions are not allowed in metric \"\(name)\"",
            hint: "Write OVER behind the metric, in the query that uses it."
        ).at(range)
    }
}
