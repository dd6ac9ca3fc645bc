import DemetraEngine

/// Several statements that happen together or not at all.
///
/// Given by `Database.transaction`. All of them see one state of the data, plus what the transaction has done itself.
public struct Transaction: Sendable {
    private let session: Session

    init(session: Session) { self.session = session }

    /// Runs statements inside the transaction and gives the answer of the last one.
    ///
    /// After an error the transaction can only be rolled back: let it be thrown, or go back to a savepoint.
    ///
    /// - Throws: the error of the first statement that fails; those behind it are not run.
    @discardableResult
    public func query(_ sql: SQL) throws(DemetraError) -> Rows {
        try session.rows(of: sql)
    }

    /// Adds rows to a table as part of the transaction.
    ///
    /// - Parameters:
    ///   - mode: what a row does whose key exists.
    ///   - batchID: a name for these rows: the table takes a batch of that name once.
    /// - Returns: the number of rows given; 0 when the table had got the batch before.
    @discardableResult
    public func append(
        to table: String, mode: AppendMode = .insert, batchID: String? = nil,
        _ fill: (inout Appender) throws -> Void
    ) throws -> Int {
        var appender = try Appender(session: session, table: table, mode: mode, batchID: batchID)
        try fill(&appender)
        return try appender.commit()
    }
}

extension Database {
    /// Runs statements that happen together or not at all: committed when `body` returns, rolled back when it
    /// throws.
    ///
    /// ```swift
    /// try await db.transaction { tx in
    ///     try tx.query("UPDATE budgets SET amount = amount - 100 WHERE channel = 'search'")
    ///     try tx.query("UPDATE budgets SET amount = amount + 100 WHERE channel = 'social'")
    /// }
    /// ```
    ///
    /// The work is done on a thread of the database; the caller's task only waits, and cancelling it stops
    /// the statement at hand and rolls back.
    ///
    /// - Parameter attempts: how often `body` is run when another transaction was faster (40001).
    /// - Throws: what `body` throws; 40001 when another transaction changed the same rows, 23505 when it
    ///   inserted the same key.
    @discardableResult
    public func transaction<Result: Sendable>(
        attempts: Int = 1, _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        let session = makeSession()
        return try await withTaskCancellationHandler {
            try await onOwnThread {
                var attempt = 1
                while true {
                    do {
                        return try Self.run(session, body)
                    } catch let error as DemetraError
                        where error.sqlState == .serializationFailure && attempt < attempts
                    {
                        attempt += 1
                    }
                }
            }
        } onCancel: {
            session.cancel()
        }
    }

    private static func run<Result>(
        _ session: Session, _ body: (Transaction) throws -> Result
    ) throws -> Result {
        let transaction = Transaction(session: session)
        try transaction.query("BEGIN")
        do {
            let result = try body(transaction)
            let ended = try transaction.query("COMMIT")
            // A body that has swallowed the error of a statement must not believe that it was committed.
            guard ended.tag == "COMMIT" else {
                throw DemetraError(
                    .inFailedTransaction, "the transaction was rolled back",
                    detail: "A statement in it had failed.",
                    hint: "Let the statement's error be thrown, or go back to a savepoint.")
            }
            return result
        } catch {
            if session.transactionStatus != .idle { _ = try? transaction.query("ROLLBACK") }
            throw error
        }
    }
}
