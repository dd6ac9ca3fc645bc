import DemetraPlanner
import DemetraSQL
import DemetraTypes
import DemetraVectors
import Synchronization

/// A statement with values for its parameters, that gives its rows in portions: a portal of the protocol, or a cursor.
///
///     ready --all rows asked for--> over
///       |---some rows------> open (a query), collected (others) --last row--> over
// Used by the text or message that has the session's turn.
package final class Portal: Sendable {
    private enum State {
        case ready
        case open(QueryCursor)
        case collected(CollectedRows)
        case over
    }

    /// What it runs.
    package let statement: DescribedStatement
    /// It outlives the transaction that made it, once that is committed.
    let isHeld: Bool
    private let isCommitted = Atomic<Bool>(false)
    private let values: [Value]
    private let state = Monitor(State.ready)
    /// Rows given so far.
    private let given = Atomic<Int>(0)

    init(_ statement: DescribedStatement, _ values: [Value], isHeld: Bool = false) {
        self.statement = statement
        self.values = values
        self.isHeld = isHeld
    }

    /// Whether it is still there behind the end of a transaction.
    func outlives(isCommit: Bool) -> Bool {
        if isCommit, isHeld { isCommitted.store(true, ordering: .relaxed) }
        return isCommitted.load(ordering: .relaxed)
    }

    /// Rows given by `fetch` so far.
    var position: Int { given.load(ordering: .relaxed) }

    /// Gives the next rows of a query, for FETCH: `begin` and `rows` without an end.
    ///
    /// - Parameter limit: the most rows to give; nil for all.
    /// - Returns: how many there were.
    func fetch(
        limit: Int?, _ session: Session, _ output: any StatementOutput
    ) throws(DemetraError) -> Int {
        let counter = FetchedRows(output)
        if let limit, limit == 0 {
            try counter.begin(Schema(statement.fields ?? []))
        } else {
            _ = try execute(limit: limit ?? .max, session, counter)
        }
        given.add(counter.count, ordering: .relaxed)
        return counter.count
    }

    /// Gives the next rows, or runs the statement if it has not run.
    ///
    /// - Parameter limit: the most rows to give; 0 for all.
    /// - Returns: false when it stopped at the limit; there may be more rows.
    /// - Throws: 55000 when it has run and gives no rows.
    func execute(
        limit: Int, _ session: Session, _ output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        // After an error it is over.
        var current = state.withLock { state in
            defer { state = .over }
            return state
        }
        let isOver = try advance(&current, limit, session, output)
        if !isOver { state.withLock { $0 = current } }
        return isOver
    }

    private func advance(
        _ state: inout State, _ limit: Int, _ session: Session, _ output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        guard let parsed = statement.statement else { return true }
        guard let fields = statement.fields else {
            guard case .ready = state else {
                throw DemetraError(
                    .objectNotInPrerequisiteState, "portal cannot be run",
                    detail: "Its statement has been executed already.")
            }
            try run(parsed, session, output)
            return true
        }
        if case .ready = state {
            if limit == 0 {
                try run(parsed, session, output)
                return true
            }
            state = try begun(parsed, session, output)
        }
        try output.begin(Schema(fields))
        switch state {
        case .open(let cursor):
            return try session.cancellable(cursor.statement) { () throws(DemetraError) in
                try Self.deliver(limit, tag: "SELECT", output) { (limit) throws(DemetraError) in
                    try cursor.next(limit: limit)
                }
            }
        case .collected(let rows):
            return try Self.deliver(limit, tag: rows.tag, output) { rows.next(limit: $0) }
        case .ready, .over:
            try output.finish(tag: "SELECT 0")
            return true
        }
    }

    private func run(
        _ parsed: ParsedStatement, _ session: Session, _ output: any StatementOutput
    ) throws(DemetraError) {
        try session.runOne(
            parsed, statement.text, values: typedValues, fields: statement.fields, output)
    }

    private var typedValues: [(Value, LogicalType)] {
        Array(zip(values, statement.parameterTypes))
    }

    private func begun(
        _ parsed: ParsedStatement, _ session: Session, _ output: any StatementOutput
    ) throws(DemetraError) -> State {
        if case .query(let query) = parsed.statement, !query.changesRows {
            return .open(
                try session.openCursor(
                    parsed, statement.text, typedValues, statement.fields ?? []))
        }
        let rows = CollectedRows(noticesTo: output)
        try run(parsed, session, rows)
        return .collected(rows)
    }

    private static func deliver(
        _ limit: Int, tag: String, _ output: any StatementOutput,
        _ next: (Int) throws(DemetraError) -> Batch?
    ) throws(DemetraError) -> Bool {
        var count = 0
        while limit == 0 || count < limit {
            guard let batch = try next(limit == 0 ? .max : limit - count) else {
                try output.finish(tag: tag == "SELECT" ? "SELECT \(count)" : tag)
                return true
            }
            try output.rows(batch)
            count += batch.count
        }
        return false
    }
}

/// The whole answer of a statement that changes something, given in portions afterwards.
// Owned by its portal.
private final class CollectedRows: QueryTarget {
    private var rows = HeldRows()
    private(set) var tag = ""
    private let output: any StatementOutput

    init(noticesTo output: any StatementOutput) { self.output = output }

    /// The next rows, `limit` at most; nil when there are none.
    func next(limit: Int) -> Batch? { rows.next(limit: limit) }

    func rows(_ batch: Batch) { if batch.count > 0 { rows.batches.append(batch) } }
    func finish(tag: String) { self.tag = tag }
    func notice(_ notice: Notice) { output.notice(notice) }
}

/// Passes rows on and counts them; the end is another statement's.
private final class FetchedRows: QueryTarget {
    private let output: any StatementOutput
    private(set) var count = 0

    init(_ output: any StatementOutput) { self.output = output }

    func begin(_ schema: Schema) throws(DemetraError) { try output.begin(schema) }
    func rows(_ batch: Batch) throws(DemetraError) {
        count += batch.count
        try output.rows(batch)
    }
    func notice(_ notice: Notice) { output.notice(notice) }
}
