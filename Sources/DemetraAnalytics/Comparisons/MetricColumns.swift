import DemetraTypes

/// Where the sums of a metric stand in a relation.
struct MetricColumns: Sendable {
    /// Names of the arguments that name columns.
    static let named = AdMetric.Role.allCases.map(\.rawValue)

    /// The metric.
    let metric: AdMetric
    /// The column above the line, or the only one.
    let top: Int
    /// The column below the line.
    let bottom: Int?
    /// The column of money spent, where there is one.
    let spend: Int?

    /// Finds the columns that the arguments name, or the usual ones; that of spend is looked for only
    /// when the metric needs it or `readsSpend`.
    ///
    /// - Throws: 22023 for another metric, 42703 for a column that is not there, 42804 for one that
    ///   holds no numbers.
    init(
        _ call: FunctionArguments, of schema: Schema, among metrics: [AdMetric],
        default fallback: AdMetric, readsSpend: Bool = true
    ) throws(DemetraError) {
        let name = try call.text("metric") ?? fallback.rawValue
        guard let metric = AdMetric(rawValue: name.lowercased()), metrics.contains(metric) else {
            let names = metrics.map(\.rawValue)
            let nearest = NearestName.find(name, among: names)
            throw DemetraError(
                .invalidParameterValue,
                "argument \"metric\" must be one of \(names.joined(separator: ", ")), got '\(name)'",
                hint: nearest.map { "Perhaps you meant '\($0)'." }
            ).at(call.range("metric"))
        }
        self.metric = metric
        top = try Self.column(metric.top, call, schema)
        var bottom: Int?
        if let role = metric.bottom { bottom = try Self.column(role, call, schema) }
        self.bottom = bottom
        let named = call.has(AdMetric.Role.spend.rawValue)
        let usual = Self.usual(.spend, schema).map { schema.fields[$0].type.isNumber } ?? false
        spend = readsSpend && (named || usual) ? try Self.column(.spend, call, schema) : nil
    }

    private static func usual(_ role: AdMetric.Role, _ schema: Schema) -> Int? {
        for name in role.usualNames {
            for index in schema.fields.indices where schema.fields[index].name.lowercased() == name
            {
                return index
            }
        }
        return nil
    }

    private static func column(
        _ role: AdMetric.Role, _ call: FunctionArguments, _ schema: Schema
    ) throws(DemetraError) -> Int {
        let name = role.rawValue
        let fallback = usual(role, schema).map { schema.fields[$0].name } ?? name
        do throws(DemetraError) {
            return try call.numberColumn(name, default: fallback, of: schema)
        } catch {
            guard error.sqlState == .undefinedColumn, !call.has(name) else { throw error }
            throw DemetraError(
                .undefinedColumn, error.message,
                hint: "Name the column of \(name): \(name) => '...'. The columns are "
                    + schema.fields.map(\.name).joined(separator: ", ") + ".")
        }
    }
}
