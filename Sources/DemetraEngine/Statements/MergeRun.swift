import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// MERGE: all it does is one commit.
struct MergeRun {
    let run: StatementRun
    let snapshot: Snapshot

    /// What is done to rows of the table.
    private struct Work {
        /// Rows of the table, each changed once.
        var seen: Set<Int64> = []
        var deleted: [Vector] = []
        var updated: [(ids: Vector, new: [Vector])] = []
        var inserted: [Batch] = []
        var count = 0
    }

    func execute(_ merge: BoundMerge) throws(DemetraError) {
        let context = run.context(snapshot)
        let serial = merge.plan.callsSequences ? run.serial(context) : context
        let rows = try serial.collect(try run.physical(merge.plan, snapshot).open(serial))
        let constraints = try RowConstraints(
            table: merge.table, checks: merge.checks, layout: ColumnLayout(merge.plan.columns))
        var work = Work()
        for batch in rows.batches where batch.count > 0 {
            for number in merge.actions.indices {
                let chosen = (0..<batch.count).filter {
                    batch.vectors[1].value(at: $0) == .integer(Int64(number))
                }
                guard !chosen.isEmpty else { continue }
                let part = batch.taking(SelectionVector(Buffer(chosen.map { Int32($0) })))
                try add(part, merge.actions[number], to: &work, constraints, context)
            }
        }
        var write = WriteTransaction(snapshot: snapshot)
        try addActions(work, merge.table, &write)
        let id = merge.table.id
        for ids in work.deleted + work.updated.map(\.ids) { write.delete(id, rowIDs: ids) }
        let updated = work.updated.map { Batch($0.new, count: $0.ids.count) }
        if !updated.isEmpty { write.insert(id, updated, onConflict: .error) }
        if !work.inserted.isEmpty {
            write.insert(id, work.inserted, onConflict: merge.table.restates ? .replace : .error)
        }
        try run.commit(write)
        try run.output.finish(tag: "MERGE \(work.count)")
    }

    private func add(
        _ rows: Batch, _ action: BoundMerge.Action, to work: inout Work,
        _ constraints: RowConstraints, _ context: ExecutionContext
    ) throws(DemetraError) {
        let ids = rows.vectors[0]
        if action != .insert {
            for id in ReferentialActions.numbers(ids) where !work.seen.insert(id).inserted {
                throw DemetraError(
                    .cardinalityViolation, "MERGE command cannot affect row a second time",
                    hint: "Ensure that not more than one source row matches any one target row.")
            }
        }
        work.count += rows.count
        let new = Array(rows.vectors.dropFirst(2))
        if action == .update || action == .insert {
            try constraints.verify(rows: new, batch: rows, context)
        }
        switch action {
        case .nothing: return
        case .delete: work.deleted.append(ids)
        case .update: work.updated.append((ids, new))
        case .insert: work.inserted.append(Batch(new, count: rows.count))
        }
    }

    /// What references of other tables ask for.
    private func addActions(
        _ work: Work, _ table: TableDefinition, _ write: inout WriteTransaction
    ) throws(DemetraError) {
        guard ReferentialActions.concern(table, snapshot.catalog) else { return }
        var actions = ReferentialActions(run: run, snapshot: snapshot)
        try actions.delete(table, work.deleted.flatMap { ReferentialActions.numbers($0) })
        for update in work.updated {
            try actions.update(table, ReferentialActions.numbers(update.ids), update.new)
        }
        try actions.add(to: &write, beside: table, own: work.seen)
    }
}
