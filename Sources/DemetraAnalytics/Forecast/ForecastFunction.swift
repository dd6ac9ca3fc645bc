package import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// `FORECAST(rel, ts => 'ts', value => 'y', ...)`: the door from SQL to `SeriesForecast`.
package enum ForecastFunction {
    /// The table function.
    package static let function = TableFunction(
        "forecast",
        usage: "rel, ts => 'ts', value => 'y', series => text, horizon => integer, level => 0.9, "
            + "numerator => text, denominator => text, holidays => TABLE, totals => false, "
            + "settling => text",
        changesArguments: [SettledRows.argument]
    ) { arguments throws(DemetraError) in
        let call = try ForecastCall(arguments)
        return BoundTableFunction(schema: call.schema) { relations, context throws(DemetraError) in
            try call.execute(relations, context)
        }
    }
}
