import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// Makes the query of a rule.
///
/// The clauses are bound twice: once by themselves, to learn their types and whether the rule groups, and
/// once as the query they make together.
struct AlertQueryBinder {
    /// Columns that say which channel an alert is about, the best first.
    private static let channelNames = ["channel", "channel_used", "platform"]

    private let binder: Binder
    private let statement: CreateAlertStatement
    private let scope = Scope(parent: nil)
    private let context: ExpressionContext
    private let aggregates = AggregateCollector()

    init(binder: Binder, statement: CreateAlertStatement) {
        self.binder = binder
        self.statement = statement
        context = ExpressionContext(scope: scope, clause: "WHEN")
        context.aggregates = aggregates
        context.windows = WindowCollector()
    }

    func bind() throws(DemetraError) -> AlertQuery {
        _ = try binder.bindFrom(statement.from, scope)
        for group in statement.groupBy {
            if case .number = group.node {
                throw DemetraError(
                    .invalidColumnReference, "an alert cannot group by a position",
                    hint: "Write the column or expression itself."
                ).at(group.range)
            }
        }
        let condition = try binder.condition(try binder.bind(statement.condition, context), "WHEN")
        let comparisons = try numericComparisons()
        let (template, places) = try places(condition.type)
        let isGrouped = !statement.groupBy.isEmpty || !aggregates.calls.isEmpty
        let labels = isGrouped ? statement.groupBy.map { ($0, OutputName.of($0)) } : rowLabels()
        var items = labels.map(\.0)
        items.append(statement.condition)
        items.append(AlertComparison.value(\.metric, of: comparisons))
        items.append(AlertComparison.value(\.threshold, of: comparisons))
        items.append(channel(labels, isGrouped))
        let values = Array(items.suffix(3).prefix(2))
        for place in places {
            switch place {
            case .metric: items.append(values[0])
            case .threshold: items.append(values[1])
            case .expression(let expression): items.append(expression)
            }
        }
        let plan = try query(items)
        let breached = plan.columns[labels.count]
        let test = BoundExpression(.column(breached.id), type: breached.type)
        return AlertQuery(
            plan: .filter(plan, try binder.condition(test, "WHEN")), labels: labels.map(\.1),
            template: template, alertType: statement.type ?? statement.name.name)
    }

    private func query(_ items: [Expression]) throws(DemetraError) -> LogicalPlan {
        var core = SelectCore(range: statement.sourceRange)
        core.items = items.enumerated().map { index, item in
            // A name that no column has: a group must not be taken for an output column.
            .expression(item, alias: Identifier("alert item \(index)"))
        }
        core.from = statement.from
        core.whereCondition = statement.whereCondition
        core.groupBy =
            statement.groupBy.isEmpty ? nil : statement.groupBy.map { .expression($0) }
        let query = Query(body: .select(core), range: statement.sourceRange)
        return try binder.bindQuery(query, outer: nil).plan
    }

    /// The comparisons of numbers: of dates and texts there is nothing to keep as a value.
    private func numericComparisons() throws(DemetraError) -> [AlertComparison] {
        var result: [AlertComparison] = []
        for comparison in AlertComparison.all(in: statement.condition) {
            let metric = try binder.bind(comparison.metric, context)
            let threshold = try binder.bind(comparison.threshold, context)
            if metric.type.isNumber, threshold.type.isNumber || threshold.type == .unknown {
                result.append(comparison)
            }
        }
        return result
    }

    // MARK: Labels

    /// What tells the rows of a rule without groups apart: the key of each relation, else all its columns.
    private func rowLabels() -> [(Expression, String)] {
        var labels: [(Expression, String)] = []
        for relation in scope.relations {
            var columns = relation.columns.filter { !$0.isHidden }
            if let key = relation.table?.keys.first {
                columns = key.columns.filter { relation.columns.indices.contains($0) }
                    .map { relation.columns[$0] }
            }
            for column in columns {
                labels.append((reference(column.name, relation.name), column.name))
            }
        }
        return labels
    }

    private func reference(_ column: String, _ relation: String?) -> Expression {
        Expression(.column([relation, column].compactMap { $0 }.map { Identifier($0) }))
    }

    /// The label, or without groups the column, that says which channel it is about, as text.
    private func channel(_ labels: [(Expression, String)], _ isGrouped: Bool) -> Expression {
        var found: Expression?
        for name in Self.channelNames where found == nil {
            found = labels.first { $0.1 == name }?.0
            guard !isGrouped else { continue }
            for relation in scope.relations where found == nil {
                if relation.columns.contains(where: { $0.name == name && !$0.isHidden }) {
                    found = reference(name, relation.name)
                }
            }
        }
        if isGrouped, found == nil { found = labels.first?.0 }
        return Expression(
            .cast(found ?? Expression(.null), TypeName(name: "text", range: .none)))
    }

    // MARK: The message

    private enum PlaceValue {
        case metric
        case threshold
        case expression(Expression)
    }

    private func places(
        _ conditionType: LogicalType
    ) throws(DemetraError) -> (MessageTemplate, [PlaceValue]) {
        let template: MessageTemplate
        do throws(DemetraError) {
            template = try MessageTemplate(statement.message)
        } catch {
            var placed = error
            placed.position = error.position.map { position(inMessage: $0) }
            throw placed
        }
        var values: [PlaceValue] = []
        for place in template.places { values.append(try value(of: place)) }
        return (template, values)
    }

    private func value(of place: MessageTemplate.Place) throws(DemetraError) -> PlaceValue {
        switch place.expression {
        case "metric_value": return .metric
        case "threshold_value": return .threshold
        default: break
        }
        // Blanks in front of it, as many as there are bytes before it in the statement, give every
        // part of the expression the place it was written at.
        let offset = position(inMessage: place.offset)
        let expression = try SQLParser.parseExpression(
            String(repeating: " ", count: offset) + place.expression)
        let bound = try binder.bind(expression, context)
        if let format = place.format, format.needsNumber, !bound.type.isNumber {
            throw DemetraError(
                .datatypeMismatch,
                "the format of \"\(place.expression)\" needs a number, not type \(bound.type)",
                hint: "Leave the format out, or show a number.", position: offset)
        }
        return .expression(expression)
    }

    /// Where a byte of the message stands in the statement; the literal's start when it has escapes.
    private func position(inMessage offset: Int) -> Int {
        let start = Int(statement.messageRange.lower)
        let isPlain =
            Int(statement.messageRange.upper) - start == statement.message.utf8.count + 2
            && binder.sourceText(statement.messageRange).hasPrefix("'")
        return isPlain ? start + 1 + offset : start
    }
}
