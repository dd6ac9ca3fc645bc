import DemetraTypes

/// What revenue of all channels together is expected in the next two weeks.
enum RevenueForecast {
    private static let horizon: Int64 = 14

    /// The call of FORECAST and its rows as JSON; nil where there is too little to say.
    static func json(_ context: RecommendationContext) throws(DemetraError) -> String? {
        let query = EvidenceQuery(
            function: ForecastFunction.function, relation: days(context),
            arguments: [
                ("ts", .text("date")), ("value", .text("revenue")), ("horizon", .integer(horizon)),
                ("level", .double(context.level)),
            ])
        let rows = try context.answer(query)
        return rows.isEmpty ? nil : query.json(rows, context.zone)
    }

    /// Revenue by day.
    private static func days(_ context: RecommendationContext) -> EvidenceRelation {
        var revenue: [(day: Int64, sum: Double)] = []
        // Entries are in the order of their days.
        for entry in context.totals.entries {
            if revenue.last?.day == entry.day {
                revenue[revenue.count - 1].sum += entry.sums[1]
            } else {
                revenue.append((entry.day, entry.sums[1]))
            }
        }
        let schema = Schema([
            Field(name: "date", type: .date), Field(name: "revenue", type: .double),
        ])
        let columns: [ResultColumn] = [
            .values(revenue.map { .date(CalendarDate(day: $0.day)) }),
            .doubles(revenue.map(\.sum)),
        ]
        return EvidenceRelation(
            schema: schema,
            batches: ResultColumn.batches(columns, schema: schema, rowCount: revenue.count),
            sql: "(SELECT date, sum(revenue) AS revenue FROM \(context.totals.relation.source) "
                + "GROUP BY 1)")
    }
}
