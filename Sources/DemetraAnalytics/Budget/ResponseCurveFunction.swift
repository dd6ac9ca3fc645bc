package import DemetraFunctions
package import DemetraTypes
import DemetraVectors

/// `RESPONSE_CURVE(rel [, channel => 'name'] ...)`: the curves of channels as points to draw.
package enum ResponseCurveFunction {
    /// The table function.
    package static let function = TableFunction(
        "response_curve",
        usage: "rel, channel => text, points => 41, max_spend => double precision, "
            + "channel_column => 'channel', spend => 'spend', outcome => 'revenue', "
            + "ts => 'date', per => 'period', level => 0.9, settling => text",
        changesArguments: [SettledRows.argument]
    ) { arguments throws(DemetraError) in
        let call = try ResponseCurveCall(arguments)
        return BoundTableFunction(schema: schema) { relations, context throws(DemetraError) in
            try call.execute(relations, context)
        }
    }

    /// The output columns.
    package static let schema = Schema(
        [Field(name: "channel", type: .text)]
            + ["spend", "response", "lower", "upper", "marginal"].map {
                Field(name: $0, type: .double)
            }
            + [
                Field(name: "is_current", type: .boolean), Field(name: "evidence", type: .text),
                Field(name: "notice", type: .text),
            ])
}

/// A point of a curve.
struct ResponsePoint: Sendable {
    var channel: String
    var spend: Double
    var response: Double
    var lower: Double
    var upper: Double
    var marginal: Double
    var isCurrent: Bool
    var evidence: Evidence
    var notes: [String]
}

/// One bound call of RESPONSE_CURVE.
// Immutable after init.
struct ResponseCurveCall: Sendable {
    private static let named =
        SpendArguments.names + ["spend", "outcome", "ts", "controls", "channel_column"]
        + ["points", "max_spend"]
    private static let usualPointCount = 41

    private let relation: FunctionArguments.Relation
    private let shared: SpendArguments
    private let channel: String?
    private let channelRange: SourceRange
    private let pointCount: Int
    private let maximum: Double?

    init(_ arguments: [TableFunctionArgument]) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: "RESPONSE_CURVE", positional: ["rel", "channel"],
            named: Self.named)
        relation = try call.requiredRelation("rel")
        shared = try SpendArguments(
            call, relation.schema, function: "RESPONSE_CURVE", channelArgument: "channel_column")
        channel = try call.text("channel")
        channelRange = call.range("channel")
        pointCount = try call.integer("points", from: 2, to: 10_000) ?? Self.usualPointCount
        maximum = try call.number("max_spend", from: 0, to: 1e300)
    }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let rows = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        guard rows.rowCount > 0 else { return [] }
        let (history, _) = try shared.history(rows, relations, context)
        var asked = Array(history.channels.indices)
        if let channel {
            guard let index = history.channels.firstIndex(of: channel) else {
                throw error(channel, history)
            }
            asked = [index]
        }
        let unit = shared.periods(history)
        let current = history.currentSpend(lookback: shared.lookback)
        let posteriors = try shared.posteriors(history, context)
        let slots = ResultSlots(count: asked.count, empty: [ResponsePoint]())
        let chosen = asked
        context.workers.forEach(chosen.count) { position in
            let channel = chosen[position]
            slots.set(
                position,
                points(
                    history.channels[channel], posteriors[channel], current: current[channel],
                    seen: history.spend[channel].max() ?? 0, unit: unit, context.cancellation))
        }
        try context.cancellation.check()
        return Self.batches(slots.values.flatMap { $0 }, unit: unit)
    }

    /// A name that is no channel; whoever means the column is told how to name it.
    private func error(_ name: String, _ history: SpendHistory) -> DemetraError {
        guard relation.schema.index(of: name) != nil else {
            return ChannelNames.unknown(
                name, among: history.channels, in: "RESPONSE_CURVE asks for"
            )
            .at(channelRange)
        }
        return DemetraError(
            .invalidParameterValue, "no channel is named \"\(name)\"",
            hint: "The column of channels is named by channel_column => '\(name)'."
        ).at(channelRange)
    }

    /// Evenly spaced points from 0 on, and the present position among them.
    private func points(
        _ name: String, _ posterior: ChannelPosterior, current: Double, seen: Double, unit: Double,
        _ cancellation: CancellationFlag
    ) -> [ResponsePoint] {
        let end = maximum.map { $0 / unit } ?? 1.5 * max(seen, current)
        var spends =
            end > 0 ? (0..<pointCount).map { end * Double($0) / Double(pointCount - 1) } : [0]
        if !spends.contains(current) {
            spends.insert(current, at: spends.firstIndex { $0 > current } ?? spends.count)
        }
        let scale = max(current, seen)
        var points: [ResponsePoint] = []
        for spend in spends {
            guard !cancellation.isCancelled else { return [] }
            let bounds = OrderStatistics.interval(
                posterior.draws(at: spend), level: shared.level)
            points.append(
                ResponsePoint(
                    channel: name, spend: spend, response: posterior.mean(at: spend),
                    lower: bounds.lower, upper: bounds.upper,
                    marginal: shared.margin * posterior.marginal(at: spend, scale: scale),
                    isCurrent: spend == current, evidence: posterior.evidence,
                    notes: ExtrapolationNotes.notes(
                        spend: spend, seen: seen, unit: unit, evidence: posterior.evidence)))
        }
        return points
    }

    private static func batches(_ points: [ResponsePoint], unit: Double) -> [Batch] {
        let columns: [ResultColumn] = [
            .texts(points.map(\.channel)), .doubles(points.map { $0.spend * unit }),
            .doubles(points.map { $0.response * unit }), .doubles(points.map { $0.lower * unit }),
            .doubles(points.map { $0.upper * unit }), .doubles(points.map(\.marginal)),
            .values(points.map { .boolean($0.isCurrent) }),
            .texts(points.map(\.evidence.rawValue)),
            .notes(points.map(\.notes)),
        ]
        return ResultColumn.batches(
            columns, schema: ResponseCurveFunction.schema, rowCount: points.count)
    }
}
