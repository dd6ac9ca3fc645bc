import DemetraCatalog
package import DemetraFunctions
package import DemetraPlanner
package import DemetraStorage
package import DemetraTypes
package import DemetraVectors
import Synchronization

/// Everything a running statement shares: its snapshot, limits, clock and the tables it has computed.
package final class ExecutionContext: Sendable {
    /// The view of the database.
    package let snapshot: Snapshot
    /// The threads.
    package let pool: WorkerPool
    /// The statement's memory.
    package let budget: MemoryBudget
    /// Memory of rows that wait for clients, which all statements share.
    package let results: MemoryBudget
    /// Where rows go that do not fit into it.
    package let spill: SpillSpace
    /// What functions may know.
    package let evaluation: EvaluationContext
    /// Values of `$n`.
    package let parameters: [Value]
    /// Values of the outer row inside an apply.
    package let outerValues: [ColumnIdentifier: Value]
    /// Where scans report how far they are, if anybody may ask.
    package let progress: ReadProgress?
    /// What the texts `now` and `today` mean; nil where they mean nothing.
    private let textTime: Timestamp?
    private let commonTables: Mutex<[Int: MaterializedRows]>

    /// A context for one statement.
    package convenience init(
        snapshot: Snapshot, pool: WorkerPool, budget: MemoryBudget, spill: SpillSpace,
        evaluation: EvaluationContext, parameters: [Value] = [],
        outerValues: [ColumnIdentifier: Value] = [:], progress: ReadProgress? = nil,
        results: MemoryBudget? = nil
    ) {
        self.init(
            snapshot: snapshot, pool: pool, budget: budget, spill: spill, evaluation: evaluation,
            parameters: parameters, outerValues: outerValues,
            textTime: evaluation.transactionTime, progress: progress,
            results: results ?? budget)
    }

    private init(
        snapshot: Snapshot, pool: WorkerPool, budget: MemoryBudget, spill: SpillSpace,
        evaluation: EvaluationContext, parameters: [Value],
        outerValues: [ColumnIdentifier: Value], textTime: Timestamp?,
        progress: ReadProgress?, results: MemoryBudget
    ) {
        self.results = results
        self.progress = progress
        self.textTime = textTime
        self.snapshot = snapshot
        self.pool = pool
        self.budget = budget
        self.spill = spill
        self.evaluation = evaluation
        self.parameters = parameters
        self.outerValues = outerValues
        commonTables = Mutex([:])
    }

    /// What casts of the statement know.
    package var castContext: CastContext {
        CastContext(zone: evaluation.timeZone, zones: evaluation.timeZones, now: textTime)
    }

    /// Set to stop the statement.
    package var cancellation: CancellationFlag { evaluation.cancellation }

    /// The rows of a table, as of a time if one is given; nil when there is no such table.
    ///
    /// - Throws: 55000 and 72000 when the table has no history, or none that reaches back so far.
    func rows(
        of table: TableDefinition, asOf time: Timestamp?
    ) throws(DemetraError) -> TableSnapshot? {
        guard let rows = snapshot.table(table.id), let time else { return snapshot.table(table.id) }
        return try rows.asOf(time, now: evaluation.statementTime)
    }

    /// The same statement inside an apply, at one outer row.
    func child(
        outerValues: [ColumnIdentifier: Value], budget: MemoryBudget
    ) -> ExecutionContext {
        let context = ExecutionContext(
            snapshot: snapshot, pool: pool, budget: budget, spill: spill, evaluation: evaluation,
            parameters: parameters, outerValues: self.outerValues.merging(outerValues) { $1 },
            progress: progress, results: results)
        let tables = commonTables.withLock { $0 }
        context.commonTables.withLock { $0 = tables }
        return context
    }

    /// The same statement where a text such as `today` means no time.
    func timeless() -> ExecutionContext {
        ExecutionContext(
            snapshot: snapshot, pool: pool, budget: budget, spill: spill, evaluation: evaluation,
            parameters: parameters, outerValues: outerValues, textTime: nil,
            progress: progress, results: results)
    }

    /// Rows computed for a common table expression.
    func commonTable(_ id: Int) -> MaterializedRows? { commonTables.withLock { $0[id] } }

    /// Keeps the rows of a common table expression.
    func setCommonTable(_ id: Int, _ rows: MaterializedRows) {
        commonTables.withLock { $0[id] = rows }
    }

    /// Runs a pipeline to its end; `inOrder` on one thread, so that the sink sees rows as the source has them.
    func run(
        _ stream: BatchStream, into sink: any PipelineSink, inOrder: Bool = false
    ) throws(DemetraError) {
        let parallel = stream.source.morselCount > 1 && !inOrder
        let job = PipelineJob(
            stream: stream, sink: sink, slots: parallel ? pool.slotCount : 1,
            cancellation: cancellation)
        if let last = stream.stages.last as? ProfileStage {
            let start = last.clock.monotonicNanoseconds()
            defer { last.profile.addDraining(last.clock.monotonicNanoseconds() - start) }
            pool.run(job, parallel: parallel)
        } else {
            pool.run(job, parallel: parallel)
        }
        try job.finish()
    }

    /// Runs a pipeline and keeps its rows in the order of the source.
    ///
    /// - Parameter name: what keeps them, for the error when memory does not suffice.
    func collect(
        _ stream: BatchStream, for name: String = "statement"
    ) throws(DemetraError) -> MaterializedRows {
        let sink = CollectSink(budget: budget.child(name))
        try run(stream, into: sink)
        return sink.rows
    }
}
