import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One bound call of COMPARE_CHANNELS or AUDIENCE: columns found, options checked, rows to come.
// Immutable after init.
struct ComparisonCall: Sendable {
    /// The function called.
    enum Kind: String, Sendable {
        case channels = "COMPARE_CHANNELS"
        case audience = "AUDIENCE"
    }

    private let kind: Kind
    private let relation: FunctionArguments.Relation
    private let columns: MetricColumns
    /// Columns whose values name a group.
    private let segments: [Int]
    /// The column of channels that segments are compared within.
    private let channel: Int?
    private let time: Int?
    private let baseline: String?
    private let baselineRange: SourceRange
    private let options: GroupComparison.Options

    init(_ kind: Kind, _ arguments: [TableFunctionArgument]) throws(DemetraError) {
        self.kind = kind
        let call = try FunctionArguments(
            arguments, function: kind.rawValue, positional: ["rel"],
            named: ["metric", "channel", "baseline", "level", "correction", "ts", "seed"]
                + (kind == .audience ? ["segment"] : []) + MetricColumns.named)
        relation = try call.requiredRelation("rel")
        let schema = relation.schema
        columns = try MetricColumns(call, of: schema, among: AdMetric.ratios, default: .roi)
        if kind == .audience {
            segments = try call.columns("segment", of: schema)
            channel = try call.column("channel", of: schema)
            guard !segments.isEmpty else {
                throw DemetraError(
                    .undefinedFunction, "AUDIENCE needs the argument \"segment\"",
                    hint: "Name the columns of segments, such as segment => 'age,gender'.")
            }
        } else {
            segments = [try call.column("channel", default: "channel", of: schema) ?? 0]
            channel = nil
        }
        time = try Self.time(call, schema)
        baseline = try call.text("baseline")
        baselineRange = call.range("baseline")
        options = GroupComparison.Options(
            metric: columns.metric, level: try call.level(), isCorrected: try call.isCorrected(),
            seed: try call.seed())
    }

    /// The column of time; nil when the relation has none.
    private static func time(
        _ call: FunctionArguments, _ schema: Schema
    ) throws(DemetraError) -> Int? {
        let isThere =
            call.has("ts") || schema.index(of: "ts") != nil || schema.index(of: "date") != nil
            || schema.fields.contains { $0.type.isDateTime }
        return isThere ? try call.timeColumn("ts", of: schema) : nil
    }

    /// The output columns.
    var schema: Schema {
        var fields: [Field] = []
        if kind == .audience { fields = segments.map { relation.schema.fields[$0] } }
        if hasChannelColumn { fields.append(Field(name: "channel", type: .text)) }
        fields.append(Field(name: "n", type: .bigint))
        fields += [
            "spend", "value", "lower", "upper", "diff", "diff_lower", "diff_upper", "p_value",
            "p_best",
        ].map { Field(name: $0, type: .double) }
        return Schema(
            fields + [
                Field(name: "significant", type: .boolean), Field(name: "verdict", type: .text),
            ])
    }

