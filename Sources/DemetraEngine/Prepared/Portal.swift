import DemetraPlanner
import DemetraSQL
import DemetraTypes
import DemetraVectors
import Synchronization

/// A statement with values for its parameters, that gives its rows in portions: a portal of the protocol, or a cursor.
///
///     new --all rows asked for--> over
///      |---some rows------> open (a query), collected (others) --last row--> over
// Used by the text or message that has the session's turn.
package final class Portal: Sendable {
    /// What gives rows that were not asked for so far.
    private enum Rest {
        case open(QueryCursor)
        case collected(CollectedRows)
    }

    /// What it runs.
    package let statement: DescribedStatement
    /// It outlives the transaction that made it, once that is committed.
    let isHeld: Bool
    private let isCommitted = Atomic<Bool>(false)
    private let values: [Value]
    private let hasBegun = Atomic<Bool>(false)
    /// Nil until some rows were asked for and not all of them given, and when it is over.
    private let rest = Mutex<Monitor<Rest?>?>(nil)
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
        guard let parsed = statement.statement else { return true }
        let isFirst = !hasBegun.exchange(true, ordering: .relaxed)
        guard let fields = statement.fields else {
            guard isFirst else {
                throw DemetraError(
                    .objectNotInPrerequisiteState, "portal cannot be run",
                    detail: "Its statement has been executed already.")
            }
            try run(parsed, session, output)
            return true
        }
        guard !isFirst || limit > 0 else {
            try run(parsed, session, output)
            return true
        }
        let current = isFirst ? try begun(parsed, session, output) : takeRest()
        try output.begin(Schema(fields))
        guard let current else {
            try output.finish(tag: "SELECT 0")
            return true
        }
        // After an error it is over.
        let isOver = try advance(current, limit, session, output)
        if !isOver { keep(current) }
        return isOver
    }

    private func takeRest() -> Rest? {
        let taken = rest.withLock { rest in
            defer { rest = nil }
            return rest
        }
        return taken?.withLock { $0 }
    }

    private func keep(_ current: Rest) {
        let kept = Monitor<Rest?>(nil)
        kept.withLock { $0 = current }
        rest.withLock { $0 = kept }
    }

    private func advance(
        _ rest: Rest, _ limit: Int, _ session: Session, _ output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        switch rest {
        case .open(let cursor):
            return try session.cancellable(cursor.statement) { () throws(DemetraError) in
                try Self.deliver(limit, tag: "SELECT", output) { (limit) throws(DemetraError) in
                    try cursor.next(limit: limit)
                }
            }
        case .collected(let rows):
            return try Self.deliver(limit, tag: rows.tag, output) { rows.next(limit: $0) }
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
    ) throws(DemetraError) -> Rest {
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
