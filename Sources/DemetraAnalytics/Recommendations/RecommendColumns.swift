import DemetraTypes

/// The columns of the relation that RECOMMEND looks at.
struct RecommendColumns: Sendable {
    /// Names of the arguments that name columns.
    static let named = ["ts", "channel", "spend", "revenue", "clicks", "impressions"]

    let time: Int
    let channel: Int
    let spend: Int
    let revenue: Int
    /// Nil when the relation has none.
    let clicks: Int?
    let impressions: Int?

    /// The columns that the arguments name, or the usual ones.
    ///
    /// - Throws: 42703 with the nearest name, 42804 for a type that does not fit.
    init(_ call: FunctionArguments, _ schema: Schema) throws(DemetraError) {
        time = try call.timeColumn("ts", of: schema)
        guard schema.fields[time].type.isDateTime else {
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(schema.fields[time].name)\" must be a date or timestamp, but is of type "
                    + "\(schema.fields[time].type)"
            ).at(call.range("ts"))
        }
        let usual = ["channel", "platform"].first { schema.index(of: $0) != nil }
        channel = try call.column("channel", default: usual ?? "channel", of: schema) ?? 0
        func number(_ role: AdMetric.Role) throws(DemetraError) -> Int {
            let usual = role.usualNames.first { schema.index(of: $0) != nil }
            return try call.numberColumn(
                role.rawValue, default: usual ?? role.rawValue, of: schema)
        }
        func optional(_ role: AdMetric.Role) throws(DemetraError) -> Int? {
            let isThere = role.usualNames.contains { schema.index(of: $0) != nil }
            return isThere || call.has(role.rawValue) ? try number(role) : nil
        }
        spend = try number(.spend)
        revenue = try number(.revenue)
        clicks = try optional(.clicks)
        impressions = try optional(.impressions)
    }

    /// The columns of numbers that are there, under the names by which all functions know them.
    var numbers: [(name: String, column: Int)] {
        let columns: [(String, Int?)] = [
            ("spend", spend), ("revenue", revenue), ("clicks", clicks),
            ("impressions", impressions),
        ]
        return columns.compactMap { name, column in column.map { (name, $0) } }
    }
}
