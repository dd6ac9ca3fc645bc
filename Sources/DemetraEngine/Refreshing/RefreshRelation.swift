package import DemetraFunctions
import DemetraTypes

/// `demetra_model_refreshes`: the models that are trained again from time to time, when next, and how it went
/// since the database was opened.
package enum RefreshRelation {
    private static let schema = Schema([
        Field(name: "name", type: .text), Field(name: "refresh", type: .interval),
        Field(name: "next_at", type: .timestamptz),
        Field(name: "last_started_at", type: .timestamptz),
        Field(name: "last_finished_at", type: .timestamptz),
        Field(name: "runs", type: .bigint), Field(name: "failures", type: .bigint),
        Field(name: "error", type: .text),
    ])

    /// The relation of one database.
    package static func function(_ refresher: ModelRefresher) -> TableFunction {
        TableFunction("demetra_model_refreshes", usage: "", modelInput: .all) { _ in
            BoundTableFunction(schema: schema) { (_, context) throws(DemetraError) in
                try BoundTableFunction(schema, rows: refresher.rows()).execute([], context)
            }
        }
    }
}
