package import DemetraFunctions
import DemetraTypes

/// `RECOMMEND(rel)`: the door from SQL to rules that say what to do, in words, each with its proof.
package enum RecommendFunction {
    /// The table function.
    package static let function = TableFunction(
        "recommend",
        usage:
            "rel, lang => 'en', llm => 'auto', format => 'rows', ts => 'date', channel => 'channel', spend => 'spend', "
            + "revenue => 'revenue', clicks => 'clicks', impressions => 'impressions', level => 0.9, "
            + "settling => text",
        changesArguments: [SettledRows.argument]
    ) { arguments throws(DemetraError) in
        let call = try RecommendCall(arguments)
        return BoundTableFunction(schema: call.schema) {
            relations, context throws(DemetraError) in
            try call.execute(relations, context)
        }
    }
}
