import DemetraFunctions
import DemetraTypes

/// What the rules of recommendations look at.
struct RecommendationContext: Sendable {
    /// The rows as they were given.
    let rows: EvidenceRelation
    let schema: Schema
    let columns: RecommendColumns
    let totals: DailyTotals
    let days: ClosedRange<Int64>
    let level: Double
    let evaluation: EvaluationContext

    var zone: TimeZoneRules { evaluation.timeZone }

    /// Days that the rows span.
    var dayCount: Double { Double(days.upperBound - days.lowerBound + 1) }

    /// Asks a function about the daily totals.
    func query(_ function: TableFunction, _ arguments: [(name: String, value: Value)])
        -> EvidenceQuery
    {
        EvidenceQuery(
            function: function, relation: totals.relation, arguments: arguments)
    }

    /// The rows of a question; none where there is too little to answer it.
    ///
    /// - Throws: 57014 when cancelled, 53200 without memory.
    func answer(_ query: EvidenceQuery) throws(DemetraError) -> [EvidenceRow] {
        do throws(DemetraError) {
            return try query.rows(evaluation)
        } catch {
            guard error.sqlState == .invalidParameterValue else { throw error }
            return []
        }
    }
}

extension RecommendationFinding.Interval {
    /// The columns `value`, `lower` and `upper` of a row, or those of other names; nil when one is NULL.
    init?(
        _ row: EvidenceRow, _ value: String, _ lower: String = "lower", _ upper: String = "upper"
    ) {
        guard let value = row.number(value), let lower = row.number(lower),
            let upper = row.number(upper)
        else { return nil }
        self.init(value: value, lower: lower, upper: upper)
    }
}
