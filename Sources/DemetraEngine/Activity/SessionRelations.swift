package import DemetraFunctions
import DemetraPlanner
import DemetraSQL
import DemetraTypes

/// `demetra_sessions`, who is connected, and `demetra_queries`, what runs and what took long lately.
///
/// The statements of others are only for superusers and for members of their roles.
package enum SessionRelations {
    /// The relations of one database.
    package static func functions(_ board: SessionBoard) -> [TableFunction] {
        [
            relation("demetra_sessions", sessionSchema) { directory in
                board.all.map { row(of: $0, directory) }
            },
            relation("demetra_queries", querySchema) { directory in
                running(board, directory) + ended(board, directory)
            },
        ]
    }

    private static func relation(
        _ name: String, _ schema: Schema,
        _ rows: @escaping @Sendable (SessionDirectory) -> [[Value]]
    ) -> TableFunction {
        TableFunction(name, usage: "", modelInput: .all) { _ in
            BoundTableFunction(schema: schema) { (_, context) throws(DemetraError) in
                guard let directory = context.directory as? SessionDirectory else {
                    throw DemetraError(.featureNotSupported, "\(name) needs a session")
                }
                return try BoundTableFunction(schema, rows: rows(directory)).execute([], context)
            }
        }
    }

    // MARK: Sessions

    private static let sessionSchema = Schema([
        Field(name: "pid", type: .bigint), Field(name: "user_name", type: .text),
        Field(name: "database_name", type: .text), Field(name: "application_name", type: .text),
        Field(name: "client_address", type: .text), Field(name: "state", type: .text),
        Field(name: "connected_at", type: .timestamptz),
        Field(name: "transaction_started_at", type: .timestamptz),
        Field(name: "statement_started_at", type: .timestamptz),
        Field(name: "state_changed_at", type: .timestamptz),
        Field(name: "statement_count", type: .bigint),
        Field(name: "memory_bytes", type: .bigint), Field(name: "query", type: .text),
    ])

    private static func row(of session: SessionState, _ directory: SessionDirectory) -> [Value] {
        let activity = directory.activity(of: session)
        let isShown = activity.isShown
        let current = session.current
        return [
            .integer(activity.number), .text(activity.user), .text(activity.database),
            text(activity.application), text(activity.address ?? ""),
            isShown ? .text(activity.state) : .null, .timestamptz(activity.connectedAt),
            time(activity.transactionTime), time(activity.statementTime),
            isShown ? .timestamptz(activity.changedAt) : .null,
            isShown ? .integer(Int64(current.statementCount)) : .null,
            isShown ? .integer(Int64(current.statement?.budget.usedBytes ?? 0)) : .null,
            .text(activity.query),
        ]
    }

    private static func text(_ text: String) -> Value { text.isEmpty ? .null : .text(text) }

    private static func time(_ time: Timestamp?) -> Value { time.map { .timestamptz($0) } ?? .null }

    // MARK: Statements

    private static let querySchema = Schema([
        Field(name: "pid", type: .bigint), Field(name: "user_name", type: .text),
        Field(name: "application_name", type: .text), Field(name: "client_address", type: .text),
        Field(name: "state", type: .text), Field(name: "sqlstate", type: .text),
        Field(name: "started_at", type: .timestamptz), Field(name: "elapsed", type: .interval),
        Field(name: "rows_returned", type: .bigint), Field(name: "rows_read", type: .bigint),
        Field(name: "rows_to_read", type: .bigint), Field(name: "memory_bytes", type: .bigint),
        Field(name: "query", type: .text),
    ])

    private static func running(_ board: SessionBoard, _ directory: SessionDirectory) -> [[Value]] {
        let now = directory.now
        return board.all.compactMap { session in
            guard let statement = session.current.statement else { return nil }
            let progress = statement.progress
            return row(
                session, application: session.application, state: "running", sqlState: nil,
                from: statement.startedAt, to: now,
                counts: [
                    progress.rowsReturned, progress.rowsRead, progress.rowsToRead,
                    statement.budget.usedBytes,
                ], statement.text, directory)
        }
    }

    private static func ended(_ board: SessionBoard, _ directory: SessionDirectory) -> [[Value]] {
        board.slowStatements.map { ended in
            row(
                ended.session, application: ended.application,
                state: ended.sqlState == nil ? "finished" : "failed", sqlState: ended.sqlState,
                from: ended.startedAt, to: ended.endedAt,
                counts: [
                    ended.rowsReturned, ended.rowsRead, ended.rowsToRead, ended.peakBytes,
                ], ended.text, directory)
        }
    }

    private static func row(
        _ session: SessionState, application: String, state: String, sqlState: SQLState?,
        from start: Timestamp, to end: Timestamp, counts: [Int], _ query: String,
        _ directory: SessionDirectory
    ) -> [Value] {
        let isShown = directory.mayWatch(session)
        let elapsed = max(0, end.microseconds - start.microseconds)
        return [
            .integer(Int64(session.number)), .text(session.user), text(application),
            text(session.origin.address ?? ""), .text(state), text(sqlState?.code ?? ""),
            .timestamptz(start),
            .interval(Interval(months: 0, days: 0, microseconds: elapsed)),
        ] + counts.map { isShown ? .integer(Int64($0)) : .null } + [
            .text(isShown ? SecretText.masked(query) : SessionDirectory.hiddenText)
        ]
    }
}
