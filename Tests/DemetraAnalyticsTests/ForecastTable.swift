import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// Daily series in a relation, and calls of FORECAST on them.
enum ForecastTable {
    /// Columns of `rows`.
    static let schema = Schema([
        Field(name: "channel", type: .text), Field(name: "ts", type: .date),
        Field(name: "y", type: .double), Field(name: "views", type: .double),
    ])

    /// The first day.
    static let start: Int32 = 20_000

    /// `days` days of series with a week, a level of their own, and noise; `views` are a hundred times
    /// as many.
    static func rows(_ names: [String], days: Int, seed: UInt64 = 1) -> [[Value]] {
        var generator = SeededGenerator(seed: seed)
        var rows: [[Value]] = []
        for (number, name) in names.enumerated() {
            for day in 0..<days {
                let week = [1.0, 1.1, 1.2, 1.1, 1.0, 0.8, 0.8][day % 7]
                let level = Double(100 * (number + 1)) * week
                rows.append([
                    .text(name), .date(CalendarDate(days: start + Int32(day))),
                    .double((level * (1 + 0.1 * generator.normal())).rounded()),
                    .double((100 * level * (1 + 0.1 * generator.normal())).rounded()),
                ])
            }
        }
        return rows
    }

    /// Runs FORECAST.
    static func call(
        _ rows: [[Value]], schema: Schema = schema, _ values: [(String, Value)] = [],
        holidays: [[Value]]? = nil, zone: TimeZoneRules = .utc,
        workers: any Workers = CallerWorkers(), cancellation: CancellationFlag = CancellationFlag(),
        notices: NoticeBoard = NoticeBoard()
    ) throws(DemetraError) -> [[String: Value]] {
        let relation = TableFunctionArgument(name: nil, content: .relation(schema), range: .none)
        var arguments = [relation]
        for (name, value) in values {
            arguments.append(
                TableFunctionArgument(name: name, content: .value(value, .unknown), range: .none))
        }
        var relations = [CampaignSimulation.batches(rows, schema)]
        if let holidays {
            arguments.append(
                TableFunctionArgument(
                    name: "holidays", content: .relation(holidaySchema), range: .none))
            relations.append(CampaignSimulation.batches(holidays, holidaySchema))
        }
        let bound = try ForecastFunction.function.bind(arguments)
        let context = EvaluationContext(
            statementTime: Timestamp(microseconds: 0), timeZone: zone,
            cancellation: cancellation, workers: workers, notices: notices)
        return try bound.execute(relations, context).flatMap { batch in
            (0..<batch.count).map { row in
                Dictionary(
                    zip(bound.schema.fields.map(\.name), batch.vectors.map { $0.value(at: row) }),
                    uniquingKeysWith: { first, _ in first })
            }
        }
    }

    /// Columns of the holidays.
    static let holidaySchema = Schema([
        Field(name: "date", type: .date), Field(name: "name", type: .text),
    ])

    /// A relation of times and values.
    static func timed(_ points: [(Value, Double)]) -> [[Value]] {
        points.map { [$0.0, $0.1.isNaN ? .null : .double($0.1)] }
    }

    /// Columns of `timed`.
    static func timedSchema(_ type: LogicalType) -> Schema {
        Schema([Field(name: "ts", type: type), Field(name: "y", type: .double)])
    }
}
