import DemetraStorage
import DemetraTypes
import DemetraVectors

/// One worker's part of a sort: keeps rows while memory lasts, then writes them out as a sorted run.
// Owned by one worker.
final class RunWriter: SinkLocal {
    /// Beside the rows of a batch there are the joined columns while they are sorted.
    private static let copies = 2
    /// Bytes of rows that are sorted at a time when they are written.
    private static let runBytes = 64 << 20
    /// Less is not worth a run: it goes beyond the limit instead.
    private static let leastBytes = 512 << 10

    private let sort: ExternalSort
    /// Rows with their morsel among the worker's own and their place there.
    private typealias HeldBatch = (batch: Batch, own: Int, row: Int64)

    /// Rows in memory.
    private var held: [HeldBatch] = []
    private var heldBytes = 0
    /// The morsels that are done, by their numbers among all.
    private var morsels: [Int64] = []
    /// Rows of the open morsel.
    private var openRows: Int64 = 0
    private(set) var runs: [SortedRun] = []

    init(_ sort: ExternalSort) { self.sort = sort }

    func consume(_ batch: Batch) throws(DemetraError) {
        guard batch.count > 0 else { return }
        let byteCount = batch.memoryBytes * Self.copies + batch.count * sort.rowBytes
        try makeRoom(for: byteCount)
        held.append((batch, morsels.count, openRows))
        heldBytes += byteCount
        openRows += Int64(batch.count)
    }

    private func makeRoom(for byteCount: Int) throws(DemetraError) {
        guard sort.context.spill.isAvailable else { return try sort.budget.reserve(byteCount) }
        if sort.budget.reserveIfPossible(byteCount) { return }
        if heldBytes >= Self.leastBytes {
            try writeRuns()
            if sort.budget.reserveIfPossible(byteCount) { return }
        }
        sort.budget.charge(byteCount)
    }

    func finishMorsel(_ index: Int) {
        morsels.append(Int64(index))
        openRows = 0
    }

    /// The rows in memory with the numbers of their morsels, after the last morsel.
    func taken() -> [(batch: Batch, morsel: Int64)] {
        defer { held = [] }
        return held.map { ($0.batch, morsels[$0.own]) }
    }

    /// All runs, after the last morsel.
    func finish() throws(DemetraError) -> [SortedRun] {
        if !held.isEmpty { try writeRuns() }
        return runs.map { run in
            var run = run
            run.morsels = morsels
            return run
        }
    }

    /// Writes what is in memory, as runs of a size that is sorted before anybody waits for it.
    private func writeRuns() throws(DemetraError) {
        var rest = held[...]
        held = []
        while !rest.isEmpty {
            var (end, byteCount) = (rest.startIndex, 0)
            while end < rest.endIndex, byteCount < Self.runBytes {
                byteCount += rest[end].batch.memoryBytes
                end += 1
            }
            try writeRun(Array(rest[..<end]))
            rest = rest[end...]
        }
        sort.budget.release(heldBytes)
        heldBytes = 0
    }

    private func writeRun(_ held: [HeldBatch]) throws(DemetraError) {
        let places = Buffer(
            held.flatMap { part in
                (0..<Int64(part.batch.count)).map { row in
                    Int64(part.own) << SortedRun.rowBits | (part.row + row)
                }
            })
        let count = places.count
        let rowBytes = held.reduce(0) { $0 + $1.batch.memoryBytes } / count
        let columns = try joined(held)
        let keys = try sort.keys.keys(columns, count: count, sort.context)
        let order = SortKernel.permutation(keys, count: count)
        var run: SortedRun
        if let last = runs.last {
            run = SortedRun(last.file)
        } else {
            run = SortedRun(try sort.context.spill.makeFile())
        }
        var start = 0
        // Taken for as long as those of the last block.
        var keyBytes = 0
        while start < count {
            try sort.context.cancellation.check()
            let rows = TakeKernel.slice(
                order, from: start,
                count: min(
                    SortedRun.blockRows(
                        rowBytes: rowBytes + keyBytes, limitBytes: sort.budget.limitBytes),
                    count - start))
            let keyTexts = OrderedBytes.encode(
                keys.map { key in
                    SortKey(
                        key.vector.taking(rows: rows), descending: key.descending,
                        nullsFirst: key.nullsFirst)
                }, count: rows.count)
            try run.append(
                columns.map { $0.taking(rows: rows) }, keys: keyTexts,
                places: Buffer(rows.array.map { places[Int($0)] }), sort.context.spill)
            keyBytes = keyTexts.heap.count / rows.count
            start += rows.count
        }
        runs.append(run)
    }

    /// Each column as one vector.
    private func joined(_ held: [HeldBatch]) throws(DemetraError) -> [Vector] {
        var parts = sort.types.indices.map { index in held.map { $0.batch.vectors[index] } }
        var columns: [Vector] = []
        for (index, type) in sort.types.enumerated() {
            columns.append(try Vector.concatenating(parts[index], type: type).withoutConstant())
            parts[index] = []
        }
        return columns
    }
}
