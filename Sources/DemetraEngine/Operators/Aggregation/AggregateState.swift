import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One aggregate of one worker, whatever stands around the function: FILTER, DISTINCT, ORDER BY.
protocol AggregateState: AnyObject {
    func resize(groupCount: Int)

    /// `values` are the outputs of the aggregation's program.
    func update(_ values: [Vector], _ groups: GroupIndices, count: Int) throws(DemetraError)

    func merge(_ other: any AggregateState, _ groupMap: Buffer<Int32>) throws(DemetraError)
    func finish(groupCount: Int) throws(DemetraError) -> Vector
    var byteCount: Int { get }

    /// Takes no more memory for further rows of known groups, but puts aside what it has to keep of them; false when
    /// it cannot, or does so already.
    func close(_ context: ExecutionContext) throws(DemetraError) -> Bool
}

extension AggregateState {
    func close(_ context: ExecutionContext) -> Bool { false }
}

/// The state that fits the call.
func makeAggregateState(_ aggregate: CompiledAggregate) -> any AggregateState {
    if aggregate.isDistinct, !aggregate.function.ignoresDuplicates {
        return DistinctAggregateState(aggregate)
    }
    if !aggregate.order.isEmpty, aggregate.function.isOrderSensitive {
        return OrderedAggregateState(aggregate)
    }
    return PlainAggregateState(aggregate)
}

extension CompiledAggregate {
    /// The rows that FILTER lets pass: their arguments and groups.
    func input(
        _ values: [Vector], _ groups: GroupIndices, count: Int, columns: [Int]
    ) -> (vectors: [Vector], groups: GroupIndices, count: Int)? {
        let vectors = columns.map { values[$0] }
        guard let filter else { return (vectors, groups, count) }
        let selection = FilterKernel.select(values[filter], within: nil)
        if selection.count == count { return (vectors, groups, count) }
        if selection.count == 0 { return nil }
        var rows = groups
        if case .rows(let buffer) = groups {
            rows = .rows(TakeKernel.codes(buffer, at: selection.indices))
        }
        return (vectors.map { $0.taking(selection) }, rows, selection.count)
    }

    /// An ordered-set aggregate is told the direction of its sort by a constant.
    func completed(_ vectors: [Vector], count: Int) -> [Vector] {
        guard function.isOrderedSet else { return vectors }
        let descending = order.first?.descending ?? false
        return vectors + [.constant(.boolean(descending), type: .boolean, count: count)]
    }

    func makeAccumulator() -> any AggregateAccumulator {
        function.makeAccumulator(Array(argumentTypes.prefix(visibleCount)), resultType)
    }
}

/// Feeds rows to the function as they come.
// Owned by one worker.
private final class PlainAggregateState: AggregateState {
    private let aggregate: CompiledAggregate
    private let accumulator: any AggregateAccumulator

    init(_ aggregate: CompiledAggregate) {
        self.aggregate = aggregate
        accumulator = aggregate.makeAccumulator()
    }

    var byteCount: Int { accumulator.byteCount }

    func resize(groupCount: Int) { accumulator.resize(groupCount: groupCount) }

    func update(_ values: [Vector], _ groups: GroupIndices, count: Int) throws(DemetraError) {
        guard
            let input = aggregate.input(
                values, groups, count: count, columns: aggregate.arguments)
        else { return }
        try accumulator.update(
            aggregate.completed(input.vectors, count: input.count), groups: input.groups,
            count: input.count)
    }

    func merge(_ other: any AggregateState, _ groupMap: Buffer<Int32>) throws(DemetraError) {
        guard let other = other as? PlainAggregateState else { return }
        try accumulator.merge(other.accumulator, groupMap: groupMap)
    }

    func finish(groupCount: Int) throws(DemetraError) -> Vector {
        try accumulator.finish(groupCount: groupCount)
    }
}

/// Keeps all rows and feeds them to the function in the order asked.
// Owned by one worker.
private final class OrderedAggregateState: AggregateState {
    private let aggregate: CompiledAggregate
    private let columns: [Int]
    private var parts: [[Vector]] = []
    private var groups: [Vector] = []
    private var count = 0
    private(set) var byteCount = 0

    init(_ aggregate: CompiledAggregate) {
        self.aggregate = aggregate
        columns = aggregate.arguments + aggregate.order.map(\.position)
    }

    func resize(groupCount: Int) {}

    func update(_ values: [Vector], _ groups: GroupIndices, count: Int) throws(DemetraError) {
        guard let input = aggregate.input(values, groups, count: count, columns: columns) else {
            return
        }
        parts.append(input.vectors)
        byteCount += input.vectors.reduce(input.count * 4) { $0 + $1.memoryBytes }
        switch input.groups {
        case .one(let group):
            let groups = Buffer<Int32>(repeating: group, count: input.count)
            self.groups.append(
                Vector(type: .integer, count: input.count, storage: .int32(groups)))
        case .rows(let rows):
            self.groups.append(Vector(type: .integer, count: input.count, storage: .int32(rows)))
        }
        self.count += input.count
    }

    func merge(_ other: any AggregateState, _ groupMap: Buffer<Int32>) throws(DemetraError) {
        guard let other = other as? OrderedAggregateState else { return }
        parts += other.parts
        for vector in other.groups {
            guard case .int32(let rows) = vector.storage else { continue }
            let mapped = TakeKernel.codes(groupMap, at: rows)
            groups.append(Vector(type: .integer, count: vector.count, storage: .int32(mapped)))
        }
        count += other.count
        byteCount += other.byteCount
    }

    func finish(groupCount: Int) throws(DemetraError) -> Vector {
        let accumulator = aggregate.makeAccumulator()
        accumulator.resize(groupCount: groupCount)
        guard count > 0 else { return try accumulator.finish(groupCount: groupCount) }
        var vectors: [Vector] = []
        for index in columns.indices {
            let column = parts.map { $0[index] }
            vectors.append(try Vector.concatenating(column, type: column[0].type))
        }
        let allGroups = try Vector.concatenating(groups, type: .integer).flattened()
        guard case .int32(let rows) = allGroups.storage else {
            return try accumulator.finish(groupCount: groupCount)
        }
        let argumentCount = aggregate.arguments.count
        let keys = aggregate.order.enumerated().map { index, key in
            SortKey(
                vectors[argumentCount + index], descending: key.descending,
                nullsFirst: key.nullsFirst)
        }
        let order = SortKernel.permutation(keys, count: count)
        for (start, length) in BatchRanges(count) {
            let part = TakeKernel.slice(order, from: start, count: length)
            let arguments = vectors[..<argumentCount].map { $0.taking(rows: part) }
            try accumulator.update(
                aggregate.completed(arguments, count: length),
                groups: .rows(TakeKernel.codes(rows, at: part)), count: length)
        }
        return try accumulator.finish(groupCount: groupCount)
    }
}

/// The batches that `count` rows make.
struct BatchRanges: Sequence, IteratorProtocol {
    private let total: Int
    private var start = 0

    init(_ count: Int) { total = count }

    mutating func next() -> (start: Int, count: Int)? {
        guard start < total else { return nil }
        defer { start += Batch.capacity }
        return (start, Swift.min(Batch.capacity, total - start))
    }
}
