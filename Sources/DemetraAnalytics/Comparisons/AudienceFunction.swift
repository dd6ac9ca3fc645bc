package import DemetraFunctions
import DemetraTypes

/// `AUDIENCE(rel, segment => 'age,gender', metric => 'roi', ...)`: segments compared as channels are.
package enum AudienceFunction {
    /// The table function.
    package static let function = TableFunction(
        "audience",
        usage: "rel, segment => 'age,gender', metric => 'roi', channel => text, baseline => text, "
            + "level => 0.9, correction => 'holm', ts => 'date'"
    ) { arguments throws(DemetraError) in
        let call = try ComparisonCall(.audience, arguments)
        return BoundTableFunction(schema: call.schema) { relations, context throws(DemetraError) in
            try call.execute(relations, context)
        }
    }
}
