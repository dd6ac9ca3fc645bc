import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// Small advertising histories with a known truth, and the calls that tests make on them.
struct CampaignSimulation {
    /// Channels by name with what they spend a day and where they saturate.
    static let channels: [(name: String, spend: Double, half: Double, maximum: Double)] = [
        ("email", 100, 400, 900), ("facebook", 400, 250, 800), ("tiktok", 200, 900, 3_000),
    ]

    /// `days` days of three concave channels with their own revenue.
    static func attributed(days: Int, seed: UInt64 = 1, noise: Double = 0.1) -> [[Value]] {
        var generator = SeededGenerator(seed: seed)
        var rows: [[Value]] = []
        for day in 0..<days {
            for channel in channels {
                let spend = channel.spend * (0.4 + 1.2 * generator.uniform())
                let curve = response(channel.name, spend)
                let revenue = curve * (1 + noise * generator.normal())
                rows.append([
                    .date(CalendarDate(days: Int32(19_000 + day))), .text(channel.name),
                    .double(spend), .double(max(revenue, 0)),
                ])
            }
        }
        return rows
    }

    /// The true revenue of a channel at a steady spend.
    static func response(_ name: String, _ spend: Double) -> Double {
        guard let channel = channels.first(where: { $0.name == name }) else { return 0 }
        return channel.maximum * spend / (channel.half + spend)
    }

    /// Columns of `attributed`.
    static let schema = Schema([
        Field(name: "date", type: .date), Field(name: "channel", type: .text),
        Field(name: "spend", type: .double), Field(name: "revenue", type: .double),
    ])

    /// Rows as batches of a relation argument.
    static func batches(_ rows: [[Value]], _ schema: Schema) -> [Batch] {
        stride(from: 0, to: rows.count, by: Batch.capacity).map { start in
            let part = Array(rows[start..<min(start + Batch.capacity, rows.count)])
            return Batch(
                schema.fields.indices.map { column in
                    Vector(part.map { $0[column] }, type: schema.fields[column].type)
                }, count: part.count)
        }
    }

    /// Binds and runs a table function on one or two relations.
    static func call(
        _ function: TableFunction, _ rows: [[Value]], schema: Schema = schema,
        _ values: [(String, Value)] = [], bounds: [[Value]]? = nil,
        cancellation: CancellationFlag = CancellationFlag()
    ) throws(DemetraError) -> [[String: Value]] {
        var arguments = [
            TableFunctionArgument(name: nil, content: .relation(schema), range: .none)
        ]
        for (name, value) in values {
            arguments.append(
                TableFunctionArgument(name: name, content: .value(value, .unknown), range: .none))
        }
        var relations = [batches(rows, schema)]
        if let bounds {
            arguments.append(
                TableFunctionArgument(
                    name: "bounds", content: .relation(boundsSchema), range: .none))
            relations.append(batches(bounds, boundsSchema))
        }
        let bound = try function.bind(arguments)
        let context = EvaluationContext(
            statementTime: Timestamp(microseconds: 0), cancellation: cancellation)
        let result = try bound.execute(relations, context)
        return result.flatMap { batch in
            (0..<batch.count).map { row in
                Dictionary(
                    zip(bound.schema.fields.map(\.name), batch.row(row)),
                    uniquingKeysWith: { first, _ in first })
            }
        }
    }

    /// Columns of the bounds relation.
    static let boundsSchema = Schema([
        Field(name: "channel", type: .text), Field(name: "min_spend", type: .double),
        Field(name: "max_spend", type: .double),
    ])
}

extension Value {
    /// The number, or NaN.
    var number: Double {
        switch self {
        case .double(let value): value
        case .integer(let value): Double(value)
        default: .nan
        }
    }

    /// The text, or an empty one.
    var string: String { if case .text(let text) = self { text } else { "" } }
}
