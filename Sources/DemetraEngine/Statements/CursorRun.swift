import DemetraPlanner
import DemetraSQL
import DemetraTypes
import DemetraVectors
import Synchronization

/// DECLARE, FETCH, MOVE and CLOSE.
struct CursorRun {
    let run: StatementRun

    private var session: Session { run.session }

    /// - Throws: 25P01 outside of a transaction, 42P03 when the name is taken.
    func declare(_ declare: DeclareCursorStatement) throws(DemetraError) {
        guard declare.isHeld || session.transactionTime != nil else {
            throw DemetraError(
                .noActiveTransaction, "DECLARE CURSOR can only be used in transaction blocks",
                hint: "Begin one with BEGIN, or declare it WITH HOLD.")
        }
        let described = try session.describe(declare.query, run.text, run.values ?? [])
        try session.add(
            Portal(described, (run.values ?? []).map(\.0), isHeld: declare.isHeld),
            as: declare.name.name)
        try run.output.finish(tag: "DECLARE CURSOR")
    }

    /// - Throws: 34000 when there is no such cursor, 55000 for a way back.
    func fetch(_ fetch: FetchStatement) throws(DemetraError) {
        let portal = try portal(fetch.name)
        let count: Int?
        switch fetch.direction {
        case .forward(let rows): count = rows
        case .relative(let rows) where rows >= 0: count = rows
        case .absolute(let row) where row >= 0:
            // The rows between are passed.
            let gap = row - portal.position
            guard gap >= 0 else { throw Self.backward }
            if gap > 1 { _ = try portal.fetch(limit: gap - 1, session, SilentOutput()) }
            count = min(gap, 1)
        default: throw Self.backward
        }
        let output: any StatementOutput = fetch.isMove ? SilentOutput() : run.output
        let given = try portal.fetch(limit: count, session, output)
        try run.output.finish(tag: "\(fetch.isMove ? "MOVE" : "FETCH") \(given)")
    }

    func close(_ name: Identifier?) throws(DemetraError) {
        guard let name else {
            session.portals.withLock { $0.removeAll() }
            return try run.output.finish(tag: "CLOSE CURSOR ALL")
        }
        _ = try portal(name)
        session.closePortal(named: name.name)
        try run.output.finish(tag: "CLOSE CURSOR")
    }

    private func portal(_ name: Identifier) throws(DemetraError) -> Portal {
        do throws(DemetraError) {
            return try session.portal(named: name.name)
        } catch {
            throw error.at(name.range)
        }
    }

    private static let backward = DemetraError(
        .objectNotInPrerequisiteState, "cursor can only scan forward",
        hint: "Run the query again with the opposite ORDER BY, or with OFFSET.")
}
