import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// Keeps the distinct (group, arguments) rows in a table of their own; the function sees them once, at
/// the end, so workers can be joined.
///
/// Once it is closed, rows that are not in the table are put aside by the hash of their arguments, so that equal ones of
/// all workers meet, and are told apart at the end, a part at a time.
// Owned by one worker.
final class DistinctAggregateState: AggregateState {
    /// Rows that another worker put aside, whose groups have other numbers here.
    private struct Aside {
        let partitions: [SpilledRows]
        let groupMap: Buffer<Int32>
    }

    private let aggregate: CompiledAggregate
    private let keyTypes: [LogicalType]
    private let seen: GroupTable
    private var writer: PartitionWriter?
    /// Finds what has been seen; nil when that has changed.
    private var finder: GroupFinder?
    private var others: [Aside] = []
    /// What the statement shares, once rows were put aside.
    private var context: ExecutionContext?

    init(_ aggregate: CompiledAggregate) {
        self.aggregate = aggregate
        keyTypes = [.integer] + aggregate.argumentTypes
        seen = GroupTable(keyTypes: keyTypes)
    }

    private var isOrdered: Bool { !aggregate.order.isEmpty && aggregate.function.isOrderSensitive }

    func close(_ context: ExecutionContext) throws(DemetraError) -> Bool {
        // The function wants all rows at once where their order matters.
        guard writer == nil, !isOrdered, !aggregate.arguments.isEmpty else { return false }
        writer = try PartitionWriter(context.spill, level: 0, context.cancellation)
        self.context = context
        return true
    }

    var byteCount: Int { seen.byteCount }

    func resize(groupCount: Int) {}

    func update(_ values: [Vector], _ groups: GroupIndices, count: Int) throws(DemetraError) {
        guard
            let input = aggregate.input(
                values, groups, count: count, columns: aggregate.arguments)
        else { return }
        let keys = [Self.groupVector(input.groups, count: input.count)] + input.vectors
        guard let writer else {
            _ = try seen.assign(keys, count: input.count)
            return
        }
        let fresh = unseen(keys, count: input.count)
        guard fresh.count > 0 else { return }
        let rows = Batch(keys, count: input.count).taking(fresh)
        try writer.append(rows, keys: Array(rows.vectors.dropFirst()))
    }

    /// The rows that are not in the table.
    private func unseen(_ keys: [Vector], count: Int) -> SelectionVector {
        let finder = finder ?? GroupFinder(seen, nullsMatch: keyTypes.map { _ in true })
        self.finder = finder
        let found = finder.find(keys, count: count)
        return SelectionVector(Buffer((0..<count).filter { found[$0] < 0 }.map { Int32($0) }))
    }

    private static func groupVector(_ groups: GroupIndices, count: Int) -> Vector {
        switch groups {
        case .one(let group):
            .constant(.integer(Int64(group)), type: .integer, count: count)
        case .rows(let rows): Vector(type: .integer, count: count, storage: .int32(rows))
        }
    }

    func merge(_ other: any AggregateState, _ groupMap: Buffer<Int32>) throws(DemetraError) {
        guard let other = other as? DistinctAggregateState else { return }
        if let writer = other.writer {
            others.append(Aside(partitions: try writer.finish(), groupMap: groupMap))
        }
        for aside in other.others {
            let map = TakeKernel.codes(groupMap, at: aside.groupMap)
            others.append(Aside(partitions: aside.partitions, groupMap: map))
        }
        finder = nil
        context = context ?? other.context
        let (groups, arguments, count) = other.rows()
        let mapped = TakeKernel.codes(groupMap, at: groups)
        let keys = [Vector(type: .integer, count: count, storage: .int32(mapped))] + arguments
        for (start, length) in BatchRanges(count) {
            _ = try seen.assign(
                keys.map { $0.slice(from: start, count: length) }, count: length)
        }
    }

    private func rows() -> (groups: Buffer<Int32>, arguments: [Vector], count: Int) {
        let keys = seen.keyVectors()
        let count = seen.groupCount
        guard case .int32(let groups) = keys[0].flattened().storage else {
            return (Buffer([]), [], 0)
        }
        return (groups, Array(keys.dropFirst()), count)
    }

