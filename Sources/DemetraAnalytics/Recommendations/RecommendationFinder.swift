import DemetraFunctions
import DemetraTypes

/// Asks the rules, and ranks what they say.
struct RecommendationFinder {
    /// The most recommendations: who gets more follows none.
    private static let most = 7
    /// More of one kind would leave no room for others.
    private static let mostOfAKind = 3
    /// Fewer days say nothing.
    private static let fewestDays = 14

    /// What was found, and what the functions have said besides.
    struct Found: Sendable {
        let recommendations: [Recommendation]
        /// Nil where there is too little to ask about.
        let asked: RecommendationContext?
        let budget: BudgetRules.Answers?
    }

    let rows: EvidenceRelation
    let columns: RecommendColumns
    let totals: DailyTotals
    let level: Double
    let context: EvaluationContext

    func find() throws(DemetraError) -> Found {
        guard let days = totals.days, totals.dayCount >= Self.fewestDays, totals.spend > 0 else {
            let finding = RecommendationFinding.tooLittle(
                days: totals.dayCount, needed: Self.fewestDays)
            return Found(
                recommendations: [note(.dataQuality, finding)], asked: nil, budget: nil)
        }
        let asked = RecommendationContext(
            rows: rows, schema: rows.schema, columns: columns, totals: totals, days: days,
            level: level, evaluation: context)
        let budget = try BudgetRules.answers(asked)
        var found = DataQualityRules.recommendations(asked)
        if let budget { found += BudgetRules.recommendations(budget, asked) }
        found += try ChangeRules.recommendations(asked)
        found += try TimeRule.recommendations(asked)
        let ranked = Self.ranked(found)
        return Found(
            recommendations: ranked.isEmpty
                ? [note(.none, .nothing(days: totals.dayCount))] : ranked,
            asked: asked, budget: budget)
    }

    /// What may be worth most first, of each kind and in all no more than a reader follows.
    private static func ranked(_ found: [Recommendation]) -> [Recommendation] {
        // Equals keep their order, so that it is always the same.
        let sorted = found.enumerated().sorted {
            ($1.element.money, $0.offset) < ($0.element.money, $1.offset)
        }.map(\.element)
        var counts: [Recommendation.Kind: Int] = [:]
        let chosen = sorted.filter { recommendation in
            counts[recommendation.kind, default: 0] += 1
            return counts[recommendation.kind, default: 0] <= mostOfAKind
        }
        return Array(chosen.prefix(most))
    }

    // MARK: What rests on sums

    /// A recommendation that rests on the number of days.
    private func note(
        _ kind: Recommendation.Kind, _ finding: RecommendationFinding
    ) -> Recommendation {
        let members: [(String, LogicalType, Value)] = [
            ("days", .bigint, .integer(Int64(totals.dayCount))),
            ("spend", .double, .double(totals.spend)),
        ]
        return Recommendation(
            kind: kind, channel: nil, money: 0, confidence: .high, finding: finding,
            evidence: sums(members, "count(DISTINCT date) AS days, sum(spend) AS spend"))
    }

    /// All rows in short, and what that rests on.
    var overview: (finding: RecommendationFinding, evidence: String) {
        let (days, channels) = (totals.dayCount, totals.channels.count)
        let (spend, revenue) = (totals.spend, totals.revenue)
        let roi = spend > 0 ? (revenue - spend) / spend : nil
        let members: [(String, LogicalType, Value)] = [
            ("days", .bigint, .integer(Int64(days))),
            ("channels", .bigint, .integer(Int64(channels))), ("spend", .double, .double(spend)),
            ("revenue", .double, .double(revenue)),
            ("roi", .double, roi.map(Value.double) ?? .null),
        ]
        let list =
            "count(DISTINCT date) AS days, count(DISTINCT channel) AS channels, sum(spend) AS spend, "
            + "sum(revenue) AS revenue, (sum(revenue) - sum(spend)) / nullif(sum(spend), 0) AS roi"
        return (
            .overview(days: days, channels: channels, spend: spend, revenue: revenue, roi: roi),
            sums(members, list)
        )
    }

    private func sums(_ members: [(String, LogicalType, Value)], _ list: String) -> String {
        let row = EvidenceRow(
            schema: Schema(members.map { Field(name: $0.0, type: $0.1) }),
            values: members.map(\.2))
        return EvidenceText.json(
            function: "SELECT", arguments: "{}", rows: [row],
            sql: "SELECT \(list) FROM \(totals.relation.source)", context.timeZone)
    }
}
