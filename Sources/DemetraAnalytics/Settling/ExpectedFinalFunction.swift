package import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// `EXPECTED_FINAL('table', 'metric')`: what the latest days of each channel will have come to when all is counted.
package enum ExpectedFinalFunction {
    /// The table function.
    package static let function = TableFunction(
        "expected_final",
        usage: "table_name, metric, ts => 'day', channel => 'channel', oldest => 28, "
            + "tolerance => 0.01, tz => 'UTC', level => 0.9",
        changesArguments: [SettlingArguments.table]
    ) { arguments throws(DemetraError) in
        let call = try SettlingArguments(arguments, function: "EXPECTED_FINAL")
        return BoundTableFunction(schema: schema) { relations, context throws(DemetraError) in
            batches(try call.curves(relations, context), call)
        }
    }

    /// The output columns.
    static let schema = Schema(
        [
            Field(name: "channel", type: .text), Field(name: "day", type: .date),
            Field(name: "age", type: .integer),
        ]
            + ["known", "expected", "lower", "upper", "level", "share"].map {
                Field(name: $0, type: .double)
            } + [Field(name: "is_settled", type: .boolean), Field(name: "notice", type: .text)])

    private struct Row {
        var channel: String?
        var day: SettlingHistory.Day
        var outcome: DevelopmentFactors.Outcome
        var share: Double
        var isSettled: Bool
        var notes: [String]
    }

    private static func batches(
        _ curves: SettlingCurves, _ call: SettlingArguments
    ) -> [Batch] {
        let oldest = curves.history.oldestAge
        let rows = curves.curves.flatMap { curve in
            let settled = curve.settledAge(tolerance: call.tolerance)
            return curve.channel.days.filter { $0.age < oldest }.map {
                row($0, of: curve, settled: settled, level: call.level)
            }
        }
        let columns: [ResultColumn] = [
            .texts(rows.map(\.channel)),
            .values(rows.map { .date(CalendarDate(day: $0.day.day)) }),
            .integers(rows.map { Int64($0.day.age) }), .doubles(rows.map(\.day.known)),
            .doubles(rows.map(\.outcome.expected)), .doubles(rows.map(\.outcome.lower)),
            .doubles(rows.map(\.outcome.upper)), .doubles(rows.map { _ in call.level }),
            .doubles(rows.map(\.share)), .values(rows.map { .boolean($0.isSettled) }),
            .notes(rows.map(\.notes)),
        ]
        return ResultColumn.batches(columns, schema: schema, rowCount: rows.count)
    }

    private static func row(
        _ day: SettlingHistory.Day, of curve: SettlingCurves.Curve, settled: Int, level: Double
    ) -> Row {
        let factors = curve.factors
        var row = Row(
            channel: curve.channel.name, day: day,
            outcome: factors.outcome(of: day.known, at: day.age, level: level),
            share: factors.share(at: day.age), isSettled: day.age >= settled,
            notes: curve.notes(at: day.age))
        var reason: String?
        if day.age == 0 {
            reason = "the day is not over"
        } else if day.known <= 0, !row.isSettled {
            reason = "nothing is known of the day yet"
        } else if !row.isSettled, factors.steps[day.age].days == 0 {
            reason = "no day of this age was watched to the next"
        }
        if let reason {
            row.outcome = DevelopmentFactors.Outcome(
                expected: .nan, lower: .nan, upper: .nan)
            row.share = .nan
            row.isSettled = false
            row.notes = [reason]
        }
        return row
    }
}
