import DemetraFunctions
import DemetraTypes

extension BoundExpression {
    /// A text that two expressions share exactly when they compute the same, wherever they stand.
    package var fingerprint: String {
        switch node {
        case .literal(let value): "\(value):\(type)"
        case .column(let id): "#\(id.number)"
        case .outerColumn(let id): "^\(id.number)"
        case .parameter(let number): "$\(number)"
        case .comparison(let comparison, let left, let right):
            "(\(left.fingerprint) \(comparison.rawValue) \(right.fingerprint))"
        case .isDistinct(let left, let right):
            "distinct(\(left.fingerprint),\(right.fingerprint))"
        case .arithmetic(let operation, let left, let right):
            "(\(left.fingerprint) \(operation.rawValue) \(right.fingerprint)):\(type)"
        case .negate(let operand): "-(\(operand.fingerprint))"
        case .and(let operands): "and(\(operands.map(\.fingerprint).joined(separator: ",")))"
        case .or(let operands): "or(\(operands.map(\.fingerprint).joined(separator: ",")))"
        case .not(let operand): "not(\(operand.fingerprint))"
        case .isNull(let operand): "null(\(operand.fingerprint))"
        case .isBoolean(let operand, let value):
            "is(\(operand.fingerprint),\(String(describing: value)))"
        case .inList(let operand, let values, let hasNull):
            "in(\(operand.fingerprint),\(values),\(hasNull))"
        case .caseWhen(let branches, let otherwise):
            "case("
                + branches.map { $0.condition.fingerprint + ":" + $0.result.fingerprint }
                .joined(separator: ",") + ";" + (otherwise?.fingerprint ?? "") + ")"
        case .coalesce(let operands):
            "coalesce(\(operands.map(\.fingerprint).joined(separator: ",")))"
        case .cast(let operand, let isExplicit):
            "cast(\(operand.fingerprint),\(type),\(isExplicit))"
        case .call(let function, let arguments):
            "\(function.name)(\(arguments.map(\.fingerprint).joined(separator: ",")))"
        }
    }

    /// The expression with every part replaced for which `replace` gives something else.
    package func rewritten(_ replace: (BoundExpression) -> BoundExpression?) -> BoundExpression {
        if let other = replace(self) { return other }
        func again(_ operand: BoundExpression) -> BoundExpression { operand.rewritten(replace) }
        func again(_ operands: [BoundExpression]) -> [BoundExpression] {
            operands.map { again($0) }
        }
        let rebuilt: BoundNode
        switch node {
        case .literal, .column, .outerColumn, .parameter: return self
        case .comparison(let comparison, let left, let right):
            rebuilt = .comparison(comparison, again(left), again(right))
        case .isDistinct(let left, let right): rebuilt = .isDistinct(again(left), again(right))
        case .arithmetic(let operation, let left, let right):
            rebuilt = .arithmetic(operation, again(left), again(right))
        case .negate(let operand): rebuilt = .negate(again(operand))
        case .and(let operands): rebuilt = .and(again(operands))
        case .or(let operands): rebuilt = .or(again(operands))
        case .not(let operand): rebuilt = .not(again(operand))
        case .isNull(let operand): rebuilt = .isNull(again(operand))
        case .isBoolean(let operand, let value): rebuilt = .isBoolean(again(operand), value)
        case .inList(let operand, let values, let hasNull):
            rebuilt = .inList(again(operand), values, hasNull: hasNull)
        case .caseWhen(let branches, let otherwise):
            rebuilt = .caseWhen(
                branches.map {
                    BoundBranch(condition: again($0.condition), result: again($0.result))
                }, otherwise: otherwise.map { again($0) })
        case .coalesce(let operands): rebuilt = .coalesce(again(operands))
        case .cast(let operand, let isExplicit):
            rebuilt = .cast(again(operand), isExplicit: isExplicit)
        case .call(let function, let arguments): rebuilt = .call(function, again(arguments))
        }
        return BoundExpression(rebuilt, type: type, range: range)
    }

    /// Calls `visit` for the expression and all its parts.
    package func forEachPart(_ visit: (BoundExpression) -> Void) {
        _ = rewritten { part in
            visit(part)
            return nil
        }
    }

    /// The columns it reads.
    package var usedColumns: Set<ColumnIdentifier> {
        var result: Set<ColumnIdentifier> = []
        forEachPart { if case .column(let id) = $0.node { result.insert(id) } }
        return result
    }
}
