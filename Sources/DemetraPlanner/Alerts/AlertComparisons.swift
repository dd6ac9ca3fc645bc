import DemetraSQL
import DemetraTypes

/// A comparison inside a rule's condition: what is measured and what it is measured against.
struct AlertComparison {
    /// The comparison itself.
    let whole: Expression
    /// The side that is measured.
    let metric: Expression
    /// The side it is compared with.
    let threshold: Expression

    /// The comparisons of a condition in the order they are written, through AND, OR and NOT.
    static func all(in condition: Expression) -> [AlertComparison] {
        switch condition.node {
        case .binary(let symbol, let left, let right) where Comparison(rawValue: symbol) != nil:
            // In `1.5 > roi` it is the right side that is measured.
            let isTurned = left.isWrittenNumber && !right.isWrittenNumber
            return [
                AlertComparison(
                    whole: condition, metric: isTurned ? right : left,
                    threshold: isTurned ? left : right)
            ]
        case .between(let value, let lower, let upper, _, let negated):
            let passed = Expression(.binary(operator: "<", value, lower))
            let bound = Expression(
                .caseWhen(
                    operand: nil, [CaseBranch(condition: passed, result: lower)], otherwise: upper))
            return [
                AlertComparison(
                    whole: condition, metric: value, threshold: negated ? bound : lower)
            ]
        case .and(let operands), .or(let operands): return operands.flatMap { all(in: $0) }
        case .not(let operand): return all(in: operand)
        default: return []
        }
    }

    /// One side of the first comparison that holds, else of the first.
    ///
    /// With AND all of them hold, so it is the first; with OR it is the one that made the rule fire.
    static func value(
        _ side: KeyPath<AlertComparison, Expression>, of comparisons: [AlertComparison]
    ) -> Expression {
        guard let first = comparisons.first else { return Expression(.null) }
        let value: Expression
        if comparisons.count == 1 {
            value = first[keyPath: side]
        } else {
            let branches = comparisons.map {
                CaseBranch(condition: $0.whole, result: number($0[keyPath: side]))
            }
            value = Expression(
                .caseWhen(operand: nil, branches, otherwise: number(first[keyPath: side])))
        }
        return number(value)
    }

    private static func number(_ expression: Expression) -> Expression {
        Expression(
            .cast(expression, TypeName(name: "float8", range: .none)), range: expression.range)
    }
}

extension Expression {
    /// A number as written, with or without a sign.
    fileprivate var isWrittenNumber: Bool {
        switch node {
        case .number: true
        case .unary(_, let operand), .cast(let operand, _): operand.isWrittenNumber
        default: false
        }
    }
}
