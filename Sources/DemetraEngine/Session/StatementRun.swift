import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// One statement on its way: binds it on a snapshot of its own, plans it and carries it out.
struct StatementRun {
    let session: Session
    let statement: RunningStatement
    let parameters: [(Value, LogicalType)]
    /// Where rows go that do not fit into memory.
    let spill: SpillSpace
    let output: any StatementOutput
    /// `now()`: one instant for the whole transaction.
    let transactionTime: Timestamp
    /// What its plan depends on.
    let planNotes = PlanNotes()
    /// What functions note while the statement runs.
    let notices = NoticeBoard()
    /// Where operators report what they do; nil unless the statement is explained.
    var profile: PlanProfile?
    /// What stands in the places of `$1`, `$2`, ..., as if it had been written there.
    var values: [(Value, LogicalType)]?
    /// The columns that a client was told of.
    var describedFields: [Field]?
    /// What was known of the statement when it was begun, if it is a query.
    var known: KnownQuery?
    /// Rows of common tables that stages of the statement have computed.
    var commonTables: [Int: MaterializedRows] = [:]

    var engine: Engine { session.engine }
    var text: String { statement.text }
    var cancellation: CancellationFlag { statement.cancellation }
    var budget: MemoryBudget { statement.budget }
    /// When the statement began.
    var statementTime: Timestamp { statement.startedAt }

    /// Carries a statement out.
    ///
    /// - Returns: whether it is one that takes no time worth speaking of.
    func execute(_ parsed: ParsedStatement) throws(DemetraError) -> Bool {
        if case .query = parsed.statement, profile == nil {
            return try query(
                parsed,
                known ?? session.knownQuery(parsed, text, (values ?? parameters).map(\.1)))
        }
        let snapshot = session.snapshot
        var parsed = parsed
        if case .insert(let insert) = parsed.statement, let literals = insert.literalRows {
            let known = session.literalInsert(insert, literals, text: text, snapshot)
            let context = context(snapshot)
            if let known, let batches = try? known.batches(literals, context) {
                try session.refuseWriting("INSERT")
                try InsertStatementRun(run: self, snapshot: snapshot)
                    .execute(known.insert, batches, context)
                return false
            }
            // Something is wrong with the rows, or not so plain: the ordinary way finds out what.
            parsed = try SQLParser.parse(text)[0]
        }
        let bound = try bind(parsed, snapshot)
        try execute(bound, snapshot)
        return bound.isShort
    }

    /// Carries a query out, by the plan that another execution has made if there is one.
    ///
    /// - Returns: whether it takes no time worth speaking of.
    private func query(
        _ parsed: ParsedStatement, _ known: KnownQuery
    ) throws(DemetraError) -> Bool {
        let snapshot = known.snapshot
        if let query = known.query {
            try PlannedQuery.refuse(query.fields, unlike: describedFields)
            try run(query, snapshot)
            return query.isShort
        }
        let bound = try bind(parsed, snapshot)
        guard case .query(let plan) = bound,
            !engine.extensions.contains(where: { $0.handles(bound) })
        else {
            try execute(bound, snapshot)
            return bound.isShort
        }
        let planned = try planned(plan, snapshot)
        if let key = known.key, !planNotes.isOfTheMoment {
            if values?.isEmpty ?? true {
                session.plans.keep(planned, for: key)
            } else if planned.isShort, let general = try? general(parsed, snapshot) {
                session.plans.keep(general, for: key)
            }
        }
        try run(planned, snapshot)
        return planned.isShort
    }

    private func planned(
        _ plan: LogicalPlan, _ snapshot: Snapshot
    ) throws(DemetraError) -> PlannedQuery {
        guard profile == nil else {
            // What is explained shows its operators at work.
            return PlannedQuery(
                fields: plan.shownFields, root: try physical(plan, snapshot), rows: nil,
                isShort: plan.isShort, rowCounts: planNotes.rowCounts)
        }
        let best = try optimized(plan, snapshot)
        let root = try PhysicalPlanner.plan(best)
        var rows: [Batch]?
        if best.isWritten {
            let context = context(snapshot)
            rows = try context.collect(try root.open(context)).batches.map { batch in
                Batch(batch.vectors.map { $0.withoutConstant() }, count: batch.count)
            }
            // Others are to be told what this client is told.
            if !notices.isEmpty { planNotes.noteMoment() }
        }
        return PlannedQuery(
            fields: plan.shownFields, root: root, rows: rows, isShort: plan.isShort,
            rowCounts: planNotes.rowCounts)
    }

