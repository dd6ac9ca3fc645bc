import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One bound call of RECOMMEND: columns found, options checked, rows still to come.
// Immutable after init.
struct RecommendCall: Sendable {
    private let relation: FunctionArguments.Relation
    private let columns: RecommendColumns
    private let settled: SettledRows?
    private let language: RecommendationLanguage
    private let level: Double
    /// Whether a language model may be asked, if the session has set one.
    private let mayRewrite: Bool
    private let form: RecommendationForm

    /// The output columns, which `format` decides.
    var schema: Schema { form.schema }

    init(_ arguments: [TableFunctionArgument]) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: "RECOMMEND", positional: ["rel"],
            named: RecommendColumns.named
                + ["lang", "llm", "format", "level", SettledRows.argument])
        relation = try call.requiredRelation("rel")
        columns = try RecommendColumns(call, relation.schema)
        settled = try SettledRows(
            call, relation.schema, metric: columns.revenue, time: columns.time)
        func choice(_ name: String, _ values: [String]) throws(DemetraError) -> String {
            let given = try call.text(name) ?? values[0]
            guard values.contains(given) else {
                let list = values.map { "'\($0)'" }.joined(separator: " or ")
                throw DemetraError(
                    .invalidParameterValue, "argument \"\(name)\" must be \(list), got '\(given)'"
                ).at(call.range(name))
            }
            return given
        }
        let lang = try choice("lang", RecommendationLanguage.allCases.map(\.rawValue))
        language = RecommendationLanguage(rawValue: lang) ?? .english
        mayRewrite = try choice("llm", ["auto", "off"]) == "auto"
        let format = try choice("format", RecommendationForm.allCases.map(\.rawValue))
        form = RecommendationForm(rawValue: format) ?? .rows
        level = try call.level()
    }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let given = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        let rows = try settled?.rows(given, relations, context) ?? given
        let source = source(rows, isPart: rows.rowCount < given.rowCount, context.timeZone)
        let totals = DailyTotals(rows, columns, sql: source.source, zone: context.timeZone)
        let finder = RecommendationFinder(
            rows: source, columns: columns, totals: totals, level: level, context: context)
        return form.batches(try report(try finder.find(), finder, context))
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

    /// What was found in words, those of a language model where it may be asked and says the same.
    private func report(
        _ found: RecommendationFinder.Found, _ finder: RecommendationFinder,
        _ context: EvaluationContext
    ) throws(DemetraError) -> RecommendationReport {
        var items = found.recommendations.map {
            RewritingItem(
                kind: $0.kind.rawValue, template: language.text($0.finding, level: level),
                evidence: $0.evidence)
        }
        if form == .json { items.append(summary(items, finder)) }
        var texts = [String?](repeating: nil, count: items.count)
        if mayRewrite {
            let rewriter = RecommendationRewriter(
                language: language, channels: finder.totals.channels)
            texts = try rewriter.texts(items, context)
        }
        let sentences = zip(items, texts).map { item, text in
            RecommendationReport.Sentence(
                text: text ?? item.template, source: text == nil ? .rules : .llm)
        }
        let zone = context.timeZone
        return RecommendationReport(
            recommendations: found.recommendations,
            sentences: Array(sentences.prefix(found.recommendations.count)),
            summary: sentences.last?.text ?? "",
            comparison: found.budget.flatMap {
                $0.channels.isEmpty ? nil : $0.comparison.json($0.channels, zone)
            },
            allocation: found.budget.flatMap {
                $0.split.isEmpty ? nil : $0.allocation.json($0.split, zone)
            },
            forecast: form == .json
                ? try found.asked.flatMap { (asked) throws(DemetraError) in
                    try RevenueForecast.json(asked)
                } : nil)
    }

    /// The sums of all rows, and what matters most.
    private func summary(
        _ items: [RewritingItem], _ finder: RecommendationFinder
    ) -> RewritingItem {
        let (finding, evidence) = finder.overview
        let first = items.first
        return RewritingItem(
            kind: "summary",
            template: language.text(finding, level: level)
                + (first.map { " " + $0.template } ?? ""),
            evidence: "[\(evidence)" + (first.map { ", " + $0.evidence } ?? "") + "]")
    }
}
