import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One bound call of DRIVERS: columns found, options checked, rows still to come.
// Immutable after init.
struct DriversCall: Sendable {
    private let relation: FunctionArguments.Relation
    private let columns: MetricColumns
    private let segments: [Int]
    private let time: Int
    private let periodA: DayPeriod
    private let periodB: DayPeriod
    private let level: Double
    private let isCorrected: Bool
    private let seed: UInt64
    private let totals: Bool

    init(_ arguments: [TableFunctionArgument]) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: "DRIVERS", positional: ["rel"],
            named: [
                "metric", "period_a", "period_b", "by", "ts", "level", "correction", "seed",
                "totals",
            ] + MetricColumns.named)
        relation = try call.requiredRelation("rel")
        let schema = relation.schema
        columns = try MetricColumns(
            call, of: schema, among: AdMetric.allCases, default: .roas, readsSpend: false)
        segments =
            call.has("by")
            ? try call.columns("by", of: schema)
            : [try call.column("by", default: "channel", of: schema) ?? 0]
        guard !segments.isEmpty else {
            throw DemetraError(
                .undefinedFunction, "argument \"by\" of DRIVERS names no column",
                hint: "Name the columns of segments, such as by => 'channel'."
            ).at(call.range("by"))
        }
        time = try call.timeColumn("ts", of: schema)
        periodA = try DayPeriod("period_a", call)
        periodB = try DayPeriod("period_b", call)
        guard !periodA.days.overlaps(periodB.days) else {
            throw DemetraError(
                .invalidParameterValue, "the periods overlap",
                hint: "A day belongs to period_a or to period_b."
            ).at(call.range("period_b"))
        }
        level = try call.level()
        isCorrected = try call.isCorrected()
        seed = try call.seed()
        totals = try call.boolean("totals") ?? false
    }

    /// The output columns.
    var schema: Schema {
        let numbers = [
            "value_a", "value_b", "share_a", "share_b", "rate_effect", "rate_lower", "rate_upper",
            "mix_effect", "mix_lower", "mix_upper", "effect", "lower", "upper", "p_value",
        ]
        return Schema(
            segments.map { relation.schema.fields[$0] }
                + numbers.map { Field(name: $0, type: .double) } + [
                    Field(name: "significant", type: .boolean),
                    Field(name: "verdict", type: .text),
                ])
    }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let rows = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        guard rows.rowCount > 0 else { return [] }
        let groups = RowGroups(rows, columns: segments)
        let days = DayColumn.days(rows, time, zone: context.timeZone)
        let a = try period(periodA, rows, groups, days, context)
        // Rows without a time are told of once.
        let b = try period(periodB, rows, groups, days.map { $0 ?? .min }, context)
        let used = a.sums.indices.filter { a.sums[$0].count + b.sums[$0].count > 0 }
        let notices = MetricNotices(board: context.notices)
        notices.tellOfSpellings(
            GroupNames(rows, groups, channel: nil, segments: segments).spoken, of: "segment")
        for (name, period) in [("period_a", a), ("period_b", b)] where period.dayCount == 0 {
            context.notices.post(Notice("there are no rows in \(name)"))
        }
        guard !used.isEmpty else { return [] }
        if columns.metric.bottom == nil, a.dayCount != b.dayCount {
            context.notices.post(
                Notice(
                    "period_a has rows of \(a.dayCount) days, period_b of \(b.dayCount): the change "
                        + "of a sum includes the difference"))
        }
        let analysis = DriverAnalysis(
            used.map { a.sums[$0] }, used.map { b.sums[$0] }, counts: (a.dayCount, b.dayCount),
            days: (a.resampling, b.resampling), metric: columns.metric, level: level,
            isCorrected: isCorrected)
        var (verdicts, total) = try analysis.verdicts(context)
        if a.dayCount == 0 || b.dayCount == 0 { verdicts = verdicts.map(Self.withoutEffect) }
        var judged = verdicts + (totals ? [total] : [])
        DriverAnalysis.decide(&judged, level: level, isCorrected: isCorrected)
        let order = verdicts.indices.sorted { left, right in
            let (x, y) = (size(judged[left]), size(judged[right]))
            return x != y ? x > y : left < right
        }
        let shown = order + (totals ? [verdicts.count] : [])
        let representatives = order.map { groups.representatives[used[$0]] }
        return batches(shown.map { judged[$0] }, rows, representatives)
    }

    private struct Period: Sendable {
        var sums: [DaySums]
        var dayCount: Int
        var resampling: DayResampling
    }

    private func period(
        _ period: DayPeriod, _ rows: RelationColumns, _ groups: RowGroups, _ days: [Int64?],
        _ context: EvaluationContext
    ) throws(DemetraError) -> Period {
        let usable = try MetricRows(
            rows, columns, groups: groups, days: days,
            notices: MetricNotices(board: context.notices), cancellation: context.cancellation
        ) { period.days.contains($0) }
        return Period(
            sums: try usable.sums(context.cancellation), dayCount: usable.dayCount,
            resampling: try DayResampling(
                dayCount: usable.blockCount,
                // Each period has samples of its own.
                seed: seed ^ SeededGenerator.scrambled(UInt64(bitPattern: period.days.lowerBound)),
                cancellation: context.cancellation))
    }

    private static func withoutEffect(_ verdict: DriverVerdict) -> DriverVerdict {
        var plain = verdict
        (plain.rate, plain.mix, plain.effect) = (.init(), .init(), .init())
        (plain.probability, plain.outcome) = (.nan, .unknown)
        return plain
    }

    private func size(_ verdict: DriverVerdict) -> Double {
        verdict.effect.value.isNaN ? -1 : abs(verdict.effect.value)
    }

    private func batches(
        _ verdicts: [DriverVerdict], _ rows: RelationColumns, _ representatives: [Int]
    ) -> [Batch] {
        let rest = verdicts.count - representatives.count
        var output = segments.map { column in
            ResultColumn.values(
                rows.values(column, at: representatives) + Array(repeating: .null, count: rest))
        }
        output += [
            \DriverVerdict.valueA, \.valueB, \.shareA, \.shareB, \.rate.value, \.rate.lower,
            \.rate.upper, \.mix.value, \.mix.lower, \.mix.upper, \.effect.value, \.effect.lower,
            \.effect.upper, \.probability,
        ].map { path in .doubles(verdicts.map { $0[keyPath: path] }) }
        output += [
            .values(verdicts.map { .boolean($0.isSignificant) }),
            .texts(verdicts.map(\.outcome.rawValue)),
        ]
        return ResultColumn.batches(output, schema: schema, rowCount: verdicts.count)
    }
}
