package import DemetraCatalog

/// Metrics that every table of advertising figures has without CREATE METRIC: their columns are found by name.
///
/// A metric of the catalog with the same name takes the place of the built-in one.
package enum BuiltInMetrics {
    /// All of them, by name.
    package static let all: [MetricDefinition] = [
        MetricDefinition(
            name: "cpa", expression: "sum(spend) / sum(conversions)", format: "number 2",
            better: .lower, comment: "Cost of a conversion"),
        MetricDefinition(
            name: "cpc", expression: "sum(spend) / sum(clicks)", format: "number 2",
            better: .lower, comment: "Cost of a click"),
        MetricDefinition(
            name: "cpl", expression: "sum(spend) / sum(leads)", format: "number 2",
            better: .lower, comment: "Cost of a lead; of a conversion where leads are not kept"),
        MetricDefinition(
            name: "cpm", expression: "1000 * sum(spend) / sum(impressions)", format: "number 2",
            better: .lower, comment: "Cost of a thousand impressions"),
        MetricDefinition(
            name: "cr", expression: "sum(conversions) / sum(clicks)", format: "percent 2",
            better: .higher, comment: "Conversions per click"),
        MetricDefinition(
            name: "ctr", expression: "sum(clicks) / sum(impressions)", format: "percent 2",
            better: .higher, comment: "Clicks per impression"),
        MetricDefinition(
            name: "engagement_rate", expression: "sum(engagement) / sum(impressions)",
            format: "percent 2", better: .higher, comment: "Engagements per impression"),
        MetricDefinition(
            name: "frequency", expression: "sum(impressions) / metric(reach)", format: "number 2",
            better: .neutral, comment: "Impressions per person reached, within one period"),
        MetricDefinition(
            name: "reach", expression: "sum(reach)", format: "integer", unit: "people",
            better: .higher, comment: "People reached within one period", isFixedInTime: true),
        MetricDefinition(
            name: "roas", expression: "sum(revenue) / sum(spend)", format: "number 2",
            better: .higher, comment: "Revenue per unit of spend"),
        MetricDefinition(
            name: "roi", expression: "(sum(revenue) - sum(spend)) / sum(spend)",
            format: "percent 2", better: .higher, comment: "Profit per unit of spend"),
    ]

    private static let byName = Dictionary(
        all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// What else a metric is computed from, in this order, where the columns of its definition are missing.
    private static let otherExpressions: [String: [String]] = [
        "cpl": ["sum(spend) / sum(conversions)"],
        "engagement_rate": [
            "sum(engagements) / sum(impressions)", "sum(engagement_score) / sum(impressions)",
        ],
    ]

    /// The definition, then those for tables with other columns; empty when there is no such metric.
    static func alternatives(_ name: String) -> [MetricDefinition] {
        guard let first = byName[name] else { return [] }
        return [first]
            + (otherExpressions[name] ?? []).map { expression in
                var other = first
                other.expression = expression
                return other
            }
    }
}
