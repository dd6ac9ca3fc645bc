import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// A metric as a query names it: `roas`, `a.roas`, `metric(roas)`, `roas FILTER (...)`, `roas OVER (...)`.
struct MetricReference {
    let name: String
    /// The relation before the dot.
    let relation: Identifier?
    let range: SourceRange
    var filter: Expression?
    var over: WindowReference?

    init(path: [Identifier], range: SourceRange) {
        name = path[path.count - 1].name
        relation = path.count > 1 ? path[path.count - 2] : nil
        self.range = range
    }

    /// A call of `metric`; nil for other calls.
    ///
    /// - Throws: 42601 for something else than one name between the parentheses.
    init?(_ call: FunctionCall, range: SourceRange) throws(DemetraError) {
        guard call.name.text == FunctionCall.metricName else { return nil }
        guard call.arguments.count == 1, case .expression(let only) = call.arguments[0].value,
            case .column(let path) = only.node, !call.isDistinct, !call.isStar,
            call.orderBy.isEmpty, call.withinGroup.isEmpty
        else {
            throw DemetraError(
                .syntaxError, "metric takes the name of one metric",
                hint: "Write metric(roas), or metric(ads.roas) for the rows of one relation."
            ).at(range)
        }
        self.init(path: path, range: only.range)
        filter = call.filter
        over = call.over
    }
}

/// What a metric's expression is written over.
struct MetricParts {
    /// Columns that it names by itself, each once, in the order written.
    private(set) var columns: [[Identifier]] = []
    /// Metrics that it names.
    private(set) var metrics: [String] = []

    /// - Parameter isMetric: whether a name outside of aggregates is one of a metric.
    init(_ expression: Expression, aggregates: (String) -> Bool) {
        collect(expression, isInside: false, aggregates)
    }

    private mutating func collect(
        _ expression: Expression, isInside: Bool, _ aggregates: (String) -> Bool
    ) {
        switch expression.node {
        case .column(let path):
            if !isInside {
                metrics.append(path[path.count - 1].name)
            } else if !columns.contains(where: { $0.map(\.name) == path.map(\.name) }) {
                columns.append(path)
            }
        case .call(let call):
            let isMetric = call.name.text == FunctionCall.metricName
            if isMetric, case .expression(let name)? = call.arguments.first?.value,
                case .column(let path) = name.node
            {
                metrics.append(path[path.count - 1].name)
                if let filter = call.filter { collect(filter, isInside: true, aggregates) }
                return
            }
            let isAggregate = isInside || aggregates(call.name.last.name)
            for child in call.children { collect(child, isInside: isAggregate, aggregates) }
        default:
            for child in expression.children {
                collect(child, isInside: isInside, aggregates)
            }
        }
    }
}

/// What is known while a metric's expression is bound.
struct MetricExpansion {
    let name: String
    let range: SourceRange
    /// The columns of the relation it is computed from; nil when it may use all of FROM.
    let relationColumns: Set<ColumnIdentifier>?
    /// FILTER behind the metric.
    var filter: BoundExpression?
    /// OVER behind the metric.
    var window: MetricWindow?
}

/// Whose rows an aggregate of a metric counts: each of them once, whatever FROM joins to it.
struct MetricOwner {
    let metric: String
    let range: SourceRange
    /// Columns of the relations; never empty.
    let columns: Set<ColumnIdentifier>
}
