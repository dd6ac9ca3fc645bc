package import DemetraFunctions
import DemetraTypes

/// `BEST_TIME(rel, ts, clicks => 'clicks', ...)`: the door from SQL to `SlotRates`.
package enum BestTimeFunction {
    /// The table function.
    package static let function = TableFunction(
        "best_time",
        usage: "rel, ts => 'ts', clicks => 'clicks', impressions => 'impressions', by => 'hour', "
            + "channel => text, tz => 'UTC', min_impressions => 500, level => 0.9"
    ) { arguments throws(DemetraError) in
        let call = try BestTimeCall(arguments)
        return BoundTableFunction(schema: BestTimeCall.schema) {
            relations, context throws(DemetraError) in
            try call.execute(relations, context)
        }
    }
}
