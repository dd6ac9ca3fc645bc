import DemetraEngine

/// One state of the data for any number of queries, whatever is written meanwhile.
///
/// Given by `Database.read`. Statements that write are refused with 25006.
public struct ReadSnapshot: Sendable {
    private let session: Session

    init(session: Session) { self.session = session }

    /// Runs a query on this state and gives its rows.
    ///
    /// - Throws: the statement's error; 25006 for one that writes.
    public func query(_ sql: SQL) throws(DemetraError) -> Rows {
        try session.rows(of: sql)
    }
}

extension Database {
    /// Gives one state of the data to several queries.
    ///
    /// ```swift
    /// let (spend, budget) = try await db.read { snapshot in
    ///     let spend = try snapshot.query("SELECT sum(spend) AS spend FROM ad_metrics")
    ///     return (spend, try snapshot.query("SELECT * FROM budgets"))
    /// }
    /// ```
    ///
    /// The work is done on a thread of the database; the caller's task only waits, and cancelling it stops
    /// the query at hand.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (ReadSnapshot) throws -> Result
    ) async throws -> Result {
        let session = pinnedSession()
        return try await withTaskCancellationHandler {
            try await onOwnThread { try body(ReadSnapshot(session: session)) }
        } onCancel: {
            session.cancel()
        }
    }
}

/// Runs work that blocks on a thread of its own, so that it never holds one of Swift's few.
func onOwnThread<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let started = SystemThread.start {
            continuation.resume(with: Swift.Result { try work() })
        }
        if !started {
            continuation.resume(
                throwing: DemetraError(.outOfMemory, "no thread could be started"))
        }
    }
}
