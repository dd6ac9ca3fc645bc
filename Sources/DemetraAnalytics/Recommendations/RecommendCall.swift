import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One bound call of RECOMMEND: columns found, options checked, rows still to come.
// Immutable after init.
struct RecommendCall: Sendable {
    /// The output columns.
    static let schema = Schema([
        Field(name: "rank", type: .integer), Field(name: "kind", type: .text),
        Field(name: "channel", type: .text), Field(name: "text", type: .text),
        Field(name: "evidence", type: .json), Field(name: "confidence", type: .text),
        Field(name: "source", type: .text),
    ])

    /// The most recommendations: who gets more follows none.
    private static let most = 7
    /// More of one kind would leave no room for others.
    private static let mostOfAKind = 3
    /// Fewer days say nothing.
    private static let fewestDays = 14

    private let relation: FunctionArguments.Relation
    private let columns: RecommendColumns
    private let settled: SettledRows?
    private let language: RecommendationLanguage
    private let level: Double

    init(_ arguments: [TableFunctionArgument]) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: "RECOMMEND", positional: ["rel"],
            named: RecommendColumns.named + ["lang", "level", SettledRows.argument])
        relation = try call.requiredRelation("rel")
        columns = try RecommendColumns(call, relation.schema)
        settled = try SettledRows(
            call, relation.schema, metric: columns.revenue, time: columns.time)
        let name = try call.text("lang") ?? RecommendationLanguage.english.rawValue
        guard let language = RecommendationLanguage(rawValue: name) else {
            throw DemetraError(
                .invalidParameterValue, "argument \"lang\" must be 'en' or 'ru', got '\(name)'"
            ).at(call.range("lang"))
        }
        self.language = language
        level = try call.level()
    }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let given = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        let rows = try settled?.rows(given, relations, context) ?? given
        let source = source(rows, isPart: rows.rowCount < given.rowCount, context.timeZone)
        let totals = DailyTotals(rows, columns, sql: source.source, zone: context.timeZone)
        guard let days = totals.days, totals.dayCount >= Self.fewestDays, totals.spend > 0 else {
            return batches([tooLittle(totals, context)])
        }
        let asked = RecommendationContext(
            rows: source, schema: rows.schema, columns: columns, totals: totals, days: days,
            level: level, evaluation: context)
        var found = DataQualityRules.recommendations(asked)
        found += try BudgetRules.recommendations(asked)
        found += try ChangeRules.recommendations(asked)
        found += try TimeRule.recommendations(asked)
        let ranked = Self.ranked(found)
        return batches(ranked.isEmpty ? [nothing(asked)] : ranked)
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

    /// The rows with the SQL that gives them; when they are a part of the relation, those up to their last day.
    private func source(
        _ rows: RelationColumns, isPart: Bool, _ zone: TimeZoneRules
    ) -> EvidenceRelation {
        let whole = EvidenceRelation(
            schema: rows.schema, batches: rows.batches,
            sql: relation.text.isEmpty ? "(TABLE rel)" : relation.text)
        let last = DayColumn.days(rows, columns.time, zone: zone).compactMap { $0 }.max()
        guard isPart, let last else { return whole }
        let time = IdentifierText.quoted(rows.schema.fields[columns.time].name)
        return EvidenceRelation(
            schema: rows.schema, batches: rows.batches,
            sql: "(SELECT * FROM \(whole.source) WHERE \(time)::date <= DATE "
                + "'\(CalendarDate(day: last))')")
    }

    private func tooLittle(
        _ totals: DailyTotals, _ context: EvaluationContext
    ) -> Recommendation {
        note(
            .dataQuality, .tooLittle(days: totals.dayCount, needed: Self.fewestDays), totals,
            context)
    }

    private func nothing(_ asked: RecommendationContext) -> Recommendation {
        note(.none, .nothing(days: asked.totals.dayCount), asked.totals, asked.evaluation)
    }

    /// A recommendation that rests on the number of days.
    private func note(
        _ kind: Recommendation.Kind, _ finding: RecommendationFinding, _ totals: DailyTotals,
        _ context: EvaluationContext
    ) -> Recommendation {
        let schema = Schema([
            Field(name: "days", type: .bigint), Field(name: "spend", type: .double),
        ])
        let row = EvidenceRow(
            schema: schema,
            values: [.integer(Int64(totals.dayCount)), .double(totals.spend)])
        return Recommendation(
            kind: kind, channel: nil, money: 0, confidence: .high, finding: finding,
            evidence: EvidenceText.json(
                function: "SELECT", arguments: "{}", rows: [row],
                sql: "SELECT count(DISTINCT date) AS days, sum(spend) AS spend FROM "
                    + totals.relation.source, context.timeZone))
    }

    private func batches(_ recommendations: [Recommendation]) -> [Batch] {
        ResultColumn.batches(
            [
                .integers(recommendations.indices.map { Int64($0 + 1) }),
                .texts(recommendations.map(\.kind.rawValue)),
                .texts(recommendations.map(\.channel)),
                .texts(recommendations.map { language.text($0.finding, level: level) }),
                .texts(recommendations.map(\.evidence)),
                .texts(recommendations.map(\.confidence.rawValue)),
                .texts(recommendations.map { _ in "rules" }),
            ], schema: Self.schema, rowCount: recommendations.count)
    }
}