    /// The plan for any values of the parameters; nil when it needs to know them.
    private func general(
        _ parsed: ParsedStatement, _ snapshot: Snapshot
    ) throws(DemetraError) -> PlannedQuery? {
        let general = StatementRun(
            session: session, statement: statement, parameters: values ?? [], spill: spill,
            output: output, transactionTime: transactionTime)
        guard case .query(let plan) = try general.bind(parsed, snapshot) else { return nil }
        let planned = try general.planned(plan, snapshot)
        return general.planNotes.isOfTheMoment ? nil : planned
    }

    /// The same statement with an output of its own, for a part of it.
    func inner(answering output: any StatementOutput) -> StatementRun {
        StatementRun(
            session: session, statement: statement, parameters: parameters, spill: spill,
            output: output, transactionTime: transactionTime)
    }

    /// Resolves a statement.
    ///
    /// - Throws: 0A000 when it gives other columns than a client was told of: a table has changed since.
    func bind(
        _ parsed: ParsedStatement, _ snapshot: Snapshot
    ) throws(DemetraError) -> BoundStatement {
        let binder = session.makeBinder(
            snapshot, Folder(context: context(snapshot), notes: planNotes))
        guard let values else {
            return try binder.bind(parsed, text: text, parameters: parameters.map { $0.1 })
        }
        let bound = try binder.bind(parsed, text: text, values: values)
        if describedFields != nil {
            try PlannedQuery.refuse(try session.fields(of: bound), unlike: describedFields)
        }
        return bound
    }

    func execute(_ bound: BoundStatement, _ snapshot: Snapshot) throws(DemetraError) {
        try refuseWriting(bound)
        for part in engine.extensions where part.handles(bound) {
            return try part.run(bound, StatementContext(run: self, snapshot: snapshot))
        }
        switch bound {
        case .query(let plan): try run(try planned(plan, snapshot), snapshot)
        case .staged(let stages, let main):
            try StagedRun(run: self, snapshot: snapshot).execute(stages, main)
        case .insert(let insert):
            try InsertStatementRun(run: self, snapshot: snapshot).execute(insert)
        case .update(let update):
            try ModificationRun(run: self, snapshot: snapshot).execute(update)
        case .delete(let delete):
            try ModificationRun(run: self, snapshot: snapshot).execute(delete)
        case .merge(let merge): try MergeRun(run: self, snapshot: snapshot).execute(merge)
        case .truncate(let tables, let restarting):
            try TruncateRun(run: self, snapshot: snapshot)
                .truncate(tables, restarting: restarting)
        case .alterSequence(let old, let new, let restart):
            try TruncateRun(run: self, snapshot: snapshot)
                .alter(from: old, to: new, restart: restart)
        case .copyFrom(let copy): try CopyRun(run: self, snapshot: snapshot).copyFrom(copy)
        case .copyTo(let plan, let endpoint, let options):
            try CopyRun(run: self, snapshot: snapshot).copyTo(plan, endpoint, options)
        case .define(let changes, let tag, let notice):
            try define(changes, tag, notice, snapshot)
        case .createTableAs(let table, let plan):
            try InsertStatementRun(run: self, snapshot: snapshot).createTable(table, plan)
        case .createModel(let model):
            try CreateModelRun(run: self, snapshot: snapshot).execute(model)
        case .alterTable(let alter):
            try AlterTableRun(run: self, snapshot: snapshot).execute(alter)
        case .vacuum(let tables): try vacuum(tables)
        case .explain(let inner, let analyze, let format):
            try ExplainRun(run: self, snapshot: snapshot).explain(inner, analyze, format)
        case .session(let statement): try SessionStatementRun(run: self).execute(statement)
        case .createAlert, .checkAlerts, .acknowledgeAlert:
            throw DemetraError(
                .featureNotSupported, "this engine was opened without alerts",
                hint: "Open the database through Demetra.Database, which installs them.")
        }
    }

    private func vacuum(_ tables: [TableDefinition]?) throws(DemetraError) {
        try session.refuseInTransaction("VACUUM")
        let expired = try engine.store.vacuum(tables?.map(\.id))
        for rows in expired {
            output.notice(Notice(rows.text))
        }
        try output.finish(tag: "VACUUM")
    }

    /// Makes changes part of the open transaction; without one, durable and visible at once.
    func commit(_ transaction: WriteTransaction) throws(DemetraError) {
        try session.commit(transaction)
    }

