package import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// `demetra_audit`: who has logged in or was refused, and what was defined, for superusers.
package enum AuditRelation {
    private static let schema = Schema([
        Field(name: "time", type: .timestamptz), Field(name: "event", type: .text),
        Field(name: "success", type: .boolean), Field(name: "user_name", type: .text),
        Field(name: "role_name", type: .text), Field(name: "address", type: .text),
        Field(name: "application", type: .text), Field(name: "sqlstate", type: .text),
        Field(name: "reason", type: .text), Field(name: "statement", type: .text),
    ])

    /// The relation of one database.
    package static func function(_ trail: AuditTrail) -> TableFunction {
        TableFunction("demetra_audit", usage: "", modelInput: .all) { _ in
            BoundTableFunction(schema: schema) { (_, context) throws(DemetraError) in
                let rows = trail.events().map { event -> [Value] in
                    func text(_ value: String) -> Value { value.isEmpty ? .null : .text(value) }
                    return [
                        .timestamptz(event.time), .text(event.kind.rawValue),
                        .boolean(event.sqlState.isEmpty), .text(event.user), .text(event.role),
                        .text(event.address), text(event.application), text(event.sqlState),
                        text(event.reason), text(event.statement),
                    ]
                }
                return try BoundTableFunction(schema, rows: rows).execute([], context)
            }
        }
    }
}
