import DemetraFunctions
import DemetraTypes

/// Computes with integers what the types of SQL make numeric: `extract(hour FROM ts)` becomes a cast of its
/// integer form, and a comparison of such a cast with a whole literal compares the integers.
///
///     extract(hour FROM ts) >= 18     cast(hour(ts) as numeric) >= 18     hour(ts) >= 18
///
/// The cast stays where the value is given out, so no type changes.
struct NarrowNumbers {
    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        plan.mappingInputs { apply($0) }.mappingExpressions { narrowed($0) }
    }

    private func narrowed(_ expression: BoundExpression) -> BoundExpression {
        expression.rewritten { part in
            switch part.node {
            case .call(let function, let arguments):
                return integerCall(function, arguments, part)
            case .comparison(let comparison, let left, let right):
                return compared(comparison, narrowed(left), narrowed(right), part)
            default: return nil
            }
        }
    }

    private func integerCall(
        _ function: ScalarFunction, _ arguments: [BoundExpression], _ call: BoundExpression
    ) -> BoundExpression? {
        let constants = arguments.map { argument -> Value? in
            if case .literal(let value) = argument.node { value } else { nil }
        }
        guard let integer = function.integerForm?(constants) else { return nil }
        let number = BoundExpression(
            .call(integer, arguments.map { narrowed($0) }), type: .bigint, range: call.range)
        return BoundExpression(
            .cast(number, isExplicit: false), type: call.type, range: call.range)
    }

    private func compared(
        _ comparison: Comparison, _ left: BoundExpression, _ right: BoundExpression,
        _ whole: BoundExpression
    ) -> BoundExpression? {
        if let integer = left.widenedInteger, let literal = integerLiteral(right) {
            return BoundExpression(
                .comparison(comparison, integer, literal), type: .boolean, range: whole.range)
        }
        if let integer = right.widenedInteger, let literal = integerLiteral(left) {
            return BoundExpression(
                .comparison(comparison, literal, integer), type: .boolean, range: whole.range)
        }
        return BoundExpression(
            .comparison(comparison, left, right), type: .boolean, range: whole.range)
    }

    private func integerLiteral(_ expression: BoundExpression) -> BoundExpression? {
        guard case .literal(.numeric(let decimal)) = expression.node, decimal.scale == 0,
            let integer = decimal.unscaled.narrow.flatMap({ Int64(exactly: $0) })
        else { return nil }
        return BoundExpression(.literal(.integer(integer)), type: .bigint, range: expression.range)
    }
}

extension BoundExpression {
    /// The bigint of which this is a cast to numeric without precision: equal, and in equal order.
    package var widenedInteger: BoundExpression? {
        guard case .cast(let operand, _) = node, operand.type == .bigint, type == .numeric(nil)
        else { return nil }
        return operand
    }
}
