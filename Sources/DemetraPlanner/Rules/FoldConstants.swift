import DemetraFunctions
import DemetraTypes

/// Computes expressions without columns once, at plan time.
///
/// An expression whose evaluation fails is left alone: it may stand in a branch that is never taken.
/// `stable` functions (`now()`) are left alone too, so that a plan can be kept.
struct FoldConstants {
    let folder: any ConstantFolder

    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        plan.mappingInputs { apply($0) }.mappingExpressions { fold($0) }
    }

    private func fold(_ expression: BoundExpression) -> BoundExpression {
        expression.rewritten { part in
            if case .literal = part.node { return part }
            guard isConstant(part), let value = folder.fold(part) else { return nil }
            return BoundExpression(.literal(value), type: part.type, range: part.range)
        }
    }

    private func isConstant(_ expression: BoundExpression) -> Bool {
        var isConstant = true
        expression.forEachPart { part in
            switch part.node {
            case .column, .outerColumn, .parameter: isConstant = false
            case .call(let function, _): if function.volatility != .immutable { isConstant = false }
            case .cast(let operand, _):
                // Reading and showing instants depends on the session's time zone.
                if part.type == .timestamptz || operand.type == .timestamptz { isConstant = false }
            default: break
            }
        }
        return isConstant
    }
}
