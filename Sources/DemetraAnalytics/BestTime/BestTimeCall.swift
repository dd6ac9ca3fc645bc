import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One bound call of BEST_TIME: columns found, options checked, rows still to come.
// Immutable after init.
struct BestTimeCall: Sendable {
    /// The output columns.
    static let schema = Schema(
        [
            Field(name: "channel", type: .text), Field(name: "dow", type: .integer),
            Field(name: "hour", type: .integer), Field(name: "impressions", type: .bigint),
        ]
            + ["rate", "shrunk_rate", "lower", "upper", "lift", "p_best"].map {
                Field(name: $0, type: .double)
            } + [
                Field(name: "significant", type: .boolean), Field(name: "rank", type: .integer),
            ])

    private let relation: FunctionArguments.Relation
    private let columns: MetricColumns
    private let time: Int
    private let channel: Int?
    private let week: WeekSlots
    private let zoneName: String
    private let zoneRange: SourceRange
    private let minimum: Double
    private let level: Double
    private let seed: UInt64

    init(_ arguments: [TableFunctionArgument]) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: "BEST_TIME", positional: ["rel", "ts"],
            named: [
                "clicks", "impressions", "by", "channel", "tz", "min_impressions", "level", "seed",
            ])
        relation = try call.requiredRelation("rel")
        let schema = relation.schema
        columns = try MetricColumns(
            call, of: schema, among: [.ctr], default: .ctr, readsSpend: false)
        time = try call.timeColumn("ts", of: schema)
        channel = try call.column("channel", of: schema)
        let by = try call.text("by") ?? "hour"
        guard let week = WeekSlots(rawValue: by) else {
            throw DemetraError(
                .invalidParameterValue,
                "argument \"by\" must be 'hour', 'dow' or 'dow_hour', got '\(by)'"
            ).at(call.range("by"))
        }
        self.week = week
        let type = schema.fields[time].type
        guard week == .dow || type == .timestamp || type == .timestamptz else {
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(schema.fields[time].name)\" of type \(type) has no hours",
                hint: "Use by => 'dow', or a column of timestamps."
            ).at(call.range("ts"))
        }
        zoneName = try call.text("tz") ?? "UTC"
        zoneRange = call.range("tz")
        minimum = try call.number("min_impressions", from: 0, to: 1e15) ?? 500
        level = try call.level()
        seed = try call.seed()
    }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let zone: TimeZoneRules
        do throws(DemetraError) {
            zone = try context.timeZones.rules(zoneName)
        } catch { throw error.at(zoneRange) }
        let rows = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        guard rows.rowCount > 0 else { return [] }
        let times = times(rows, zone)
        try context.cancellation.check()
        let channels = RowGroups(rows, columns: channel.map { [$0] } ?? [])
        let cells = SlotGroups(times, channels, week)
        let notices = MetricNotices(board: context.notices)
        let metricRows = try MetricRows(
            rows, columns, groups: cells.groups, days: times.map { $0.map(DayColumn.day) },
            notices: notices, cancellation: context.cancellation)
        let sums = try metricRows.sums(context.cancellation)
        let names =
            channel.map {
                GroupNames(rows, channels, channel: nil, segments: [$0]).texts.map { $0[0] }
            } ?? Array(repeating: nil, count: channels.count)
        notices.tellOfSpellings(names.compactMap { $0 }, of: "channel")
        if sums.contains(where: { $0.top > $0.bottom }) {
            context.notices.post(
                Notice("some slots have more clicks than impressions; their rate counts as 1"))
        }
        let verdicts = try verdicts(sums, cells, context)
        if verdicts.contains(where: { $0.contains(where: \.isSignificant) }) {
            context.notices.post(
                Notice(
                    "rates by time are observed, not tested: who is online then and what ran then "
                        + "differ too, so moving spend may not bring the lift"))
        }
        return batches(verdicts, names)
    }

    /// Local times in microseconds. Dates stay as they are, timestamps without a time zone are UTC.
    private func times(_ rows: RelationColumns, _ zone: TimeZoneRules) -> [Int64?] {
        let type = rows.schema.fields[time].type
        let isInstant = type == .timestamp || type == .timestamptz
        return rows.instants(time).map { instant in
            guard let instant, DayColumn.times.contains(instant) else { return nil }
            guard isInstant else { return instant }
            return zone.local(Timestamp(microseconds: instant)).microseconds
        }
    }

    private func verdicts(
        _ sums: [DaySums], _ cells: SlotGroups, _ context: EvaluationContext
    ) throws(DemetraError) -> [[SlotVerdict]] {
        let slots = ResultSlots<[SlotVerdict]>(count: cells.channels.count, empty: [])
        let cancellation = context.cancellation
        context.workers.forEach(cells.channels.count) { channel in
            guard !cancellation.isCancelled else { return }
            let range = cells.channels[channel]
            let rates = SlotRates(
                Array(cells.slots[range]), Array(sums[range]), week: week, level: level,
                minimum: minimum,
                seed: seed &+ SeededGenerator.scrambled(UInt64(channel)))
            slots.set(channel, rates.verdicts(cancellation))
        }
        try cancellation.check()
        var verdicts = slots.values
        SlotRates.decide(&verdicts, level: level)
        return verdicts
    }

    private func batches(_ verdicts: [[SlotVerdict]], _ names: [String?]) -> [Batch] {
        let rows = verdicts.flatMap { $0 }
        func numbers(_ number: (SlotVerdict) -> Int?) -> ResultColumn {
            .values(rows.map { number($0).map { .integer(Int64($0)) } ?? .null })
        }
        var columns: [ResultColumn] = [
            .texts(zip(verdicts, names).flatMap { rows, name in rows.map { _ in name } }),
            numbers { week.weekday($0.slot) }, numbers { week.hour($0.slot) },
            .integers(rows.map { Int64(min($0.impressions.rounded(), 9e18)) }),
        ]
        columns += [
            \SlotVerdict.rate, \.shrunk, \.lower, \.upper, \.lift, \.best,
        ].map { path in .doubles(rows.map { $0[keyPath: path] }) }
        columns += [
            .values(rows.map { .boolean($0.isSignificant) }), numbers { $0.rank },
        ]
        return ResultColumn.batches(columns, schema: Self.schema, rowCount: rows.count)
    }
}
