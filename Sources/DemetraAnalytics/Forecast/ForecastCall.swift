import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One bound call of FORECAST: columns found, options checked, rows still to come.
// Immutable after init.
struct ForecastCall: Sendable {
    private let relation: FunctionArguments.Relation
    private let holidays: FunctionArguments.Relation?
    private let settled: SettledRows?
    private let options: ForecastOptions

    init(_ arguments: [TableFunctionArgument]) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: "FORECAST", positional: ["rel"], named: ForecastOptions.named)
        relation = try call.requiredRelation("rel")
        holidays = try call.relation("holidays")
        options = try ForecastOptions(call, relation.schema)
        settled = try SettledRows(
            call, relation.schema, metric: options.columns.value, time: options.columns.time)
        if let holidays { _ = try HolidayCalendar.dateColumn(holidays.schema) }
    }

    /// The output columns.
    var schema: Schema { ForecastRows.schema(series: seriesFields, time: timeField) }

    private var seriesFields: [Field] { options.columns.series.map { relation.schema.fields[$0] } }
    private var timeField: Field { relation.schema.fields[options.columns.time] }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let given = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        let columns = try settled?.rows(given, relations, context) ?? given
        guard columns.rowCount > 0 else { return [] }
        let rows = try SeriesRows(columns, options.columns, cancellation: context.cancellation)
        var calendar: HolidayCalendar?
        if let holidays {
            calendar = try HolidayCalendar(
                RelationColumns(schema: holidays.schema, batches: relations[holidays.index]))
        }
        let prepared = try SeriesPreparation(
            options: options, zone: context.timeZone, hasZone: timeField.type == .timestamptz
        ).prepared(rows.series, context)
        // Each series is learnt and continued in one go: what is left is to write the rows.
        let answers = try context.training { () throws(DemetraError) in
            try self.answers(prepared, calendar, context)
        }
        try report(answers)
        tellOfSpellings(rows.series, context.notices)
        var output = ForecastRows(
            series: seriesFields, time: timeField, level: options.level, zone: context.timeZone)
        for answer in answers {
            if options.showsBackTest {
                output.addBackTest(answer)
            } else {
                output.addForecast(answer)
            }
        }
        return output.batches()
    }

    private func answers(
        _ prepared: [PreparedSeries], _ calendar: HolidayCalendar?, _ context: EvaluationContext
    ) throws(DemetraError) -> [SeriesAnswer] {
        let forecasting = SeriesForecasting(options: options, holidays: calendar)
        guard options.addsTotals, !seriesFields.isEmpty else {
            return try forecasting.answers(prepared, context)
        }
        let hierarchy = SeriesHierarchy(prepared)
        let nodes = hierarchy.nodes
        return hierarchy.reconciled(try forecasting.answers(nodes, context)) { node in
            options.isNonnegative ?? nodes[node].values.allSatisfy { $0 >= 0 }
        }
    }

    /// A failure ends the call when it was asked to, or when there is nothing else to give.
    private func report(_ answers: [SeriesAnswer]) throws(DemetraError) {
        guard options.abortsOnError || seriesFields.isEmpty else { return }
        for answer in answers { if let failure = answer.failure { throw failure } }
    }

    /// Names that differ in their case alone are most likely one: said, never merged.
    private func tellOfSpellings(_ series: [SeriesRows.Series], _ notices: NoticeBoard) {
        var spellings: [String: String] = [:]
        for name in series.lazy.map(\.name) {
            let folded = name.lowercased()
            if let other = spellings[folded] {
                notices.post(
                    Notice(
                        "series '\(other)' and '\(name)' differ in case alone and are forecast apart"
                    ))
                return
            }
            spellings[folded] = name
        }
    }
}
