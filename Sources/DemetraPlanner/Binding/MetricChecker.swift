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

/// The two sides of an alert's comparison, and the names its message shows.
enum AlertCondition {
    /// The texts of the first comparison's sides.
    static func sides(of condition: Expression, text: String) -> (String, String)? {
        switch condition.node {
        case .binary(let symbol, let left, let right) where Comparison(rawValue: symbol) != nil:
            let bytes = Array(text.utf8)
            func slice(_ range: SourceRange) -> String {
                let (lower, upper) = (Int(range.lower), min(Int(range.upper), bytes.count))
                guard lower >= 0, lower < upper else { return "NULL" }
                return String(decoding: bytes[lower..<upper], as: UTF8.self)
            }
            return (slice(left.range), slice(right.range))
        case .and(let operands), .or(let operands):
            for operand in operands {
                if let found = sides(of: operand, text: text) { return found }
            }
            return nil
        case .not(let operand): return sides(of: operand, text: text)
        default: return nil
        }
    }

    /// The names in `{name}` and `{name:.2f}`, each once, in order.
    static func placeholders(in message: String) -> [String] {
        var result: [String] = []
        var rest = message[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let inside = rest[rest.index(after: open)..<close]
            let name = String(inside.prefix { $0 != ":" })
            if !name.isEmpty, !result.contains(name) { result.append(name) }
            rest = rest[rest.index(after: close)...]
        }
        return result
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