    /// - Throws: 25006 for statements that would change what a pinned session or a READ ONLY transaction
    ///   reads.
    private func refuseWriting(_ bound: BoundStatement) throws(DemetraError) {
        switch bound {
        case .query, .copyTo, .session: return
        case .staged(let stages, let main):
            for stage in stages {
                if case .change(_, let change) = stage { try refuseWriting(change) }
            }
            try refuseWriting(main)
        case .explain(let inner, let analyze, _): if analyze { try refuseWriting(inner) }
        default: try session.refuseWriting(bound.verb)
        }
    }

    /// A context for running plans of this statement.
    func context(_ snapshot: Snapshot) -> ExecutionContext {
        let context = ExecutionContext(
            snapshot: snapshot, pool: engine.pool, budget: budget, spill: spill,
            evaluation: EvaluationContext(
                statementTime: statementTime, transactionTime: transactionTime,
                timeZone: session.timeZone,
                timeZones: engine.timeZones,
                userName: session.user, databaseName: session.origin.database,
                cancellation: cancellation,
                workers: PoolWorkers(pool: engine.pool), notices: notices,
                sequences: SessionSequences(session), settings: SessionSettingSource(session),
                clock: engine.clock, entropy: engine.entropy,
                directory: SessionDirectory(session: session, snapshot: snapshot),
                languageModel: engine.languageModel),
            parameters: (values ?? parameters).map { $0.0 }, progress: statement.progress,
            results: engine.results)
        for (id, rows) in commonTables { context.setCommonTable(id, rows) }
        return context
    }

    /// The same context on one thread, which meets the rows in their order.
    func serial(_ context: ExecutionContext) -> ExecutionContext {
        let context = ExecutionContext(
            snapshot: context.snapshot, pool: WorkerPool(processorCount: 1), budget: budget,
            spill: spill, evaluation: context.evaluation, parameters: context.parameters,
            progress: statement.progress, results: context.results)
        for (id, rows) in commonTables { context.setCommonTable(id, rows) }
        return context
    }

    /// The operator tree of a plan, optimised.
    func physical(
        _ plan: LogicalPlan, _ snapshot: Snapshot
    ) throws(DemetraError) -> any PhysicalOperator {
        guard let profile else { return try PhysicalPlanner.plan(try optimized(plan, snapshot)) }
        return try profile.planning { () throws(DemetraError) in
            try PhysicalPlanner.plan(try optimized(plan, snapshot))
        }
    }

    func optimized(
        _ plan: LogicalPlan, _ snapshot: Snapshot
    ) throws(DemetraError) -> LogicalPlan {
        try QueryPlanner.optimize(
            plan, folder: Folder(context: context(snapshot), notes: planNotes),
            statistics: SnapshotStatistics(snapshot: snapshot, notes: planNotes))
    }

    /// All rows of a plan.
    func collect(
        _ plan: LogicalPlan, _ snapshot: Snapshot
    ) throws(DemetraError) -> MaterializedRows {
        let context = context(snapshot)
        return try context.collect(try physical(plan, snapshot).open(context))
    }

    private func run(_ query: PlannedQuery, _ snapshot: Snapshot) throws(DemetraError) {
        if let rows = query.rows { return try query.answer(rows, output, notices.take()) }
        let context = context(snapshot)
        statement.progress.expect(query.rowCounts.values.reduce(0, +))
        let stream = try query.root.open(context)
        try output.begin(Schema(query.fields))
        let sink = ResultSink(output: output)
        try sink.run(stream, context)
        for notice in notices.take() { output.notice(notice) }
        try output.finish(tag: "SELECT \(sink.rowCount)")
    }

    private func define(
        _ changes: [CatalogChange], _ tag: String, _ notice: String?, _ snapshot: Snapshot
    ) throws(DemetraError) {
        if !changes.isEmpty {
            try RoleSettings.check(changes)
            var transaction = WriteTransaction(snapshot: snapshot)
            for change in changes { transaction.change(change) }
            try commit(transaction)
        }
        if let notice { output.notice(Notice(notice)) }
        try output.finish(tag: tag)
    }
}

extension LogicalPlan {
    /// The columns as clients see them.
    var shownFields: [Field] { columns.map(\.shownField) }
}

extension PlanColumn {
    /// The column as clients see it.
    var shownField: Field { Field(name: name, type: type.shown) }
}

extension LogicalType {
    /// The type clients see: a literal whose type nothing decided is text.
    var shown: LogicalType { self == .unknown ? .text : self }
}