    func finish(groupCount: Int) throws(DemetraError) -> Vector {
        let accumulator = aggregate.makeAccumulator()
        accumulator.resize(groupCount: groupCount)
        let (groups, arguments, count) = rows()
        var order: Buffer<Int32>?
        if isOrdered {
            // With DISTINCT the keys of ORDER BY are arguments: the binder has checked it.
            let keys = aggregate.order.compactMap { key -> SortKey? in
                guard let index = aggregate.arguments.firstIndex(of: key.position) else {
                    return nil
                }
                return SortKey(
                    arguments[index], descending: key.descending,
                    nullsFirst: key.nullsFirst)
            }
            order = SortKernel.permutation(keys, count: count)
        }
        for (start, length) in BatchRanges(count) {
            var vectors: [Vector]
            var rows: Buffer<Int32>
            if let order {
                let part = TakeKernel.slice(order, from: start, count: length)
                vectors = arguments.map { $0.taking(rows: part) }
                rows = TakeKernel.codes(groups, at: part)
            } else {
                vectors = arguments.map { $0.slice(from: start, count: length) }
                rows = TakeKernel.slice(groups, from: start, count: length)
            }
            try feed(accumulator, vectors, rows)
        }
        try feedOthers(accumulator)
        return try accumulator.finish(groupCount: groupCount)
    }

    private func feed(
        _ accumulator: any AggregateAccumulator, _ arguments: [Vector], _ groups: Buffer<Int32>
    ) throws(DemetraError) {
        // count(DISTINCT (a, b)) counts rows, those with a NULL in them too.
        let takesRows = aggregate.function.signature.parameters.isEmpty
        let visible = Array(arguments.prefix(aggregate.visibleCount))
        let vectors = takesRows ? [] : aggregate.completed(visible, count: groups.count)
        try accumulator.update(vectors, groups: .rows(groups), count: groups.count)
    }

    /// The rows that were put aside, each once.
    private func feedOthers(_ accumulator: any AggregateAccumulator) throws(DemetraError) {
        guard let context else { return }
        var asides = others.map { (partitions: $0.partitions, map: Optional($0.groupMap)) }
        if let writer { asides.append((try writer.finish(), nil)) }
        for partition in 0..<PartitionWriter.partitionCount {
            let rows = asides.map { (rows: $0.partitions[partition], groupMap: $0.map) }
            try feed(accumulator, rows, level: 1, context)
        }
    }

    /// Tells rows apart of which equal ones are all there; those that do not fit into a table are cut again.
    private func feed(
        _ accumulator: any AggregateAccumulator,
        _ parts: [(rows: SpilledRows, groupMap: Buffer<Int32>?)], level: Int,
        _ context: ExecutionContext
    ) throws(DemetraError) {
        for part in try feedFirsts(accumulator, parts, level: level, context)
        where part.morselCount > 0 {
            try feed(accumulator, [(part, nil)], level: level + 1, context)
        }
    }

    /// - Returns: the rows that did not fit.
    private func feedFirsts(
        _ accumulator: any AggregateAccumulator,
        _ parts: [(rows: SpilledRows, groupMap: Buffer<Int32>?)], level: Int,
        _ context: ExecutionContext
    ) throws(DemetraError) -> [SpilledRows] {
        let distinct = try DistinctRows(keyTypes: keyTypes, level: level, of: "aggregate", context)
        try forEachUnseen(parts) { (rows) throws(DemetraError) in
            let first = try distinct.firsts(of: rows, keys: rows.vectors.dropFirst())
            guard first.count > 0,
                case .int32(let numbers) = first.vectors[0].flattened().storage
            else { return }
            try feed(accumulator, Array(first.vectors.dropFirst()), numbers)
        }
        return try distinct.finish()
    }

    /// Rows that are not in the table, with the groups' numbers here.
    private func forEachUnseen(
        _ parts: [(rows: SpilledRows, groupMap: Buffer<Int32>?)],
        _ body: (Batch) throws(DemetraError) -> Void
    ) throws(DemetraError) {
        for part in parts {
            try part.rows.forEachBatch { (batch) throws(DemetraError) in
                try context?.cancellation.check()
                guard case .int32(let own) = batch.vectors[0].flattened().storage else {
                    throw DemetraError(.internalError, "group numbers are not integer")
                }
                let groups = part.groupMap.map { TakeKernel.codes($0, at: own) } ?? own
                let keys =
                    [Vector(type: .integer, count: batch.count, storage: .int32(groups))]
                    + batch.vectors.dropFirst()
                let fresh = unseen(keys, count: batch.count)
                if fresh.count > 0 { try body(Batch(keys, count: batch.count).taking(fresh)) }
            }
        }
    }
}
