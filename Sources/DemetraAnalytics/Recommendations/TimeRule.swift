import DemetraTypes

/// The hour, or the day of the week, at which impressions are clicked most.
enum TimeRule {
    static func recommendations(
        _ context: RecommendationContext
    ) throws(DemetraError) -> [Recommendation] {
        let columns = context.columns
        guard let clicks = columns.clicks, let impressions = columns.impressions else { return [] }
        func name(_ column: Int) -> Value { .text(context.schema.fields[column].name) }
        let query = EvidenceQuery(
            function: BestTimeFunction.function, relation: context.rows,
            arguments: [
                ("ts", name(columns.time)), ("clicks", name(clicks)),
                ("impressions", name(impressions)), ("channel", name(columns.channel)),
                ("by", .text(hasHours(context) ? "hour" : "dow")),
                ("level", .double(context.level)),
            ])
        let best = try context.answer(query).filter {
            $0.isTrue("significant") && $0.number("rank") == 1
        }.max { worth($0) < worth($1) }
        guard let best, let rate = RecommendationFinding.Interval(best, "shrunk_rate"),
            let lift = best.number("lift"), lift > 0
        else { return [] }
        return [
            Recommendation(
                kind: .bestTime, channel: best.text("channel"),
                // What a move to this time would bring was not tested: the last of all.
                money: 0, confidence: .low,
                finding: .time(
                    channel: best.text("channel"), weekday: best.number("dow").map { Int($0) },
                    hour: best.number("hour").map { Int($0) }, rate: rate, lift: lift),
                evidence: query.json([best], context.zone))
        ]
    }

    private static func worth(_ row: EvidenceRow) -> Double {
        (row.number("lift") ?? 0) * (row.number("impressions") ?? 0)
    }

    /// Whether rows are told apart by the hour.
    private static func hasHours(_ context: RecommendationContext) -> Bool {
        let type = context.schema.fields[context.columns.time].type
        guard type == .timestamp || type == .timestamptz else { return false }
        let rows = RelationColumns(schema: context.schema, batches: context.rows.batches)
        let hours = rows.instants(context.columns.time).lazy.compactMap { $0 }.map {
            ($0 / 3_600_000_000) % 24
        }
        guard let first = hours.first else { return false }
        return hours.contains { $0 != first }
    }
}
