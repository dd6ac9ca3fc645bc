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
}
