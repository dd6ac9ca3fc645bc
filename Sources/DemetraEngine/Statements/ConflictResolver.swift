import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// ON CONFLICT: finds the stored rows that new ones collide with, and decides what is written.
struct ConflictResolver {
    let table: TableDefinition
    let snapshot: Snapshot
    let run: StatementRun

    /// What DO UPDATE writes.
    struct Resolution {
        /// Rows without a conflict.
        var fresh: [Batch]
        /// New versions of stored rows, for RETURNING.
        var updated: [Batch]
        /// Those of them that are written, and the ids of the stored rows they replace. A version that says nothing new
        /// is left out.
        var changed: [Batch] = []
        var replaced: [Vector] = []
    }

    /// DO NOTHING: the rows that collide neither with stored rows nor with one another.
    func withoutConflicts(
        _ batches: [Batch], key: KeyDefinition?
    ) throws(DemetraError) -> [Batch] {
        let keys = key.map { [$0] } ?? table.keys
        var rest = batches
        for key in keys {
            let seen = DistinctTable(keyTypes: key.columns.map { table.columns[$0].type })
            var kept: [Batch] = []
            for batch in rest where batch.count > 0 {
                let vectors = key.columns.map { batch.vectors[$0] }
                let stored = try snapshot.existingRows(
                    in: table.id, key: key, vectors, count: batch.count)
                let isFirst = try firstFlags(seen, vectors, count: batch.count)
                let rows = (0..<batch.count).filter { row in
                    let hasNull = vectors.contains { !$0.isValid(row) }
                    return hasNull || (stored[row] < 0 && isFirst[row])
                }
                kept.append(batch.taking(SelectionVector(Buffer(rows.map { Int32($0) }))))
            }
            rest = kept
        }
        return rest.filter { $0.count > 0 }
    }

    /// The rows of which some assigned column got another value.
    private func changedRows(
        _ old: [Vector], _ new: [Vector], _ columns: [Int]
    ) -> SelectionVector {
        var changed: Vector?
        for column in columns {
            let distinct = CompareKernel.isDistinct(old[column], new[column])
            changed = changed.map { LogicKernel.or($0, distinct) } ?? distinct
        }
        return changed.map { FilterKernel.select($0, within: nil) } ?? .empty
    }

    private func firstFlags(
        _ seen: DistinctTable, _ vectors: [Vector], count: Int
    ) throws(DemetraError) -> [Bool] {
        var flags = [Bool](repeating: false, count: count)
        let selection = try seen.insert(vectors, count: count)
        for index in 0..<selection.count { flags[Int(selection.indices[index])] = true }
        return flags
    }

    /// DO UPDATE: new values for the stored rows, computed from both versions.
    ///
    /// - Throws: 21000 when two new rows have one key.
    func resolve(
        _ batches: [Batch], key: KeyDefinition, existing: [PlanColumn], excluded: [PlanColumn],
        assignments: [(position: Int, value: BoundExpression)], condition: BoundExpression?,
        _ context: ExecutionContext
    ) throws(DemetraError) -> Resolution {
        let layout = ColumnLayout(existing + excluded)
        let program = try ExpressionCompiler.compile(assignments.map(\.value), layout: layout)
        let seen = DistinctTable(keyTypes: key.columns.map { table.columns[$0].type })
        var resolution = Resolution(fresh: [], updated: [])
        for batch in batches where batch.count > 0 {
            let vectors = key.columns.map { batch.vectors[$0] }
            let isFirst = try firstFlags(seen, vectors, count: batch.count)
            if let row = isFirst.firstIndex(of: false), vectors.allSatisfy({ $0.isValid(row) }) {
                throw DemetraError(
                    .cardinalityViolation,
                    "ON CONFLICT DO UPDATE command cannot affect row a second time",
                    hint: "Ensure that no rows proposed for insertion within the same command "
                        + "have duplicate constrained values.")
            }
            let stored = try snapshot.existingRows(
                in: table.id, key: key, vectors, count: batch.count)
            let hits = (0..<batch.count).filter { stored[$0] >= 0 }
            let misses = (0..<batch.count).filter { stored[$0] < 0 }
            if !misses.isEmpty {
                resolution.fresh.append(
                    batch.taking(SelectionVector(Buffer(misses.map { Int32($0) }))))
            }
            guard !hits.isEmpty else { continue }
            var ids = Vector(
                type: .bigint, count: hits.count,
                storage: .int64(Buffer(hits.map { stored[$0] })))
            let incoming = batch.taking(SelectionVector(Buffer(hits.map { Int32($0) })))
            guard let tableSnapshot = snapshot.table(table.id) else { continue }
            let old = try tableSnapshot.rows(
                withIDs: ids, columns: Array(table.columns.indices))
            var both = Batch(old + incoming.vectors, count: hits.count)
            if let condition {
                let predicate = try ExpressionCompiler.compile([condition], layout: layout)
                let passing = try ExpressionEvaluator(predicate, context)
                    .select(both, within: nil)
                both = both.taking(passing)
                ids = ids.taking(passing)
            }
            guard both.count > 0 else { continue }
            let values = try ExpressionEvaluator(program, context).evaluate(both)
            var row = Array(both.vectors[..<table.columns.count])
            for (index, assignment) in assignments.enumerated() {
                row[assignment.position] = values[index]
            }
            let updated = Batch(row, count: both.count)
            resolution.updated.append(updated)
            let changed = changedRows(both.vectors, row, assignments.map(\.position))
            guard changed.count > 0 else { continue }
            resolution.changed.append(updated.taking(changed))
            resolution.replaced.append(ids.taking(changed))
        }
        return resolution
    }
}
