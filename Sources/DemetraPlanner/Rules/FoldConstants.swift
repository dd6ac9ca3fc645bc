import DemetraFunctions
import DemetraTypes

/// Computes expressions without columns once, at plan time.
///
/// An expression whose evaluation fails is left alone: it may stand in a branch that is never taken.
/// A plan is made for one execution, so `stable` functions are constant too: `ts >= now() - interval '7 days'`
/// becomes a comparison with a literal, which zone maps can refute.
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
            case .call(let function, _): if function.volatility == .volatile { isConstant = false }
            default: break
            }
        }
        return isConstant
    }
}
