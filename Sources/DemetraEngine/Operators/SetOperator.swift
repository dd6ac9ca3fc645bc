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

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let first = try context.collect(try left.open(context), for: "set operation").batches
        let second = try context.collect(try right.open(context), for: "set operation").batches
        let rows: [Batch]
        switch kind {
        case .union: rows = all ? first + second : try distinct(first + second)
        case .intersect: rows = try matched(first, second, keepsMatches: true)
        case .except: rows = try matched(first, second, keepsMatches: false)
        }
        return BatchStream(source: MaterializedRows(batches: rows))
    }

    private func distinct(_ batches: [Batch]) throws(DemetraError) -> [Batch] {
        let table = DistinctTable(keyTypes: layout.types)
        var result: [Batch] = []
        for batch in batches {
            let selection = try table.insert(batch.vectors, count: batch.count)
            if selection.count > 0 { result.append(batch.taking(selection)) }
        }
        return result
    }

    /// Rows of `first` that have (or lack) a partner in `second`; with ALL each partner serves once.
    private func matched(
        _ first: [Batch], _ second: [Batch], keepsMatches: Bool
    ) throws(DemetraError) -> [Batch] {
        let table = GroupTable(keyTypes: layout.types)
        var available: [Int] = []
        for batch in second {
            let groups = try table.assign(batch.vectors, count: batch.count)
            while available.count < table.groupCount { available.append(0) }
            for row in 0..<batch.count { available[Int(groups[row])] += 1 }
        }
        var isEmitted: [Bool] = []
        var result: [Batch] = []
        for batch in first {
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
        return result
    }
}
