import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// INSERT and CREATE TABLE AS.
struct InsertStatementRun {
    let run: StatementRun
    let snapshot: Snapshot

    func execute(_ insert: BoundInsert) throws(DemetraError) {
        let context = run.context(snapshot)
        let layout = ColumnLayout(insert.plan.columns)
        let constraints = try RowConstraints(
            table: insert.table, checks: insert.checks, layout: layout)
        if case .fail = insert.conflict, insert.returning.isEmpty {
            return try stream(insert, constraints, context)
        }
        let serial = insert.plan.callsSequences ? run.serial(context) : context
        let stream = try run.physical(insert.plan, snapshot).open(serial)
        let batches = try serial.collect(stream).batches
        for batch in batches {
            try constraints.verify(rows: batch.vectors, batch: batch, context)
        }
        try execute(insert, batches, context)
    }

    /// - Parameter batches: rows with the columns of the insert's plan, which break no constraint.
    func execute(
        _ insert: BoundInsert, _ batches: [Batch], _ context: ExecutionContext
    ) throws(DemetraError) {
        let (count, written) = try write(insert, batches, context)
        if insert.returning.isEmpty {
            return try run.output.finish(tag: "INSERT 0 \(count)")
        }
        try Returning(run: run).deliver(
            insert.returning, layout: ColumnLayout(insert.plan.columns), batches: written,
            tag: "INSERT 0 \(count)", context)
    }

    /// Rows of which nothing is asked afterwards are written as the query gives them.
    private func stream(
        _ insert: BoundInsert, _ constraints: RowConstraints, _ context: ExecutionContext
    ) throws(DemetraError) {
        let conflict: ConflictAction = insert.table.restates ? .replace : .error
        let count = try write(insert.plan, to: insert.table, conflict, context) {
            (batch) throws(DemetraError) in
            try constraints.verify(rows: batch.vectors, batch: batch, context)
            return batch
        }
        try run.output.finish(tag: "INSERT 0 \(count)")
    }

    /// Runs a query into a table that is, or is made by the same commit; gives the number of rows.
    private func write(
        _ plan: LogicalPlan, to table: TableDefinition, _ conflict: ConflictAction,
        making change: CatalogChange? = nil, _ context: ExecutionContext,
        prepare: @escaping (Batch) throws(DemetraError) -> Batch
    ) throws(DemetraError) -> Int {
        let writer = BulkWriter(
            store: run.engine.store, snapshot: snapshot, table: table, onConflict: conflict,
            budget: run.budget)
        // Numbers of a sequence are given in the order of the rows.
        let serial = plan.callsSequences ? run.serial(context) : context
        let stream = try run.physical(plan, snapshot).open(serial)
        try ResultSink(output: BulkTarget(writer, prepare: prepare)).run(stream, serial)
        let count = writer.rowCount
        var transaction = WriteTransaction(snapshot: snapshot)
        if let change { transaction.change(change) }
        transaction.insert(table.id, try writer.finish(), onConflict: conflict)
        try run.commit(transaction)
        return count
    }

    /// Commits the rows; gives how many rows were written and what they are.
    private func write(
        _ insert: BoundInsert, _ batches: [Batch], _ context: ExecutionContext
    ) throws(DemetraError) -> (Int, [Batch]) {
        var transaction = WriteTransaction(snapshot: snapshot)
        let total = batches.reduce(0) { $0 + $1.count }
        switch insert.conflict {
        case .fail:
            transaction.insert(
                insert.table.id, batches, onConflict: insert.table.restates ? .replace : .error)
            try run.commit(transaction)
            return (total, batches)
        case .nothing(let key):
            let fresh = try ConflictResolver(
                table: insert.table, snapshot: snapshot, run: run
            ).withoutConflicts(batches, key: key)
            transaction.insert(insert.table.id, fresh, onConflict: .error)
            try run.commit(transaction)
            return (fresh.reduce(0) { $0 + $1.count }, fresh)
        case .update(let key, let existing, let excluded, let assignments, let condition):
            let resolver = ConflictResolver(table: insert.table, snapshot: snapshot, run: run)
            let resolved = try resolver.resolve(
                batches, key: key, existing: existing, excluded: excluded,
                assignments: assignments, condition: condition, context)
            let constraints = try RowConstraints(
                table: insert.table, checks: insert.checks,
                layout: ColumnLayout(insert.plan.columns))
            for batch in resolved.updated {
                try constraints.verify(rows: batch.vectors, batch: batch, context)
            }
            for ids in resolved.replaced {
                transaction.delete(insert.table.id, rowIDs: ids)
            }
            try ReferentialActions.add(
                updates: zip(resolved.replaced, resolved.changed).map { ($0, $1.vectors) },
                of: insert.table, run, snapshot, to: &transaction)
            transaction.insert(
                insert.table.id, resolved.fresh + resolved.changed, onConflict: .error)
            try run.commit(transaction)
            let written = resolved.fresh + resolved.updated
            return (written.reduce(0) { $0 + $1.count }, written)
        }
    }

    /// CREATE TABLE AS: table and rows appear together.
    func createTable(_ table: TableDefinition, _ plan: LogicalPlan) throws(DemetraError) {
        let types = table.columns.map(\.type)
        let count = try write(
            plan, to: table, .error, making: .putTable(table), run.context(snapshot)
        ) { batch in
            let vectors = batch.vectors.enumerated().map { index, vector in
                vector.type == types[index] ? vector : vector.retyped(types[index])
            }
            return Batch(vectors, count: batch.count)
        }
        try run.output.finish(tag: "SELECT \(count)")
    }
}

/// Rows for RETURNING.
struct Returning {
    let run: StatementRun

    func deliver(
        _ columns: [ProjectedColumn], layout: ColumnLayout, batches: [Batch], tag: String,
        _ context: ExecutionContext
    ) throws(DemetraError) {
        let program = try ExpressionCompiler.compile(columns.map(\.expression), layout: layout)
        let evaluator = ExpressionEvaluator(program, context)
        try run.output.begin(Schema(columns.map(\.column.shownField)))
        for batch in batches where batch.count > 0 {
            try run.output.rows(Batch(try evaluator.evaluate(batch), count: batch.count))
        }
        try run.output.finish(tag: tag)
    }
}
