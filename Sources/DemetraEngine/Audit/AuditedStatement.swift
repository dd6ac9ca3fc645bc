import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes

extension Statement {
    /// It defines something, or says who may do what: it is kept who has carried it out.
    var isAudited: Bool {
        switch self {
        case .createTable, .createView, .createMetric, .alterMetric, .createAlert, .createModel,
            .retrainModel, .createIndex, .createSchema, .renameSchema, .alterView,
            .createSequence, .alterSequence, .alterTable, .drop, .role, .comment, .truncate,
            .backup:
            true
        default: false
        }
    }
}

extension Session {
    /// Runs a statement, and keeps who has done so if it is one of those.
    func audited<Result>(
        _ statement: ParsedStatement, _ text: String,
        _ body: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        guard let address = origin.address, statement.statement.isAudited else {
            return try body()
        }
        let role = authority(snapshot.catalog).user
        func note(_ error: DemetraError?) {
            engine.audit.note(
                statement: SecretText.masked(text, statement.range), user: user, role: role,
                from: address, application: (try? setting("application_name")) ?? "", error)
        }
        do throws(DemetraError) {
            let result = try body()
            note(nil)
            return result
        } catch {
            note(error)
            throw error
        }
    }
}
