import DemetraTypes

/// What has changed lately: days far from what was expected, and advertisements that people are tired of.
enum ChangeRules {
    /// Days back in which a departure is news.
    private static let newsDays: Int64 = 7
    private static let mostDepartures = 2
    /// Days that are compared with the ones before.
    private static let recentDays: Int64 = 14
    private static let earlierDays: Int64 = 28
    /// A drop of the click rate, relative to what it was, that is worth a word.
    private static let leastDrop = 0.1

    static func recommendations(
        _ context: RecommendationContext
    ) throws(DemetraError) -> [Recommendation] {
        var found: [Recommendation] = []
        for metric in ["revenue", "spend"] { found += try departures(of: metric, context) }
        found.sort { $0.money > $1.money }
        return Array(found.prefix(mostDepartures)) + (try fatigue(context))
    }

    private static func departures(
        of metric: String, _ context: RecommendationContext
    ) throws(DemetraError) -> [Recommendation] {
        let since = CalendarDate(day: context.days.upperBound - newsDays + 1)
        let query = context.query(
            DetectAnomaliesFunction.function,
            [
                ("ts", .text("date")), ("value", .text(metric)), ("series", .text("channel")),
                ("since", .date(since)),
            ])
        return try context.answer(query).compactMap { row in
            guard row.isTrue("is_anomaly"), let channel = row.text("channel"),
                let day = row.day("ts"),
                let expected = RecommendationFinding.Interval(row, "expected")
            else { return nil }
            let value = row.number("value")
            let severity = row.text("severity")
            return Recommendation(
                kind: .anomaly, channel: channel,
                money: abs((value ?? 0) - expected.value),
                confidence: severity == "high" ? .high : .medium,
                finding: .departure(
                    channel: channel, metric: metric, day: day.description, value: value,
                    expected: expected),
                evidence: query.json([row], context.zone))
        }
    }

    private static func fatigue(
        _ context: RecommendationContext
    ) throws(DemetraError) -> [Recommendation] {
        guard context.columns.clicks != nil, context.columns.impressions != nil,
            context.dayCount >= Double(recentDays + recentDays)
        else { return [] }
        let query = EvidenceQuery(
            function: AudienceFunction.function, relation: periods(context),
            arguments: [
                ("segment", .text("period")), ("metric", .text("ctr")),
                ("channel", .text("channel")), ("baseline", .text("before")),
                ("level", .double(context.level)),
            ])
        return try context.answer(query).compactMap { row in
            guard row.text("period") == "recent", row.text("verdict") == "worse",
                let channel = row.text("channel"), let recent = row.number("value"),
                let drop = RecommendationFinding.Interval(
                    row, "diff", "diff_lower", "diff_upper"),
                let spend = row.number("spend")
            else { return nil }
            let before = recent - drop.value
            guard before > 0, -drop.value / before >= leastDrop else { return nil }
            return Recommendation(
                kind: .fatigue, channel: channel,
                money: -drop.value / before * spend / Double(recentDays) * 30,
                confidence: row.number("p_value").map { $0 < 0.01 } ?? false ? .high : .medium,
                finding: .fatigue(channel: channel, recent: recent, before: before, drop: drop),
                evidence: query.json([row], context.zone))
        }
    }

    /// The last six weeks, each day told to be `recent` or `before`.
    private static func periods(_ context: RecommendationContext) -> EvidenceRelation {
        let recent = CalendarDate(day: context.days.upperBound - recentDays)
        let first = CalendarDate(day: context.days.upperBound - recentDays - earlierDays)
        let entries = context.totals.entries.filter { $0.day > Int64(first.days) }
        let schema = Schema(
            context.totals.relation.schema.fields + [Field(name: "period", type: .text)])
        let batches = ResultColumn.batches(
            DailyTotals.columns(entries, context.columns)
                + [.texts(entries.map { $0.day > Int64(recent.days) ? "recent" : "before" })],
            schema: schema, rowCount: entries.count)
        return EvidenceRelation(
            schema: schema, batches: batches,
            sql: "(SELECT *, CASE WHEN date > DATE '\(recent)' THEN 'recent' ELSE 'before' END AS "
                + "period FROM \(context.totals.relation.source) WHERE date > DATE '\(first)')")
    }
}
