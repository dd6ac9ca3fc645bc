import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One bound call of ALLOCATE_BUDGET: columns found, options checked, rows still to come.
// Immutable after init.
struct AllocateBudgetCall: Sendable {
    /// What the caller's amounts stand for.
    private enum Unit: String { case day, week, period }

    private static let named = [
        "budget", "channel", "spend", "outcome", "ts", "min_share", "max_share", "bounds",
        "max_change", "per", "horizon", "margin", "target_roi", "risk", "level", "method",
        "controls", "lookback", "seed", "totals",
    ]

    private let relation: FunctionArguments.Relation
    private let bounds: FunctionArguments.Relation?
    private let columns: SpendColumns
    private let budget: Double
    private let minimumShare: Double?
    private let maximumShare: Double?
    private let maximumChange: Double?
    private let unit: Unit
    private let horizon: Int
    private let margin: Double
    private let targetROI: Double?
    private let risk: Double
    private let level: Double
    private let lookback: Int?
    private let seed: UInt64
    private let totals: Bool

    init(_ arguments: [TableFunctionArgument]) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: "ALLOCATE_BUDGET", positional: ["rel"], named: Self.named)
        relation = try call.requiredRelation("rel")
        bounds = try call.relation("bounds")
        columns = try Self.columns(call, relation.schema)
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
        minimumShare = try call.number("min_share", from: 0, to: 1)
        maximumShare = try call.number("max_share", from: 0, to: 1)
        maximumChange = try call.number("max_change", from: 0, to: 1e6)
        horizon = try call.integer("horizon", from: 1, to: 10_000) ?? 1
        margin = try call.number("margin", from: 0, to: 1e12) ?? 1
        targetROI = try call.number("target_roi", from: 0, to: 1e12)
        risk = try call.number("risk", from: 0, to: 10) ?? 0.5
        level = try call.level()
        lookback = try call.integer("lookback", from: 1, to: 100_000)
        seed = try call.seed()
        totals = try call.boolean("totals") ?? false
        let per = try call.text("per") ?? "period"
        guard let unit = Unit(rawValue: per) else {
            throw DemetraError(
                .invalidParameterValue,
                "argument \"per\" must be 'day', 'week' or 'period', got '\(per)'"
            ).at(call.range("per"))
        }
        self.unit = unit
        let method = try call.text("method") ?? "bayes"
        guard method == "bayes" else {
            throw DemetraError(
                .invalidParameterValue, "argument \"method\" must be 'bayes', got '\(method)'"
            ).at(call.range("method"))
        }
        if let bounds {
            for name in ["channel", "min_spend", "max_spend"] {
                _ = try RelationColumns.index(of: name, in: bounds.schema)
            }
        }
    }

    /// Finds the columns; a spend argument that is a pattern or a list, or the lack of a channel
    /// column where several columns look like spend, means the wide form.
    private static func columns(
        _ call: FunctionArguments, _ schema: Schema
    ) throws(DemetraError) -> SpendColumns {
        guard let outcome = try call.column("outcome", default: "revenue", of: schema) else {
            throw DemetraError(.undefinedFunction, "ALLOCATE_BUDGET needs the argument \"outcome\"")
        }
        let time = try timeColumn(call, schema)
        var controls: [Int] = []
        for name in ArgumentList.parts(try call.text("controls") ?? "") {
            controls.append(try RelationColumns.index(of: name, in: schema))
        }
        let spend = try call.text("spend") ?? "spend"
        if spend.contains("%") || spend.contains(",") {
            let wide = try wideColumns(spend, schema, range: call.range("spend"))
            return SpendColumns(
                layout: .wide(wide), time: time, outcome: outcome, controls: controls)
        }
        guard let channel = try call.column("channel", default: "channel", of: schema),
            let money = try call.column("spend", default: "spend", of: schema)
        else { throw DemetraError(.undefinedFunction, "ALLOCATE_BUDGET needs a channel column") }
        for column in [money, outcome] where !schema.fields[column].type.isNumber {
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(schema.fields[column].name)\" must be a number, but is of type "
                    + schema.fields[column].type.description)
        }
        return SpendColumns(
            layout: .long(channel: channel, spend: money), time: time, outcome: outcome,
            controls: controls)
    }

    /// The column named by `ts`, else `date`, else the only column of a date or timestamp type.
    private static func timeColumn(
        _ call: FunctionArguments, _ schema: Schema
    ) throws(DemetraError) -> Int {
        if !call.has("ts"), schema.index(of: "date") == nil {
            let candidates = schema.fields.indices.filter { schema.fields[$0].type.isDateTime }
            if candidates.count == 1, let only = candidates.first { return only }
        }
        guard let time = try call.column("ts", default: "date", of: schema) else {
            throw DemetraError(.undefinedFunction, "ALLOCATE_BUDGET needs the argument \"ts\"")
        }
        let type = schema.fields[time].type
        guard type.isDateTime || type.isInteger else {
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(schema.fields[time].name)\" must be a date or timestamp, but is of "
                    + "type \(type)",
                hint: "Cast it, such as (SELECT ts::date AS date, ...).")
        }
        return time
    }

    /// The columns of a LIKE pattern or a list; a channel is the name without the common prefix.
    private static func wideColumns(
        _ spend: String, _ schema: Schema, range: SourceRange
    ) throws(DemetraError) -> [(channel: String, column: Int)] {
        var found: [Int] = []
        for name in ArgumentList.parts(spend) {
            if name.contains("%") {
                for index in schema.fields.indices
                where LikePattern(name).matches(schema.fields[index].name)
                    && schema.fields[index].type.isNumber
                {
                    found.append(index)
                }
            } else {
                found.append(try RelationColumns.index(of: name, in: schema))
            }
        }
        found = Array(Set(found)).sorted()
        guard !found.isEmpty else {
            throw DemetraError(
                .undefinedColumn, "no numeric column matches '\(spend)'",
                hint: "The columns are \(schema.fields.map(\.name).joined(separator: ", "))."
            ).at(range)
        }
        let names = found.map { schema.fields[$0].name }
        let prefix = found.count > 1 ? commonPrefix(names) : ""
        return zip(found, names).map { (String($1.dropFirst(prefix.count)), $0) }
    }

    /// The longest common start that ends in an underscore, so that names stay whole words.
    private static func commonPrefix(_ names: [String]) -> String {
        guard var prefix = names.first else { return "" }
        for name in names { while !name.hasPrefix(prefix) { prefix.removeLast() } }
        while let last = prefix.last, last != "_" { prefix.removeLast() }
        return prefix
    }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let rows = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        guard rows.rowCount > 0 else { return [] }
        let (history, _) = try SpendHistory.read(rows, columns)
        let scale: Double
        switch unit {
        case .period: scale = Double(horizon)
        case .day: scale = Double(horizon) / history.periodDays
        case .week: scale = Double(horizon) * 7 / history.periodDays
        }
        let problem = try problem(history, relations, unit: scale)
        let allocation = try BudgetAllocator(
            history: history, problem: problem, cancellation: context.cancellation
        ).allocate()
        return AllocateBudgetFunction.batches(allocation, unit: scale, totals: totals)
    }

    private func problem(
        _ history: SpendHistory, _ relations: [[Batch]], unit: Double
    ) throws(DemetraError) -> BudgetProblem {
        let count = history.channels.count
        var problem = BudgetProblem(
            budget: budget / unit, current: history.currentSpend(lookback: lookback),
            minimum: Array(repeating: 0, count: count),
            maximum: Array(repeating: .infinity, count: count))
        (problem.margin, problem.targetROI, problem.risk) = (margin, targetROI, risk)
        (problem.level, problem.seed, problem.unit) = (level, seed, unit)
        if let bounds {
            let rows = RelationColumns(schema: bounds.schema, batches: relations[bounds.index])
            try ChannelBounds.apply(rows, to: &problem, channels: history.channels, unit: unit)
        }
        for index in 0..<count {
            if let minimumShare {
                problem.minimum[index] = max(problem.minimum[index], minimumShare * problem.budget)
            }
            if let maximumShare {
                problem.maximum[index] = min(problem.maximum[index], maximumShare * problem.budget)
            }
        }
        let isFree = bounds == nil && minimumShare == nil && maximumShare == nil
        guard let change = maximumChange ?? (isFree ? 0.5 : nil) else { return problem }
        try problem.check(channels: history.channels)
        let present = problem.presentMix
        for index in 0..<count {
            problem.minimum[index] = max(problem.minimum[index], present[index] * (1 - change))
            problem.maximum[index] = min(problem.maximum[index], present[index] * (1 + change))
        }
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
                let nearest = NearestName.find(name, among: channels)
                throw DemetraError(
                    .invalidParameterValue, "bounds name channel \"\(name)\", which has no rows",
                    hint: nearest.map { "Perhaps you meant \"\($0)\"." }
                        ?? "The channels are \(channels.joined(separator: ", ")).")
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

/// A LIKE pattern with `%` and `_`.
struct LikePattern {
    private let pattern: [Character]

    init(_ pattern: String) { self.pattern = Array(pattern) }

    /// True when the whole text matches; an underscore matches any one character, itself included.
    func matches(_ text: String) -> Bool {
        var reachable = [Bool](repeating: false, count: pattern.count + 1)
        reachable[0] = true
        func skipPercents(_ states: inout [Bool]) {
            for index in pattern.indices where states[index] && pattern[index] == "%" {
                states[index + 1] = true
            }
        }
        skipPercents(&reachable)
        for character in text {
            var next = [Bool](repeating: false, count: pattern.count + 1)
            for index in pattern.indices where reachable[index] {
                if pattern[index] == "%" {
                    next[index] = true
                } else if pattern[index] == "_" || pattern[index] == character {
                    next[index + 1] = true
                }
            }
            skipPercents(&next)
            reachable = next
        }
        return reachable[pattern.count]
    }
}
