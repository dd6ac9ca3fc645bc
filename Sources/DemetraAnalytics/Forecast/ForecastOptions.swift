import DemetraFunctions
import DemetraTypes

/// The arguments of a call of FORECAST, checked.
// Immutable after init.
struct ForecastOptions: Sendable {
    static let named = [
        "ts", "value", "series", "horizon", "level", "freq", "method", "season", "agg", "fill",
        "nonnegative", "numerator", "denominator", "backtest", "holidays", "totals", "on_error",
        "seed", SettledRows.argument,
    ]

    let columns: SeriesRows.Columns
    let horizon: Int?
    let level: Double
    let step: TimeStep?
    let method: ForecastMethod?
    let seasons: [Int]?
    let aggregate: DuplicateAggregate
    let fill: GapFill
    let isNonnegative: Bool?
    let showsBackTest: Bool
    let addsTotals: Bool
    let abortsOnError: Bool

    init(_ call: FunctionArguments, _ schema: Schema) throws(DemetraError) {
        columns = try Self.columns(call, schema)
        horizon = try call.integer("horizon", from: 1, to: 10_000)
        level = try call.level()
        step = try Self.step(call, schema.fields[columns.time].type)
        seasons = try Self.seasons(call)
        aggregate = try Self.choice(call, "agg") ?? .sum
        fill = try Self.choice(call, "fill") ?? .auto
        isNonnegative = try call.boolean("nonnegative")
        showsBackTest = try call.boolean("backtest") ?? false
        addsTotals = try call.boolean("totals") ?? false
        _ = try call.seed()
        method = try Self.method(call)
        let reaction = try call.text("on_error") ?? "notice"
        guard ["notice", "abort"].contains(reaction) else {
            throw DemetraError(
                .invalidParameterValue,
                "argument \"on_error\" must be 'notice' or 'abort', got '\(reaction)'"
            ).at(call.range("on_error"))
        }
        abortsOnError = reaction == "abort"
    }

    private static func columns(
        _ call: FunctionArguments, _ schema: Schema
    ) throws(DemetraError) -> SeriesRows.Columns {
        let series = try call.columns("series", of: schema)
        let time = try timeColumn(call, schema)
        guard call.has("numerator") == call.has("denominator") else {
            throw DemetraError(
                .invalidParameterValue,
                "FORECAST needs the arguments \"numerator\" and \"denominator\" together"
            ).at(call.range(call.has("numerator") ? "numerator" : "denominator"))
        }
        let value: Int?
        let denominator = try call.column("denominator", of: schema)
        if denominator != nil {
            value = try call.column("numerator", of: schema)
        } else {
            value = try call.column("value", default: "y", of: schema)
        }
        guard let value else {
            throw DemetraError(.undefinedFunction, "FORECAST needs the argument \"value\"")
        }
        for column in [value, denominator].compactMap({ $0 }) {
            let field = schema.fields[column]
            guard field.type.isNumber else {
                throw DemetraError(
                    .datatypeMismatch,
                    "column \"\(field.name)\" must be a number, but is of type \(field.type)"
                ).at(call.range(denominator == nil ? "value" : "numerator"))
            }
        }
        let name = schema.fields[value].name.lowercased()
        let isAmount = ["spend", "cost", "impressions", "clicks"].contains { name.contains($0) }
        return SeriesRows.Columns(
            series: series, time: time, value: value, denominator: denominator,
            leavesOutNegatives: try call.boolean("nonnegative") ?? isAmount)
    }

    /// The column named by `ts`, else `ts`, else the only column of a date or timestamp type.
    private static func timeColumn(
        _ call: FunctionArguments, _ schema: Schema
    ) throws(DemetraError) -> Int {
        if !call.has("ts"), schema.index(of: "ts") == nil {
            let candidates = schema.fields.indices.filter { schema.fields[$0].type.isDateTime }
            if candidates.count == 1, let only = candidates.first { return only }
        }
        guard let time = try call.column("ts", default: "ts", of: schema) else {
            throw DemetraError(.undefinedFunction, "FORECAST needs the argument \"ts\"")
        }
        let field = schema.fields[time]
        guard field.type.isDateTime || field.type.isInteger else {
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(field.name)\" must be a date or timestamp, but is of type \(field.type)",
                hint: "Cast it, such as (SELECT ts::timestamp AS ts, ...)."
            ).at(call.range("ts"))
        }
        return time
    }

    private static func step(
        _ call: FunctionArguments, _ type: LogicalType
    ) throws(DemetraError) -> TimeStep? {
        guard let text = try call.text("freq"), text != "auto" else { return nil }
        guard let step = TimeStep(text: text) else {
            throw DemetraError(
                .invalidParameterValue, "argument \"freq\" is no step of time: '\(text)'",
                hint: "Write 'hour', 'day', 'week', 'month' or a number of them: '15 minutes'."
            ).at(call.range("freq"))
        }
        if !step.isCalendar, type == .date || type.isInteger {
            throw DemetraError(
                .invalidParameterValue,
                "argument \"freq\" asks for a step of '\(text)', but the times are days"
            ).at(call.range("freq"))
        }
        return step
    }

    /// A number of steps, or several: `24`, `'24,168'`.
    private static func seasons(_ call: FunctionArguments) throws(DemetraError) -> [Int]? {
        guard let value = try call.value("season"), !value.isNull else { return nil }
        var lengths: [Int] = []
        let text = if case .text(let text) = value { text } else { "" }
        if text == "auto" { return nil }
        let parts = ArgumentList.parts(text)
        let numbers =
            parts.isEmpty ? [NumberReader.number(value)] : parts.map { Double($0) ?? .nan }
        for number in numbers {
            guard number >= 1, number <= 100_000, number == number.rounded() else {
                throw DemetraError(
                    .invalidParameterValue,
                    "argument \"season\" must be a number of steps from 1 to 100000",
                    hint: "Write season => 7, or season => '24,168' for two seasons."
                ).at(call.range("season"))
            }
            lengths.append(Int(number))
        }
        return Set(lengths.filter { $0 > 1 }).sorted()
    }

    private static func method(_ call: FunctionArguments) throws(DemetraError) -> ForecastMethod? {
        guard let text = try call.text("method"), text != "auto" else { return nil }
        if let method = ForecastMethod(rawValue: text) { return method }
        let names = ["auto"] + ForecastMethod.allCases.map(\.rawValue)
        let nearest = NearestName.find(text, among: names)
        throw DemetraError(
            .invalidParameterValue, "FORECAST has no method '\(text)'",
            hint: nearest.map { "Perhaps you meant '\($0)'." }
                ?? "The methods are \(names.joined(separator: ", "))."
        ).at(call.range("method"))
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ call: FunctionArguments, _ name: String
    ) throws(DemetraError) -> Choice? where Choice.RawValue == String {
        guard let text = try call.text(name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let all = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        throw DemetraError(
            .invalidParameterValue, "argument \"\(name)\" must be one of \(all), got '\(text)'"
        ).at(call.range(name))
    }
}
