import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// The arguments that all functions over a history of spend share: which columns, what amounts stand for,
/// and how sure intervals are to be.
// Immutable after init.
struct SpendArguments: Sendable {
    /// What the caller's amounts stand for.
    private enum Unit: String { case day, week, period }

    /// The arguments but for those that name columns.
    static let names = [
        "per", "horizon", "margin", "level", "method", "lookback", "seed",
        SettledRows.argument,
    ]
    /// The arguments that name columns.
    static let columnNames = ["channel", "spend", "outcome", "ts", "controls"]

    /// Periods that the present spend is the mean of; nil for the usual number.
    let lookback: Int?
    /// Profit per unit of outcome.
    let margin: Double
    /// Coverage of intervals.
    let level: Double
    /// Start of the random streams.
    let seed: UInt64
    private let columns: SpendColumns
    private let settled: SettledRows?
    private let unit: Unit
    private let horizon: Int
    private let function: String

    /// Checks the arguments of a call.
    ///
    /// - Parameter channelArgument: the argument that names the column of channels.
    /// - Throws: 42703 for unknown columns, 42804 for those of other types, 22023 for bad values.
    init(
        _ call: FunctionArguments, _ schema: Schema, function: String,
        channelArgument: String = "channel"
    ) throws(DemetraError) {
        self.function = function
        columns = try Self.columns(call, schema, function, channelArgument: channelArgument)
        settled = try SettledRows(
            call, schema, metric: columns.outcome, time: columns.time)
        horizon = try call.integer("horizon", from: 1, to: 10_000) ?? 1
        margin = try call.number("margin", from: 0, to: 1e12) ?? 1
        level = try call.level()
        lookback = try call.integer("lookback", from: 1, to: 100_000)
        seed = try call.seed()
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
    }

    /// The history of the rows, and how many of them were left out.
    ///
    /// - Parameter relations: the rows of all relation arguments.
    /// - Throws: 22023 when fewer than two periods are left, 57014 when cancelled.
    func history(
        _ rows: RelationColumns, _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> (history: SpendHistory, excluded: Int) {
        let rows = try settled?.rows(rows, relations, context) ?? rows
        let (history, excluded) = try SpendHistory.read(rows, columns, function: function)
        if case .attributed = history.outcome { context.notices.post(Self.attribution) }
        return (history, excluded)
    }

    /// What to know of outcomes that channels report of themselves.
    static let attribution = Notice(
        "each channel's outcome is what it reports of itself, and platforms usually claim too much",
        hint: "Compare it with sales counted in one place, or give one outcome for all channels.")

    /// The curves that a history allows.
    ///
    /// - Throws: 57014 when cancelled.
    func posteriors(
        _ history: SpendHistory, _ context: EvaluationContext
    ) throws(DemetraError) -> [ChannelPosterior] {
        try context.training { () throws(DemetraError) in
            try ResponsePosteriors.channels(
                history, seed: seed, cancellation: context.cancellation, workers: context.workers)
        }
    }

    /// Periods of the history that the caller's amounts stand for.
    func periods(_ history: SpendHistory) -> Double {
        switch unit {
        case .period: Double(horizon)
        case .day: Double(horizon) / history.periodDays
        case .week: Double(horizon) * 7 / history.periodDays
        }
    }

    /// Finds the columns; a spend argument that is a pattern or a list, or the lack of a channel
    /// column where several columns look like spend, means the wide form.
    private static func columns(
        _ call: FunctionArguments, _ schema: Schema, _ function: String,
        channelArgument: String
    ) throws(DemetraError) -> SpendColumns {
        guard let outcome = try call.column("outcome", default: "revenue", of: schema) else {
            throw DemetraError(.undefinedFunction, "\(function) needs the argument \"outcome\"")
        }
        let time = try timeColumn(call, schema, function)
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
        guard let channel = try call.column(channelArgument, default: "channel", of: schema),
            let money = try call.column("spend", default: "spend", of: schema)
        else { throw DemetraError(.undefinedFunction, "\(function) needs a channel column") }
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
        _ call: FunctionArguments, _ schema: Schema, _ function: String
    ) throws(DemetraError) -> Int {
        if !call.has("ts"), schema.index(of: "date") == nil {
            let candidates = schema.fields.indices.filter { schema.fields[$0].type.isDateTime }
            if candidates.count == 1, let only = candidates.first { return only }
        }
        guard let time = try call.column("ts", default: "date", of: schema) else {
            throw DemetraError(.undefinedFunction, "\(function) needs the argument \"ts\"")
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
}
