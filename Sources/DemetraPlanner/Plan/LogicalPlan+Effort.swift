extension LogicalPlan {
    /// Rows of VALUES that are still few.
    private static let fewRows = 100

    /// Whether it takes no more time than to look at what was written: no table is read, nothing multiplies rows, and no
    /// function is called that may last.
    package var isShort: Bool {
        switch self {
        case .oneRow, .empty: true
        case .values(_, let rows):
            rows.count <= Self.fewRows && rows.joined().allSatisfy(\.isShort)
        case .project(let input, let columns):
            input.isShort && columns.allSatisfy(\.expression.isShort)
        case .filter(let input, let condition): input.isShort && condition.isShort
        case .limit(let limit): limit.input.isShort
        default: false
        }
    }

    /// Whether its rows stand in it: they are few, and nothing has to be computed for them.
    package var isWritten: Bool {
        switch self {
        case .oneRow, .empty: true
        case .values(_, let rows):
            rows.count <= Self.fewRows && rows.joined().allSatisfy(\.isLiteral)
        case .project(let input, let columns):
            input.isWritten && columns.allSatisfy { $0.expression.isLiteral }
        default: false
        }
    }
}

extension BoundExpression {
    fileprivate var isLiteral: Bool { if case .literal = node { true } else { false } }

    /// Whether its values take no more time than it took to write it. Functions of something may last: `pg_sleep(60)`,
    /// `repeat('x', 100000000)`.
    fileprivate var isShort: Bool {
        switch node {
        case .literal, .column, .outerColumn, .parameter: true
        case .comparison(_, let left, let right), .isDistinct(let left, let right),
            .arithmetic(_, let left, let right):
            left.isShort && right.isShort
        case .negate(let operand), .not(let operand), .isNull(let operand),
            .isBoolean(let operand, _), .inList(let operand, _, _), .cast(let operand, _):
            operand.isShort
        case .and(let operands), .or(let operands), .coalesce(let operands):
            operands.allSatisfy(\.isShort)
        case .caseWhen(let branches, let otherwise):
            branches.allSatisfy { $0.condition.isShort && $0.result.isShort }
                && otherwise?.isShort ?? true
        case .call(_, let arguments): arguments.isEmpty
        }
    }
}
