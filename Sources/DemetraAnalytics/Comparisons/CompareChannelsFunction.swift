package import DemetraFunctions
import DemetraTypes

/// `COMPARE_CHANNELS(rel, metric => 'roi', ...)`: the door from SQL to `GroupComparison`.
package enum CompareChannelsFunction {
    /// The table function.
    package static let function = TableFunction(
        "compare_channels",
        usage: "rel, metric => 'roi', channel => 'channel', baseline => text, level => 0.9, "
            + "correction => 'holm', ts => 'date'"
    ) { arguments throws(DemetraError) in
        let call = try ComparisonCall(.channels, arguments)
        return BoundTableFunction(schema: call.schema) { relations, context throws(DemetraError) in
            try call.execute(relations, context)
        }
    }
}
