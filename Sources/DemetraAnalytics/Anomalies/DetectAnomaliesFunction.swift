package import DemetraFunctions
import DemetraTypes

/// `DETECT_ANOMALIES(rel, ts, value, ...)`: the door from SQL to `AnomalyDetector`.
package enum DetectAnomaliesFunction {
    /// The table function.
    package static let function = TableFunction(
        "detect_anomalies",
        usage: "rel, ts => 'ts', value => 'value', series => text, sensitivity => 0.5, "
            + "online => true, numerator => text, denominator => text, since => timestamp, "
            + "settling => text",
        changesArguments: [SettledRows.argument]
    ) { arguments throws(DemetraError) in
        let call = try DetectAnomaliesCall(arguments)
        return BoundTableFunction(schema: call.schema) { relations, context throws(DemetraError) in
            try call.execute(relations, context)
        }
    }
}
