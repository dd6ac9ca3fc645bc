package import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// `SETTLING_CURVE('table', 'metric')`: which part of a day's final value is known at each age of the day.
///
/// Platforms attribute conversions to the day of the click or the impression, so a day's numbers grow, or are corrected,
/// for weeks. The table's history tells how.
package enum SettlingCurveFunction {
    /// The table function.
    package static let function = TableFunction(
        "settling_curve",
        usage: "table_name, metric, ts => 'day', channel => 'channel', oldest => 28, "
            + "tolerance => 0.01, tz => 'UTC', level => 0.9",
        changesArguments: [SettlingArguments.table]
    ) { arguments throws(DemetraError) in
        let call = try SettlingArguments(arguments, function: "SETTLING_CURVE")
        return BoundTableFunction(schema: schema) { relations, context throws(DemetraError) in
            batches(try call.curves(relations, context), call)
        }
    }

    /// The output columns: `share` is the part of the final value that is known at the end of an age, `lower` and
    /// `upper` hold that of a single day.
    static let schema = Schema(
        [
            Field(name: "channel", type: .text), Field(name: "age", type: .integer),
            Field(name: "days", type: .bigint),
        ]
            + ["share", "lower", "upper", "level"].map { Field(name: $0, type: .double) }
            + [Field(name: "is_settled", type: .boolean), Field(name: "notice", type: .text)])

    private struct Point {
        var channel: String?
        var age: Int
        var days: Int
        var share: Double
        var lower: Double
        var upper: Double
        var isSettled: Bool
        var notes: [String]
    }

    private static func batches(
        _ curves: SettlingCurves, _ call: SettlingArguments
    ) -> [Batch] {
        let points = curves.curves.flatMap { self.points(of: $0, call) }
        let columns: [ResultColumn] = [
            .texts(points.map(\.channel)), .integers(points.map { Int64($0.age) }),
            .integers(points.map { Int64($0.days) }), .doubles(points.map(\.share)),
            .doubles(points.map(\.lower)), .doubles(points.map(\.upper)),
            .doubles(points.map { _ in call.level }),
            .values(points.map { .boolean($0.isSettled) }), .notes(points.map(\.notes)),
        ]
        return ResultColumn.batches(columns, schema: schema, rowCount: points.count)
    }

    /// A point for each age that a step starts from, and the one behind the last.
    private static func points(
        of curve: SettlingCurves.Curve, _ call: SettlingArguments
    ) -> [Point] {
        let factors = curve.factors
        let settled = curve.settledAge(tolerance: call.tolerance)
        guard let first = factors.steps.firstIndex(where: { $0.days > 0 }) else { return [] }
        return (first...factors.watchedAge).map { age in
            let isLast = age == factors.watchedAge
            let step = factors.steps[isLast ? age - 1 : age]
            // A day of the usual size.
            let size = step.weight / Double(max(1, step.days))
            let outcome = factors.outcome(of: size, at: age, level: call.level)
            return Point(
                channel: curve.channel.name, age: age, days: step.days,
                share: factors.share(at: age), lower: size / outcome.upper,
                upper: size / outcome.lower, isSettled: age >= settled,
                notes: curve.notes(at: isLast ? age - 1 : age))
        }
    }
}
