import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// UNION, INTERSECT and EXCEPT, with and without ALL.
struct SetOperator: PhysicalOperator {
    let kind: SetOperationPlan.Kind
    let all: Bool
    let left: any PhysicalOperator
    let right: any PhysicalOperator
    let layout: ColumnLayout

    /// The columns as keys of a sort, for distinct rows that do not fit into memory.
    let sortKeys: SortKeys

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let first = try rows(of: left, context)
        let second = try rows(of: right, context)
        switch kind {
        case .union:
            let all = ConcatenatedRows([first, second])
            if self.all { return BatchStream(source: all) }
            let distinct = DistinctOperator(
                input: SourceOperator(source: all, layout: layout), keys: nil,
                keyTypes: layout.types, sortKeys: sortKeys)
            return try distinct.open(context)
        case .intersect: return try matched(first, second, keepsMatches: true)
        case .except: return try matched(first, second, keepsMatches: false)
        }
    }

    private func rows(
        of side: any PhysicalOperator, _ context: ExecutionContext
    ) throws(DemetraError) -> any BatchSource {
        let spool = SpoolSink(for: "set operation", context)
        try context.run(try side.open(context), into: spool)
        return spool.rows
    }

    /// Rows of `first` that have (or lack) a partner in `second`; with ALL each partner serves once.
    private func matched(
        _ first: any BatchSource, _ second: any BatchSource, keepsMatches: Bool
    ) throws(DemetraError) -> BatchStream {
        let table = GroupTable(keyTypes: layout.types)
        var available: [Int] = []
        try second.forEachBatch { (batch) throws(DemetraError) in
            let groups = try table.assign(batch.vectors, count: batch.count)
            while available.count < table.groupCount { available.append(0) }
            for row in 0..<batch.count { available[Int(groups[row])] += 1 }
        }
        var isEmitted: [Bool] = []
        var result: [Batch] = []
        try first.forEachBatch { (batch) throws(DemetraError) in
            let groups = try table.assign(batch.vectors, count: batch.count)
            while available.count < table.groupCount { available.append(0) }
            while isEmitted.count < table.groupCount { isEmitted.append(false) }
            var kept: [Int32] = []
            for row in 0..<batch.count {
                let group = Int(groups[row])
                let hasPartner = available[group] > 0
                if all {
                    if hasPartner { available[group] -= 1 }
                    if hasPartner == keepsMatches { kept.append(Int32(row)) }
                } else if hasPartner == keepsMatches, !isEmitted[group] {
                    isEmitted[group] = true
                    kept.append(Int32(row))
                }
            }
            if !kept.isEmpty { result.append(batch.taking(SelectionVector(Buffer(kept)))) }
        }
        return BatchStream(source: MaterializedRows(batches: result))
    }
}

/// Rows that are there.
struct SourceOperator: PhysicalOperator {
    let source: any BatchSource
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) -> BatchStream { BatchStream(source: source) }
}
