import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One bound call of DETECT_ANOMALIES: columns found, options checked, rows still to come.
// Immutable after init.
struct DetectAnomaliesCall: Sendable {
    private static let named = [
        "series", "sensitivity", "season", "online", "numerator", "denominator", "since",
        SettledRows.argument,
    ]

    /// The output columns.
    let schema: Schema
    private let relation: FunctionArguments.Relation
    private let series: [Int]
    private let time: Int
    /// The column of values, or of numerators when there is a denominator.
    private let value: Int
    private let denominator: Int?
    private let sensitivity: Double
    private let season: Int?
    private let isOnline: Bool
    private let since: Int64?
    private let settled: SettledRows?

    init(_ arguments: [TableFunctionArgument]) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: "DETECT_ANOMALIES", positional: ["rel", "ts", "value"],
            named: Self.named)
        relation = try call.requiredRelation("rel")
        let columns = relation.schema
        series = try call.columns("series", of: columns)
        time = try call.timeColumn("ts", of: columns)
        guard call.has("numerator") == call.has("denominator") else {
            throw DemetraError(
                .undefinedFunction,
                "DETECT_ANOMALIES needs \"numerator\" and \"denominator\" together",
                hint: "Write numerator => 'clicks', denominator => 'impressions'.")
        }
        if call.has("denominator") {
            value = try call.numberColumn("numerator", default: "numerator", of: columns)
            denominator = try call.numberColumn("denominator", default: "denominator", of: columns)
        } else {
            let usual = columns.index(of: "value") == nil && columns.index(of: "y") != nil
            value = try call.numberColumn("value", default: usual ? "y" : "value", of: columns)
            denominator = nil
        }
        sensitivity = try call.number("sensitivity", from: 0, to: 1) ?? 0.5
        season = try call.integer("season", from: 1, to: 10_000)
        isOnline = try call.boolean("online") ?? true
        since = try Self.instant(call)
        settled = try SettledRows(call, columns, metric: value, time: time)
        schema = Schema(
            series.map { columns.fields[$0] } + [Field(name: "ts", type: columns.fields[time].type)]
                + ["value", "expected", "lower", "upper", "score"].map {
                    Field(name: $0, type: .double)
                } + [
                    Field(name: "is_anomaly", type: .boolean), Field(name: "kind", type: .text),
                    Field(name: "severity", type: .text), Field(name: "episode", type: .bigint),
                ])
    }

    /// The time that `since` gives, as a date, a timestamp or their text.
    private static func instant(_ call: FunctionArguments) throws(DemetraError) -> Int64? {
        var since = try call.value("since")
        if case .some(.text(let text)) = since {
            do throws(DemetraError) {
                since = try ValueText.parse(text, as: .timestamp)
            } catch {
                throw error.at(call.range("since"))
            }
        }
        switch since {
        case .none, .some(.null): return nil
        case .some(.date(let date)): return date.timestamp.microseconds
        case .some(.timestamp(let time)), .some(.timestamptz(let time)): return time.microseconds
        default:
            throw DemetraError(
                .datatypeMismatch,
                "argument \"since\" of DETECT_ANOMALIES must be a date or timestamp"
            ).at(call.range("since"))
        }
    }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let given = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        let rows = try settled?.rows(given, relations, context) ?? given
        guard rows.rowCount > 0 else { return [] }
        let groups = RowGroups(rows, columns: series)
        let points = SeriesPoints(
            instants: rows.instants(time), values: rows.numbers(value),
            volumes: denominator.map { rows.numbers($0) })
        points.tell(context.notices, rows, value: value)
        let members = groups.rows()
        let slots = ResultSlots(count: members.count, empty: SeriesVerdicts())
        context.workers.forEach(members.count) { index in
            guard !context.cancellation.isCancelled else { return }
            let (series, origins) = points.series(members[index], season: season)
            // What it throws is the cancellation, which is looked at below.
            guard
                let verdicts = try? AnomalyDetector.verdicts(
                    series, sensitivity: sensitivity, isOnline: isOnline,
                    cancellation: context.cancellation)
            else { return }
            slots.set(
                index, SeriesVerdicts(series: series, origins: origins, verdicts: verdicts))
        }
        try context.cancellation.check()
        return batches(slots.values, groups, rows)
    }

    private func batches(
        _ found: [SeriesVerdicts], _ groups: RowGroups, _ rows: RelationColumns
    ) -> [Batch] {
        var kept: [(group: Int, row: Int)] = []
        for (group, one) in found.enumerated() {
            for row in one.verdicts.indices
            where since.map({ one.series.instants[row] >= $0 }) ?? true {
                kept.append((group, row))
            }
        }
        func doubles(_ number: (SeriesVerdicts, Int) -> Double) -> ResultColumn {
            .doubles(kept.map { number(found[$0.group], $0.row) })
        }
        let verdicts = kept.map { found[$0.group].verdicts[$0.row] }
        let names = series.map { column in
            let values = rows.values(column, at: groups.representatives)
            return ResultColumn.values(kept.map { values[$0.group] })
        }
        let times = rows.values(time, at: kept.map { found[$0.group].origins[$0.row] })
        let columns: [ResultColumn] =
            names + [
                .values(times), doubles { $0.series.values[$1] },
                .doubles(verdicts.map(\.departure.expected)),
                .doubles(verdicts.map(\.departure.lower)),
                .doubles(verdicts.map(\.departure.upper)),
                .doubles(verdicts.map(\.departure.score)),
                .values(verdicts.map { .boolean($0.isAnomaly) }),
                .texts(verdicts.map { $0.departure.kind?.rawValue }),
                .texts(verdicts.map(\.severity)),
                .values(verdicts.map { $0.episode.map { .integer($0) } ?? .null }),
            ]
        return ResultColumn.batches(columns, schema: schema, rowCount: kept.count)
    }
}

/// What became of one series.
private struct SeriesVerdicts: Sendable {
    var series = AnomalySeries(instants: [], values: [])
    /// A row of the relation for each point.
    var origins: [Int] = []
    var verdicts: [AnomalyVerdict] = []
}
