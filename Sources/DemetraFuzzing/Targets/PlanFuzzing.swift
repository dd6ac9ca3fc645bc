import Demetra
import DemetraPlanner
import DemetraSQL
import DemetraTypes
import DemetraVectors

/// Statements over the fixed catalog: bound, and planned as EXPLAIN does; none is run.
enum PlanFuzzing {
    static func run(_ bytes: [UInt8]) throws(FuzzFinding) {
        let text = String(decoding: bytes, as: UTF8.self)
        let parsed = try refusable { () throws(DemetraError) in try SQLParser.parse(text) }
        guard let parsed, parsed.count == 1 else { return }
        let fixed = try refusable { () throws(DemetraError) in try FixedCatalog.made.get() }
        guard let fixed else { throw FuzzFinding("the fixed catalog cannot be made") }
        switch parsed[0].statement {
        case .query, .insert, .update, .delete, .merge:
            let explain = "EXPLAIN " + text
            _ = try refusable(of: explain) { () throws(DemetraError) in
                try fixed.connection.run(explain, output: NoOutput())
            }
        default:
            let binder = Binder(catalog: fixed.catalog, functions: fixed.functions)
            _ = try refusable(of: text) { () throws(DemetraError) in
                try binder.bind(parsed[0], text: text, parameters: [])
            }
        }
    }
}
