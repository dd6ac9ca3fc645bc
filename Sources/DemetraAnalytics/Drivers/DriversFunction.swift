package import DemetraFunctions
import DemetraTypes

/// `DRIVERS(rel, metric => 'roas', period_a => ..., period_b => ..., by => 'channel')`: the door from
/// SQL to `DriverAnalysis`.
package enum DriversFunction {
    /// The table function.
    package static let function = TableFunction(
        "drivers",
        usage: "rel, metric => 'roas', period_a => '2026-01-01/2026-01-31', period_b => text, "
            + "by => 'channel', ts => 'date', level => 0.9, correction => 'holm', totals => false"
    ) { arguments throws(DemetraError) in
        let call = try DriversCall(arguments)
        return BoundTableFunction(schema: call.schema) { relations, context throws(DemetraError) in
            try call.execute(relations, context)
        }
    }
}
