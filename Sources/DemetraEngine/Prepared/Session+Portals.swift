import DemetraPlanner
import DemetraSQL
import DemetraStorage
package import DemetraTypes
package import DemetraVectors
import Synchronization

// What a client of the extended protocol asks a session for: statements and portals by name. The name of the unnamed
// ones is empty.

extension Session {
    // MARK: Statements

    /// Keeps a statement under a name; an unnamed one takes the place of the last.
    ///
    /// - Throws: 42P05 when the name is taken.
    package func keep(
        _ statement: DescribedStatement, as name: String
    ) throws(DemetraError) {
        if name.isEmpty { try? prepared.remove(Identifier(name)) }
        try prepared.add(
            PreparedStatement(
                statement: statement.statement, text: statement.text, types: [],
                parameterCount: statement.parameterTypes.count, description: statement),
            as: Identifier(name))
    }

    /// The statement of a name.
    ///
    /// - Throws: 26000 when there is none.
    package func statement(named name: String) throws(DemetraError) -> DescribedStatement {
        if let description = prepared.description(name) { return description }
        let prepared = try prepared.statement(Identifier(name))
        // It is one of PREPARE, whose text has more than the statement.
        var declared: [LogicalType] = []
        for type in prepared.types { declared.append(try Binder.type(type)) }
        return try describe(prepared, declared)
    }

    /// Forgets a statement, if there is one of that name.
    package func closeStatement(named name: String) { try? prepared.remove(Identifier(name)) }

    // MARK: Portals

    /// Gives a statement its values; an unnamed portal takes the place of the last.
    ///
    /// - Throws: 42P03 when the name is taken, 25P02 in a failed transaction for all that does not end it.
    package func bind(
        _ statement: DescribedStatement, _ values: [Value], to name: String
    ) throws(DemetraError) {
        if !(statement.statement?.statement.endsTransaction ?? false) { try refuseWhenFailed() }
        try add(Portal(statement, values), as: name)
    }

    func add(_ portal: Portal, as name: String) throws(DemetraError) {
        let isAdded = portals.withLock { portals in
            guard name.isEmpty || portals[name] == nil else { return false }
            portals[name] = portal
            return true
        }
        guard isAdded else {
            throw DemetraError(
                .duplicateCursor, "cursor \"\(name)\" already exists",
                hint: "Close it first, or use another name.")
        }
    }

    /// The portal of a name.
    ///
    /// - Throws: 34000 when there is none.
    package func portal(named name: String) throws(DemetraError) -> Portal {
        guard let portal = portals.withLock({ $0[name] }) else {
            throw DemetraError(
                .invalidCursorName,
                name.isEmpty ? "portal \"\" does not exist" : "cursor \"\(name)\" does not exist",
                hint: "It ends with its transaction, unless it is declared WITH HOLD.")
        }
        return portal
    }

    /// Closes a portal, if there is one of that name.
    package func closePortal(named name: String) {
        portals.withLock { _ = $0.removeValue(forKey: name) }
    }

    /// Runs a portal, or goes on with it.
    ///
    /// Statements between two calls of `sync` are one transaction, unless BEGIN and COMMIT among them say otherwise.
    ///
    /// - Parameters:
    ///   - limit: the most rows to give; 0 for all.
    ///   - isAlone: nothing else belongs to its transaction, so it may commit by itself.
    /// - Returns: false when it stopped at the limit.
    package func execute(
        _ portal: Portal, limit: Int, isAlone: Bool, output: any StatementOutput
    ) throws(DemetraError) -> Bool {
        try inTurn { () throws(DemetraError) in
            let isSeveral =
                portal.statement.statement.map { isSeveralChanges($0.statement) } ?? false
            if !isAlone || isSeveral { beginImplicitly() }
            return try portal.execute(limit: limit, self, output)
        }
    }

    /// Commits what was done since the last call, unless a transaction was begun; portals end with it.
    ///
    /// - Throws: 40001 and 23505 when it does not fit what others have committed.
    package func sync() throws(DemetraError) {
        try inTurn { () throws(DemetraError) in
            if isInImplicitTransaction { _ = try endTransaction() }
            if transaction.withLock({ $0 == nil }) { closePortals(isCommit: true) }
        }
    }

    /// The value that a text stands for, in the session's time zone.
    ///
    /// - Throws: 22P02, 22007 and their kin when it is none.
    package func value(
        ofText text: String, as type: LogicalType
    ) throws(DemetraError) -> Value {
        try ValueText.parse(
            text, as: type, zone: timeZone, zones: engine.timeZones,
            now: transactionTime ?? engine.clock.now())
    }

    /// All settings.
    package var allSettings: SessionSettings { state.settings.withLock { $0 } }

    /// A message of the client was wrong: the transaction can only be rolled back.
    package func fail() { failTransaction() }

    /// The portals that end with a transaction.
    func closePortals(isCommit: Bool) {
        portals.withLock { portals in
            let held = portals.filter { $0.value.outlives(isCommit: isCommit) }
            if held.isEmpty {
                portals.removeAll(keepingCapacity: true)
            } else {
                portals = held
            }
        }
    }

    /// Begins to run a query whose rows are asked for in portions.
    func openCursor(
        _ statement: ParsedStatement, _ text: String, _ values: [(Value, LogicalType)],
        _ fields: [Field]
    ) throws(DemetraError) -> QueryCursor {
        let running = makeRunning(text)
        return try cancellable(running) { () throws(DemetraError) in
            var run = makeRun(running, [], SilentOutput())
            run.values = values
            run.describedFields = fields
            do throws(DemetraError) {
                let snapshot = snapshot
                guard case .query(let plan) = try run.bind(statement, snapshot) else {
                    throw DemetraError(.internalError, "a cursor needs a query")
                }
                let context = run.context(snapshot)
                return QueryCursor(
                    running, try run.physical(plan, snapshot).open(context), context)
            } catch {
                run.budget.release(run.budget.usedBytes)
                throw error
            }
        }
    }

    /// What a binder needs that computes constants, outside of a statement.
    func planningContext(_ snapshot: Snapshot) -> ExecutionContext {
        makeRun(makeRunning(""), [], SilentOutput()).context(snapshot)
    }
}

/// Takes an answer that nobody reads.
final class SilentOutput: QueryTarget {
    func rows(_ batch: Batch) {}
}
