import DemetraPlanner
import DemetraSQL
import DemetraStorage
package import DemetraTypes
package import DemetraVectors
import Synchronization

// The way of a text through a session: statement by statement, in the transaction they belong to.

extension Session {
    /// A statement that is a transaction of its own is tried so often when others change the same rows.
    private static let mostAttempts = 100
    /// ON CONFLICT meets a key that came since its snapshot; more often than this it is another key.
    private static let mostKeyAttempts = 5

    /// Runs the statements of a text in order; a syntax error anywhere runs none of them.
    ///
    /// Several statements are one transaction, unless BEGIN and COMMIT among them say otherwise: all of them
    /// happen or none.
    ///
    /// - Returns: false when the text has no statement.
    /// - Throws: the error of the first statement that fails; those behind it are not run.
    @discardableResult
    package func run(
        _ text: String, parameters: [(Value, LogicalType)], output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        try inTurn { () throws(DemetraError) in
            let statements = try parse(text)
            for (index, statement) in statements.enumerated() {
                if statements.count > 1 || isSeveralChanges(statement.statement) {
                    beginImplicitly()
                }
                guard isInImplicitTransaction, index == statements.count - 1 else {
                    let isShort = try runOne(statement, text, parameters, output)
                    if isShort, statements.count == 1 { noteShort(text) }
                    continue
                }
                // The last answer waits until all that was done is durable.
                let last = LastAnswer(output)
                try runOne(statement, text, parameters, last)
                if isInImplicitTransaction { _ = try endTransaction() }
                try last.send()
            }
            return !statements.isEmpty
        }
    }

    /// Longer texts are not remembered.
    private static let longestShortText = 1_024
    private static let mostShortTexts = 128

    private func noteShort(_ text: String) {
        guard text.utf8.count <= Self.longestShortText else { return }
        shortTexts.withLock { texts in
            guard !texts.contains(text) else { return }
            if texts.count >= Self.mostShortTexts { texts.removeAll(keepingCapacity: true) }
            texts.insert(text)
        }
    }

    /// Whether a text was run before and is one statement that takes no time worth speaking of: a thread that must not
    /// wait may run it. A view of the same name may be more work by now; that is found out when it is run.
    package func isShort(_ text: String) -> Bool {
        text.utf8.count <= Self.longestShortText && shortTexts.withLock { $0.contains(text) }
    }

    /// Whether the end of an implicit transaction has nothing to do that may take time: it has changed nothing.
    package var hasNothingToCommit: Bool {
        let isChanged = transaction.withLock { transaction in
            transaction.flatMap { $0.isImplicit ? $0.hasChanges : nil }
        }
        guard let isChanged else { return true }
        return !isChanged && !hasTemporaryTables(engine.store.snapshot().catalog)
    }

    /// Waits for what the session's other users run, then runs `body`; its error fails the transaction.
    func inTurn<Result>(
        _ body: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        turn.wait { isTaken -> Void? in
            guard !isTaken else { return nil }
            isTaken = true
            return ()
        }
        defer { turn.withLock(notify: true) { $0 = false } }
        guard !state.isTerminated else { throw Self.terminated }
        do throws(DemetraError) {
            return try body()
        } catch {
            failTransaction()
            throw error
        }
    }

    /// Carries a statement out; `values` stand in the places of its parameters.
    ///
    /// - Returns: whether it is one that takes no time worth speaking of.
    @discardableResult
    func runOne(
        _ statement: ParsedStatement, _ text: String, _ parameters: [(Value, LogicalType)] = [],
        values: [(Value, LogicalType)]? = nil, fields: [Field]? = nil,
        _ output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        if try control(statement.statement, output) {
            state.note(text, at: engine.clock.now())
            return false
        }
        return try audited(statement, text) { () throws(DemetraError) in
            try runOne(statement, text, parameters, values, fields, output)
        }
    }

    private func runOne(
        _ statement: ParsedStatement, _ text: String, _ parameters: [(Value, LogicalType)],
        _ values: [(Value, LogicalType)]?, _ fields: [Field]?, _ output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        guard statement.statement.isQuery else {
            return try carryOut(statement, text, parameters, values, fields, nil, output)
        }
        let known = knownQuery(statement, text, (values ?? parameters).map(\.1))
        guard let query = known.query, let rows = query.rows else {
            return try carryOut(statement, text, parameters, values, fields, known, output)
        }
        // There is nothing to carry out, nor to be cancelled.
        try PlannedQuery.refuse(query.fields, unlike: fields)
        try query.answer(rows, output)
        state.note(text, at: engine.clock.now())
        return true
    }

    private func carryOut(
        _ statement: ParsedStatement, _ text: String, _ parameters: [(Value, LogicalType)],
        _ values: [(Value, LogicalType)]?, _ fields: [Field]?, _ known: KnownQuery?,
        _ output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        let running = makeRunning(text)
        return try cancellable(running) { () throws(DemetraError) in
            var attempt = 1
            while true {
                var run = makeRun(running, parameters, output)
                run.values = values
                run.describedFields = fields
                run.known = known
                defer { run.budget.release(run.budget.usedBytes) }
                let before = statement.statement.isQuery ? nil : engine.store.snapshot().sequence
                do throws(DemetraError) {
                    return try run.execute(statement)
                } catch {
                    guard let before else { throw error }
                    let isOutrun =
                        engine.store.snapshot().sequence > before
                        && !running.cancellation.isCancelled
                    guard isOutrun, mayRetry(statement.statement, error, attempt) else {
                        throw error
                    }
                    attempt += 1
                }
            }
        }
    }

