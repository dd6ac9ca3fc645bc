import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One bound call of ALLOCATE_BUDGET: columns found, options checked, rows still to come.
// Immutable after init.
struct AllocateBudgetCall: Sendable {
    private static let named =
        SpendArguments.names + SpendArguments.columnNames + [
            "budget", "bounds", "target_roi", "risk", "totals",
        ] + ChangeLimits.names

    private let relation: FunctionArguments.Relation
    private let bounds: FunctionArguments.Relation?
    private let shared: SpendArguments
    private let budget: Double
    private let limits: ChangeLimits
    private let targetROI: Double?
    private let risk: Double
    private let totals: Bool

    init(_ arguments: [TableFunctionArgument]) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: "ALLOCATE_BUDGET", positional: ["rel"], named: Self.named)
        relation = try call.requiredRelation("rel")
        bounds = try call.relation("bounds")
        shared = try SpendArguments(call, relation.schema, function: "ALLOCATE_BUDGET")
        guard let budget = try call.number("budget") else {
            throw DemetraError(
                .undefinedFunction, "ALLOCATE_BUDGET needs the argument \"budget\"",
                hint: "Give the money per period, such as budget => 1000.")
        }
        guard budget >= 0 else {
            throw DemetraError(
                .invalidParameterValue,
                "argument \"budget\" must be at least 0, got \(PlainNumber.text(budget))"
            ).at(call.range("budget"))
        }
        self.budget = budget
        limits = try ChangeLimits(call)
        targetROI = try call.number("target_roi", from: 0, to: 1e12)
        risk = try call.number("risk", from: 0, to: 10) ?? 0.5
        totals = try call.boolean("totals") ?? false
        if let bounds {
            for name in ["channel", "min_spend", "max_spend"] {
                _ = try RelationColumns.index(of: name, in: bounds.schema)
            }
        }
    }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let rows = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        guard rows.rowCount > 0 else { return [] }
        let (history, _) = try shared.history(rows, relations, context)
        let scale = shared.periods(history)
        let problem = try problem(history, relations, unit: scale)
        let allocator = BudgetAllocator(
            history: history, problem: problem, cancellation: context.cancellation,
            workers: context.workers)
        let posteriors = try context.training { () throws(DemetraError) in
            try allocator.posteriors()
        }
        let allocation = try allocator.allocate(posteriors)
        return AllocateBudgetFunction.batches(allocation, unit: scale, totals: totals)
    }

    private func problem(
        _ history: SpendHistory, _ relations: [[Batch]], unit: Double
    ) throws(DemetraError) -> BudgetProblem {
        let count = history.channels.count
        var problem = BudgetProblem(
            budget: budget / unit, current: history.currentSpend(lookback: shared.lookback),
            minimum: Array(repeating: 0, count: count),
            maximum: Array(repeating: .infinity, count: count))
        (problem.margin, problem.targetROI, problem.risk) = (shared.margin, targetROI, risk)
        (problem.level, problem.seed, problem.unit) = (shared.level, shared.seed, unit)
        if let bounds {
            let rows = RelationColumns(schema: bounds.schema, batches: relations[bounds.index])
            try ChannelBounds.apply(rows, to: &problem, channels: history.channels, unit: unit)
        }
        try limits.apply(to: &problem, channels: history.channels, hasBounds: bounds != nil)
        return problem
    }
}

/// The `bounds` relation of ALLOCATE_BUDGET: channel, min_spend, max_spend and, when there is one,
/// current_spend, all per period of the budget.
enum ChannelBounds {
    /// - Throws: 22023 for a channel without history and for one that is named twice.
    static func apply(
        _ rows: RelationColumns, to problem: inout BudgetProblem, channels: [String], unit: Double
    ) throws(DemetraError) {
        let names = rows.texts(try RelationColumns.index(of: "channel", in: rows.schema))
        let least = rows.numbers(try RelationColumns.index(of: "min_spend", in: rows.schema))
        let most = rows.numbers(try RelationColumns.index(of: "max_spend", in: rows.schema))
        let current = rows.schema.index(of: "current_spend").map { rows.numbers($0) }
        var seen: Set<String> = []
        for row in 0..<rows.rowCount {
            guard let name = names[row] else { continue }
            guard let index = channels.firstIndex(of: name) else {
                throw ChannelNames.unknown(name, among: channels, in: "bounds name")
            }
            guard seen.insert(name).inserted else {
                throw DemetraError(
                    .invalidParameterValue, "bounds name channel \"\(name)\" twice")
            }
            // NULL leaves the side open.
            if !least[row].isNaN {
                guard least[row] >= 0 else {
                    throw DemetraError(
                        .invalidParameterValue,
                        "min_spend of channel \"\(name)\" must be at least 0, got "
                            + PlainNumber.text(least[row]))
                }
                problem.minimum[index] = least[row] / unit
            }
            if !most[row].isNaN { problem.maximum[index] = most[row] / unit }
            if let current, !current[row].isNaN, current[row] >= 0 {
                problem.current[index] = current[row] / unit
            }
        }
    }
}
