import DemetraTypes

/// What is wrong with the rows themselves.
enum DataQualityRules {
    /// Days without rows that are longer ago are known by now.
    private static let recentDays: Int64 = 60

    static func recommendations(_ context: RecommendationContext) -> [Recommendation] {
        spellings(context) + negativeSpend(context) + missingDays(context)
    }

    /// Names that differ in case and blanks alone are most likely one: said, never merged.
    private static func spellings(_ context: RecommendationContext) -> [Recommendation] {
        var spend: [String: Double] = [:]
        for entry in context.totals.entries { spend[entry.channel, default: 0] += entry.sums[0] }
        let groups = Dictionary(grouping: spend.keys.sorted()) { name in
            name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let sql =
            "SELECT channel, sum(spend) AS spend FROM \(context.totals.relation.source) GROUP BY channel"
        let schema = Schema([
            Field(name: "channel", type: .text), Field(name: "spend", type: .double),
        ])
        return groups.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { _, names in
            let largest = names.map { spend[$0] ?? 0 }.max() ?? 0
            let rest = names.reduce(0) { $0 + (spend[$1] ?? 0) } - largest
            return Recommendation(
                kind: .dataQuality, channel: nil, money: rest / context.dayCount * 30,
                confidence: .high, finding: .spellings(names),
                evidence: evidence(
                    names.map {
                        EvidenceRow(
                            schema: schema, values: [.text($0), .double(spend[$0] ?? 0)])
                    }, sql, context))
        }
    }

    private static func negativeSpend(_ context: RecommendationContext) -> [Recommendation] {
        let (rows, sum) = context.totals.negative
        guard rows > 0 else { return [] }
        let name = IdentifierText.quoted(context.schema.fields[context.columns.spend].name)
        let schema = Schema([
            Field(name: "rows", type: .bigint), Field(name: "spend", type: .double),
        ])
        return [
            Recommendation(
                kind: .dataQuality, channel: nil, money: -sum / context.dayCount * 30,
                confidence: .high, finding: .negativeSpend(rows: rows, sum: sum),
                evidence: evidence(
                    [EvidenceRow(schema: schema, values: [.integer(Int64(rows)), .double(sum)])],
                    "SELECT count(*) AS rows, sum(\(name)) AS spend FROM \(context.rows.source) "
                        + "WHERE \(name) < 0", context))
        ]
    }

    private static func missingDays(_ context: RecommendationContext) -> [Recommendation] {
        let known = Set(context.totals.entries.map(\.day))
        let first = max(
            context.days.lowerBound, context.days.upperBound - recentDays + 1)
        let missing = (first...context.days.upperBound).filter { !known.contains($0) }
        // Weekly rows, and those of working days, have gaps by design.
        guard let gap = missing.first, missing.count * 7 < Int(context.dayCount) else { return [] }
        let schema = Schema([Field(name: "day", type: .date)])
        let (lower, upper) = (CalendarDate(day: first), CalendarDate(day: context.days.upperBound))
        return [
            Recommendation(
                kind: .dataQuality, channel: nil,
                money: Double(missing.count) * context.totals.spend / Double(known.count),
                confidence: .medium,
                finding: .missingDays(
                    count: missing.count, first: CalendarDate(day: gap).description),
                evidence: evidence(
                    missing.map {
                        EvidenceRow(schema: schema, values: [.date(CalendarDate(day: $0))])
                    },
                    "SELECT d::date AS day FROM generate_series(DATE '\(lower)', DATE '\(upper)', "
                        + "INTERVAL '1 day') AS s(d) WHERE d::date NOT IN (SELECT date FROM "
                        + "\(context.totals.relation.source))", context))
        ]
    }

    private static func evidence(
        _ rows: [EvidenceRow], _ sql: String, _ context: RecommendationContext
    ) -> String {
        EvidenceText.json(
            function: "SELECT", arguments: "{}", rows: rows, sql: sql, context.zone)
    }
}