    /// Runs `body` so that others see the statement, and that it is stopped when the session is cancelled or it takes too
    /// long.
    func cancellable<Result>(
        _ statement: RunningStatement, _ body: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        let outer = state.begin(statement)
        var failure: SQLState?
        defer {
            let now = engine.clock.now()
            state.end(resuming: outer, at: now)
            if outer == nil { engine.sessions.note(statement, of: state, at: now, failure) }
        }
        guard !state.isTerminated else { throw Self.terminated }
        let timeout = StatementTimeout(
            milliseconds: state.settings.withLock { $0.statementTimeoutMilliseconds },
            statement.cancellation)
        defer { timeout?.end() }
        defer { endStatementSettings() }
        do throws(DemetraError) {
            return try body()
        } catch {
            let explained =
                state.isTerminated ? Self.terminated : timeout?.explained(error) ?? error
            failure = explained.sqlState
            throw explained
        }
    }

    /// A statement that begins now, with memory of its own.
    func makeRunning(_ text: String) -> RunningStatement {
        RunningStatement(
            text: text, startedAt: engine.clock.now(), budget: engine.budget.child("statement"))
    }

    /// One statement on its way.
    func makeRun(
        _ statement: RunningStatement, _ parameters: [(Value, LogicalType)],
        _ output: any StatementOutput
    ) -> StatementRun {
        StatementRun(
            session: self, statement: statement, parameters: parameters,
            spill: SpillSpace(engine.store), output: output,
            transactionTime: transactionTime ?? statement.startedAt)
    }

    /// Whether a statement is carried out in several steps that change rows, which happen together or not at all.
    func isSeveralChanges(_ statement: Statement) -> Bool {
        switch statement {
        case .query(let query): return query.changesRows
        case .with(let with, _): return with.tables.contains { $0.query == nil }
        case .explain(let explain): return explain.analyze && isSeveralChanges(explain.statement)
        case .execute(let name, _):
            guard let prepared = try? prepared.statement(name), let statement = prepared.statement
            else { return false }
            return isSeveralChanges(statement.statement)
        default: return false
        }
    }

    /// Whether a statement that is a transaction of its own may simply be tried again on newer rows.
    private func mayRetry(_ statement: Statement, _ error: DemetraError, _ attempt: Int) -> Bool {
        guard pinned == nil, transactionTime == nil else { return false }
        if case .with(_, let change) = statement { return mayRetry(change, error, attempt) }
        switch (statement, error.sqlState) {
        case (.execute(let name, _), _):
            guard let prepared = try? prepared.statement(name), let statement = prepared.statement
            else { return false }
            return mayRetry(statement.statement, error, attempt)
        case (.insert, .serializationFailure), (.update, .serializationFailure),
            (.delete, .serializationFailure), (.merge, .serializationFailure),
            (.truncate, .serializationFailure),
            (.createTable, .serializationFailure), (.createView, .serializationFailure),
            (.createMetric, .serializationFailure), (.alterMetric, .serializationFailure),
            (.alterTable, .serializationFailure),
            (.drop, .serializationFailure), (.comment, .serializationFailure),
            (.createSchema, .serializationFailure),
            (.createIndex, .serializationFailure), (.createSequence, .serializationFailure),
            (.alterSequence, .serializationFailure),
            (.renameSchema, .serializationFailure), (.role, .serializationFailure),
            (.alterView, .serializationFailure),
            (.createTable, .duplicateTable):
            return attempt < Self.mostAttempts
        case (.insert(let insert), .uniqueViolation):
            return insert.onConflict != nil && attempt < Self.mostKeyAttempts
        default: return false
        }
    }
}

/// Keeps the end of an answer back until it is true.
private final class LastAnswer: StatementOutput {
    private let output: any StatementOutput
    private var tag: String?

    init(_ output: any StatementOutput) { self.output = output }

    func send() throws(DemetraError) { if let tag { try output.finish(tag: tag) } }

    func begin(_ schema: Schema) throws(DemetraError) { try output.begin(schema) }
    func rows(_ batch: Batch) throws(DemetraError) { try output.rows(batch) }
    func finish(tag: String) { self.tag = tag }
    func notice(_ notice: Notice) { output.notice(notice) }
    func copySource(columnCount: Int, isBinary: Bool) throws(DemetraError) -> any CopySource {
        try output.copySource(columnCount: columnCount, isBinary: isBinary)
    }
    func beginCopyOut(columnCount: Int, isBinary: Bool) throws(DemetraError) {
        try output.beginCopyOut(columnCount: columnCount, isBinary: isBinary)
    }
    func copyRows(_ bytes: [UInt8], ends: [Int]) throws(DemetraError) {
        try output.copyRows(bytes, ends: ends)
    }
}
