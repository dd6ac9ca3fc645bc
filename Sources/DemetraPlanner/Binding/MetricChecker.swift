import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// Looks at a metric's expression when it is created: which table it will be used over is not known yet, so
/// columns stay open, but everything else must make sense.
struct MetricChecker {
    let binder: Binder

    /// - Throws: 42803 for a column outside of aggregates, or no aggregate at all; 42883 for an unknown
    ///   function; 42704 for a metric that refers to itself.
    func check(_ expression: Expression, name: String) throws(DemetraError) {
        var hasAggregate = false
        try visit(expression, name: name, isInside: false, &hasAggregate)
        guard hasAggregate else {
            throw DemetraError(
                .groupingError, "metric \"\(name)\" has no aggregate",
                hint: "Write it over sums and counts, such as sum(revenue) / nullif(sum(spend), 0)."
            ).at(expression.range)
        }
    }

    private func visit(
        _ expression: Expression, name: String, isInside: Bool, _ hasAggregate: inout Bool
    ) throws(DemetraError) {
        switch expression.node {
        case .column(let path):
            if isInside { return }
            if path.count == 1, path[0].name == name {
                throw DemetraError(
                    .invalidTableDefinition, "metric \"\(name)\" is defined by itself"
                ).at(expression.range)
            }
            if path.count == 1, binder.catalog.metrics[path[0].name] != nil {
                hasAggregate = true
                binder.usedObjects.insert(.metric(path[0].name))
                return
            }
            throw DemetraError(
                .groupingError,
                "column \"\(path[path.count - 1].name)\" of metric \"\(name)\" is not inside an aggregate",
                hint: "Wrap it, as in sum(\(path[path.count - 1].name))."
            ).at(expression.range)
        case .call(let call):
            let function = call.name.last.name
            let isAggregate = binder.functions.aggregates[function] != nil
            let isKnown =
                isAggregate || binder.functions.scalars[function] != nil
                || function == "coalesce" || function == "nullif"
            guard isKnown else { throw binder.noFunction(function, [], call.name.range) }
            if isAggregate, isInside {
                throw DemetraError(
                    .groupingError, "aggregate function calls cannot be nested"
                ).at(expression.range)
            }
            if isAggregate { hasAggregate = true }
            for argument in call.arguments {
                if case .expression(let inner) = argument.value {
                    try visit(inner, name: name, isInside: isInside || isAggregate, &hasAggregate)
                }
            }
        case .scalarQuery, .exists, .inQuery, .quantifiedQuery:
            throw DemetraError(
                .featureNotSupported, "subqueries are not allowed in metric \"\(name)\""
            ).at(expression.range)
        default:
            for child in expression.operands {
                try visit(child, name: name, isInside: isInside, &hasAggregate)
            }
        }
    }
}

extension Expression {
    /// The direct operands of the plain kinds of expressions.
    var operands: [Expression] {
        switch node {
        case .unary(_, let operand), .not(let operand), .isNull(let operand, _),
            .isBoolean(let operand, _, _), .cast(let operand, _):
            [operand]
        case .binary(_, let left, let right), .isDistinct(let left, let right, _): [left, right]
        case .and(let operands), .or(let operands): operands
        case .between(let a, let b, let c, _, _): [a, b, c]
        case .inList(let operand, let items, _): [operand] + items
        case .like(let operand, let pattern, _, _, _): [operand, pattern]
        case .caseWhen(let operand, let branches, let otherwise):
            (operand.map { [$0] } ?? []) + branches.flatMap { [$0.condition, $0.result] }
                + (otherwise.map { [$0] } ?? [])
        default: []
        }
    }
}
