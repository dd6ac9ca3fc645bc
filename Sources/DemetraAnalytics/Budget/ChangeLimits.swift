import DemetraTypes

/// How far every channel may move: shares of the budget, and a largest change against the present mix.
// Immutable after init.
struct ChangeLimits: Sendable {
    /// The arguments read.
    static let names = ["min_share", "max_share", "max_change"]

    private static let usualChange = 0.5

    private let minimumShare: Double?
    private let maximumShare: Double?
    private let maximumChange: Double?

    /// - Throws: 22023 for values out of range.
    init(_ call: FunctionArguments) throws(DemetraError) {
        minimumShare = try call.number("min_share", from: 0, to: 1)
        maximumShare = try call.number("max_share", from: 0, to: 1)
        maximumChange = try call.number("max_change", from: 0, to: 1e6)
    }

    /// Narrows the bounds of a problem; the usual largest change holds where nothing else does.
    ///
    /// - Throws: 22023 for bounds that contradict each other or the budget.
    func apply(
        to problem: inout BudgetProblem, channels: [String], hasBounds: Bool
    ) throws(DemetraError) {
        for index in channels.indices {
            if let minimumShare {
                problem.minimum[index] = max(problem.minimum[index], minimumShare * problem.budget)
            }
            if let maximumShare {
                problem.maximum[index] = min(problem.maximum[index], maximumShare * problem.budget)
            }
        }
        let isFree = !hasBounds && minimumShare == nil && maximumShare == nil
        guard let change = maximumChange ?? (isFree ? Self.usualChange : nil) else { return }
        try problem.check(channels: channels)
        let present = problem.presentMix
        for index in channels.indices {
            problem.minimum[index] = max(problem.minimum[index], present[index] * (1 - change))
            problem.maximum[index] = min(problem.maximum[index], present[index] * (1 + change))
        }
    }
}
