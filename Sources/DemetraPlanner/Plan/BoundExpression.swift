package import DemetraFunctions
package import DemetraTypes

/// Names a column of a plan for as long as the plan lives, whatever operators it passes through.
package struct ColumnIdentifier: Sendable, Hashable {
    /// The number; unique in a plan.
    package let number: Int32

    /// Wraps a number.
    package init(_ number: Int32) { self.number = number }
}

/// A comparison whose operands have one physical type.
package enum Comparison: String, Sendable, Hashable {
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// The comparison with its operands swapped.
    package var swapped: Comparison {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}

/// An arithmetic operator over numbers, dates and intervals.
package enum ArithmeticOperator: String, Sendable, Hashable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
}

/// An expression with names and types resolved and every cast made explicit.
package struct BoundExpression: Sendable {
    /// What it is.
    package let node: BoundNode
    /// The type of its values.
    package let type: LogicalType
    /// Where it was written.
    package let range: SourceRange

    /// Makes a bound expression.
    package init(_ node: BoundNode, type: LogicalType, range: SourceRange = .none) {
        self.node = node
        self.type = type
        self.range = range
    }
}

/// The kinds of bound expressions.
package indirect enum BoundNode: Sendable {
    /// A value of the expression's type.
    case literal(Value)
    /// A column of the input.
    case column(ColumnIdentifier)
    /// A column of the row an enclosing `apply` is at.
    case outerColumn(ColumnIdentifier)
    /// `$n`, counted from 1.
    case parameter(Int)
    /// Operands of one physical type; NULL if either is.
    case comparison(Comparison, BoundExpression, BoundExpression)
    /// Never NULL.
    case isDistinct(BoundExpression, BoundExpression)
    /// Numbers of one type (the result's, or the operands' for division), or date arithmetic.
    case arithmetic(ArithmeticOperator, BoundExpression, BoundExpression)
    /// Unary minus.
    case negate(BoundExpression)
    case and([BoundExpression])
    case or([BoundExpression])
    case not(BoundExpression)
    case isNull(BoundExpression)
    /// `x IS TRUE`, `x IS FALSE`, `x IS UNKNOWN` (nil).
    case isBoolean(BoundExpression, Bool?)
    /// `x IN (literals)`; all of the type of `x`; `hasNull` when NULL is among them.
    case inList(BoundExpression, [Value], hasNull: Bool)
    /// Conditions in order; later branches are evaluated only for rows not decided yet.
    case caseWhen([BoundBranch], otherwise: BoundExpression?)
    /// The first that is not NULL; later ones are evaluated only where needed.
    case coalesce([BoundExpression])
    /// To the expression's type; explicit casts truncate varchar(n), implicit ones fail (22001).
    case cast(BoundExpression, isExplicit: Bool)
    /// A scalar function with arguments cast to its parameters.
    case call(ScalarFunction, [BoundExpression])
}

/// WHEN condition THEN result.
package struct BoundBranch: Sendable {
    /// A boolean.
    package let condition: BoundExpression
    /// Of the type of the whole CASE.
    package let result: BoundExpression

    /// Makes a branch.
    package init(condition: BoundExpression, result: BoundExpression) {
        self.condition = condition
        self.result = result
    }
}