    /// A segment named channel stands for itself.
    private var hasChannelColumn: Bool {
        kind == .channels || !segments.contains { relation.schema.fields[$0].name == "channel" }
    }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let rows = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        guard rows.rowCount > 0 else { return [] }
        let groups = RowGroups(rows, columns: (channel.map { [$0] } ?? []) + segments)
        try context.cancellation.check()
        let notices = MetricNotices(board: context.notices)
        let metricRows = try MetricRows(
            rows, columns, groups: groups,
            days: time.map { DayColumn.days(rows, $0, zone: context.timeZone) },
            notices: notices, cancellation: context.cancellation)
        let sums = try metricRows.sums(context.cancellation)
        if metricRows.isTimeless {
            context.notices.post(
                Notice("without a column of time each row counts as a day of its own"))
        }
        let names = GroupNames(rows, groups, channel: channel, segments: segments)
        notices.tellOfSpellings(names.spoken, of: kind == .channels ? "channel" : "segment")
        tellOfNothing(sums, names, context.notices)
        let panels = try panels(names)
        let verdicts = try verdicts(panels, sums, names, metricRows.blockCount, context)
        return batches(verdicts, names, rows, groups)
    }

    /// The groups of each channel, and their baseline.
    private func panels(_ names: GroupNames) throws(DemetraError) -> [GroupPanel] {
        let panels = names.panels(baseline: baseline, isList: kind == .audience)
        if let baseline, panels.allSatisfy({ $0.baseline == nil }) {
            let nearest = NearestName.find(baseline, among: names.spoken)
            throw DemetraError(
                .invalidParameterValue, "there are no rows of the baseline '\(baseline)'",
                hint: nearest.map { "Perhaps you meant '\($0)'." }
            ).at(baselineRange)
        }
        return panels
    }

    private func verdicts(
        _ panels: [GroupPanel], _ sums: [DaySums], _ names: GroupNames, _ blockCount: Int,
        _ context: EvaluationContext
    ) throws(DemetraError) -> [GroupVerdict] {
        var options = options
        let isProportion =
            options.metric.isProportion
            && sums.allSatisfy { $0.top <= $0.bottom }
        if options.metric.isProportion, !isProportion {
            context.notices.post(
                Notice(
                    "\(options.metric.rawValue) is above 1 somewhere, so it is compared as a ratio "
                        + "of sums and not as a proportion"))
        }
        let judged = sums.map(GroupComparison.isJudged)
        var days: DayResampling?
        if !isProportion, judged.contains(true) {
            days = try DayResampling(
                dayCount: blockCount, seed: options.seed, cancellation: context.cancellation)
        }
        let tests = judged.count { $0 }
        options.isCorrected = options.isCorrected && tests > 1
        if options.isCorrected, DrawSummary.floor * Double(tests) > 1 - options.level {
            context.notices.post(
                Notice(
                    "\(tests) groups are too many for any to differ significantly after correction; "
                        + "compare fewer, or set correction => 'none'"))
        }
        var verdicts: [GroupVerdict] = []
        for panel in panels {
            var members = Array(sums[panel.groups])
            var reference = panel.baseline.map { $0 - panel.groups.lowerBound }
            if baseline != nil, reference == nil {
                // Nothing to compare with stands for what is not there.
                reference = members.count
                members.append(DaySums())
            }
            verdicts += try GroupComparison(
                members, baseline: reference, days: days,
                testCount: tests, options: options
            ).verdicts(context).prefix(panel.groups.count)
        }
        GroupComparison.decide(&verdicts, options: options)
        return verdicts
    }

    /// Groups without what the metric divides by have no value: said once.
    private func tellOfNothing(_ sums: [DaySums], _ names: GroupNames, _ board: NoticeBoard) {
        let empty = sums.indices.filter { sums[$0].count > 0 && sums[$0].bottom == 0 }
        guard let first = empty.first, let role = columns.metric.bottom else { return }
        let others = empty.count > 1 ? " and \(empty.count - 1) more" : ""
        let kind = kind == .channels ? "channel" : "segment"
        board.post(
            Notice(
                "\(kind) '\(names.spoken[first])'\(others) without \(role.rawValue) has no "
                    + columns.metric.rawValue))
    }

    private func batches(
        _ verdicts: [GroupVerdict], _ names: GroupNames, _ rows: RelationColumns,
        _ groups: RowGroups
    ) -> [Batch] {
        var output: [ResultColumn] = []
        if kind == .audience {
            output = segments.map { .values(rows.values($0, at: groups.representatives)) }
        }
        if hasChannelColumn {
            output.append(
                .texts(kind == .channels ? names.texts.map { $0[0] } : names.channels))
        }
        output += [
            .integers(verdicts.map { Int64($0.count) }),
            .doubles(verdicts.map { columns.spend == nil ? .nan : $0.spend }),
        ]
        output += [
            \GroupVerdict.value, \.lower, \.upper, \.difference, \.differenceLower,
            \.differenceUpper, \.probability, \.best,
        ].map { path in .doubles(verdicts.map { $0[keyPath: path] }) }
        output += [
            .values(verdicts.map { .boolean($0.isSignificant) }),
            .texts(verdicts.map(\.outcome.rawValue)),
        ]
        return ResultColumn.batches(output, schema: schema, rowCount: verdicts.count)
    }
}
