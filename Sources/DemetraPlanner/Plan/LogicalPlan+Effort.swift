extension LogicalPlan {
    /// Rows of VALUES that are still few.
    private static let fewRows = 100

    /// Whether it takes no more time than to look at what was written: no table is read, and nothing multiplies rows.
    package var isShort: Bool {
        switch self {
        case .oneRow, .empty: true
        case .values(_, let rows): rows.count <= Self.fewRows
        case .project(let input, _), .filter(let input, _): input.isShort
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
}
