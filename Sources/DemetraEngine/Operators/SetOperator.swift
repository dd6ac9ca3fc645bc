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
        let kept = context.spill.budget("set operation", of: context.budget)
        let first = try rows(of: try left.open(context), kept, context)
        let second = try rows(of: try right.open(context), kept, context)
        switch kind {
        case .union:
            let both = ConcatenatedRows([first, second])
            if all { return BatchStream(source: both) }
            return try distinct(SourceOperator(source: both, layout: layout), context)
        case .intersect, .except:
            let output = RowSpool(for: "set operation", context, budget: kept)
            let matching = SetMatching(
                types: layout.types, all: all, keepsMatches: kind == .intersect, context: context)
            try matching.match(first, second, into: output)
            return BatchStream(source: try output.finish())
        }
    }

    private func rows(
        of side: BatchStream, _ kept: MemoryBudget, _ context: ExecutionContext
    ) throws(DemetraError) -> any BatchSource {
        let spool = SpoolSink(for: "set operation", context, budget: kept)
        try context.run(side, into: spool)
        return spool.rows
    }

    private func distinct(
        _ input: any PhysicalOperator, _ context: ExecutionContext
    ) throws(DemetraError) -> BatchStream {
        let distinct = DistinctOperator(
            input: input, keys: nil, keyTypes: layout.types, sortKeys: sortKeys)
        return try distinct.open(context)
    }
}

/// Rows that are there.
struct SourceOperator: PhysicalOperator {
    let source: any BatchSource
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) -> BatchStream { BatchStream(source: source) }
}
