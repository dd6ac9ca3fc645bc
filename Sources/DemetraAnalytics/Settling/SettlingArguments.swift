import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// The arguments that SETTLING_CURVE and EXPECTED_FINAL share.
// Immutable after init.
struct SettlingArguments: Sendable {
    /// The argument that names the table, whose changes come as a relation.
    static let table = "table_name"
    /// Names of arguments that follow.
    private static let named = ["ts", "channel", "oldest", "tolerance", "tz", "level"]

    /// The longest window in which platforms attribute conversions to a click.
    static let usualOldest = 28
    static let usualTolerance = 0.01

    let level: Double
    /// How far from its end a settled value may be, relative to it.
    let tolerance: Double
    private let relation: FunctionArguments.Relation
    private let columns: ChangeColumns
    private let oldest: Int
    private let zoneName: String
    private let zoneRange: SourceRange

    init(_ arguments: [TableFunctionArgument], function: String) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: function, positional: [Self.table, "metric"],
            named: Self.named)
        guard let metric = try call.text("metric") else {
            throw DemetraError(
                .undefinedFunction, "\(function) needs the argument \"metric\"",
                hint: "Name a column of numbers, such as \(function)('ad_metrics', 'revenue').")
        }
        relation = try call.changes(Self.table)
        columns = try ChangeColumns(
            relation.schema, metric: metric, day: try call.text("ts"),
            channel: try call.text("channel"), call)
        oldest = try call.integer("oldest", from: 1, to: 400) ?? Self.usualOldest
        tolerance = try call.number("tolerance", from: 0, to: 1) ?? Self.usualTolerance
        zoneName = try call.text("tz") ?? "UTC"
        zoneRange = call.range("tz")
        level = try call.level()
    }

    /// What the change feed tells of each channel.
    ///
    /// - Throws: 22023 for an unknown time zone, 57014 when cancelled.
    func curves(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> SettlingCurves {
        let zone: TimeZoneRules
        do throws(DemetraError) {
            zone = try context.timeZones.rules(zoneName)
        } catch { throw error.at(zoneRange) }
        let rows = RelationColumns(
            schema: relation.schema, batches: relations[relation.index])
        return SettlingCurves(
            try SettlingHistory(
                rows, columns, oldest: oldest, zone: zone, context.cancellation))
    }
}

extension FunctionArguments {
    /// The changes of the table that an argument names.
    ///
    /// - Throws: 42883 when it names none.
    func changes(_ name: String) throws(DemetraError) -> Relation {
        if let relation = try? relation(name), relation.schema.index(of: "commit_time") != nil {
            return relation
        }
        throw DemetraError(
            .undefinedFunction, "argument \"\(name)\" must be the name of a table, as text",
            hint: "Write it like 'ad_metrics'."
        ).at(range(name))
    }
}
