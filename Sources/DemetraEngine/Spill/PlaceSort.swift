import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Puts rows into the order of their places, as `SortedRun` counts them.
// Owned by one thread.
final class PlaceSort {
    private let types: [LogicalType]
    private let context: ExecutionContext
    private let budget: MemoryBudget
    private var held: [Batch] = []
    private var places: [Int64] = []
    private var heldBytes = 0
    private var runs: [SortedRun] = []

    /// - Parameter name: what errors call the operator.
    init(types: [LogicalType], for name: String, _ context: ExecutionContext) {
        self.types = types
        self.context = context
        budget = context.spill.budget(name, of: context.budget)
    }

    /// - Throws: 53100 or 58030 when the disk refuses the rows.
    func append(_ columns: [Vector], places: [Int64]) throws(DemetraError) {
        let batch = Batch(columns, count: places.count)
        // The joined columns, and order and place of each row.
        let byteCount = batch.memoryBytes * 2 + places.count * 24
        if !budget.reserveIfPossible(byteCount) {
            if !held.isEmpty { try writeRun() }
            budget.charge(byteCount)
        }
        held.append(batch)
        heldBytes += byteCount
        self.places += places
    }

    /// The rows in order.
    func finish() throws(DemetraError) -> any BatchSource {
        guard !runs.isEmpty else {
            let (columns, order) = try sorted()
            return SortedRows(columns: columns, permutation: order)
        }
        if !held.isEmpty { try writeRun() }
        return MergedRuns(runs: runs, types: types, cancellation: context.cancellation)
    }

    private func sorted() throws(DemetraError) -> ([Vector], Buffer<Int32>) {
        let rows = MaterializedRows(batches: held)
        held = []
        guard rows.rowCount > 0 else { return (types.map { Vector([], type: $0) }, Buffer([])) }
        let key = Vector(
            type: .bigint, count: places.count, storage: .int64(Buffer(places)))
        let order = SortKernel.permutation([SortKey(key)], count: places.count)
        return (try rows.columns(types: types), order)
    }

    private func writeRun() throws(DemetraError) {
        let (columns, order) = try sorted()
        var run: SortedRun
        if let last = runs.last {
            run = SortedRun(last.file)
        } else {
            run = SortedRun(try context.spill.makeFile())
        }
        for (start, count) in BatchRanges(order.count) {
            try context.cancellation.check()
            let rows = TakeKernel.slice(order, from: start, count: count)
            let keys = OrderedBytes.encode([], count: count)
            try run.append(
                columns.map { $0.taking(rows: rows) }, keys: keys,
                places: Buffer(rows.array.map { places[Int($0)] }), context.spill)
        }
        runs.append(run)
        places = []
        budget.release(heldBytes)
        heldBytes = 0
    }
}
