import DemetraTypes
import DemetraVectors

/// Gives the rows of sorted runs in their order.
///
/// A heap holds the runs by their next rows. Rows are gathered many at a time: those of one block together, then put
/// into their order.
// Owned by one thread.
final class RunMerger {
    /// Rows that are gathered at a time.
    private static let gatheredRows = Batch.capacity * 2

    private let width: Int
    private let types: [LogicalType]
    private let cancellation: CancellationFlag
    private var heap: [RunReader] = []

    /// - Parameter givesKeys: whether keys and places come with the rows.
    init(
        _ runs: [SortedRun], types: [LogicalType], givesKeys: Bool = false,
        cancellation: CancellationFlag
    ) throws(DemetraError) {
        width = types.count
        self.types = types + (givesKeys ? [.bytea, .bigint] : [])
        self.cancellation = cancellation
        for run in runs {
            let reader = RunReader(run)
            if try reader.advance() { heap.append(reader) }
        }
        for position in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(position) }
    }

    /// Rows in their order.
    struct Rows {
        let columns: [Vector]
        let count: Int
        /// Keys and places, for a merger that gives them.
        fileprivate let others: [Vector]

        /// The rows' keys.
        func keys() throws(DemetraError) -> TextBuffer {
            guard case .text(let keys) = others.first?.flattened().storage else {
                throw DemetraError(.internalError, "a merge gives no keys")
            }
            return keys
        }

        /// The rows' places among all.
        func places() throws(DemetraError) -> Buffer<Int64> {
            guard case .int64(let places) = others.last?.flattened().storage else {
                throw DemetraError(.internalError, "a merge gives no places")
            }
            return places
        }
    }

    /// The next rows; nil behind the last.
    ///
    /// - Throws: 57014 when the statement was cancelled, XX001 and 58030 when the file cannot be read.
    func next() throws(DemetraError) -> Rows? {
        try cancellation.check()
        guard !heap.isEmpty else { return nil }
        for reader in heap { reader.slot = nil }
        var parts = PickedRows()
        while parts.count < Self.gatheredRows, let first = heap.first, let part = first.part {
            let slot = first.slot ?? parts.add(part)
            first.slot = slot
            parts.pick(Int32(first.row), of: slot)
            if try !first.advance() {
                heap[0] = heap[heap.count - 1]
                heap.removeLast()
            }
            sink(0)
        }
        let columns = try parts.gathered(types)
        return Rows(
            columns: Array(columns[..<width]), count: parts.count,
            others: Array(columns[width...]))
    }

    private func sink(_ start: Int) {
        var position = start
        while true {
            let (left, right) = (position * 2 + 1, position * 2 + 2)
            var least = position
            if left < heap.count, heap[left].precedes(heap[least]) { least = left }
            if right < heap.count, heap[right].precedes(heap[least]) { least = right }
            guard least != position else { return }
            heap.swapAt(least, position)
            position = least
        }
    }
}

/// Rows of several blocks, in the order in which they were picked.
private struct PickedRows {
    private var parts: [(part: SortedPart, rows: [Int32])] = []
    private var picks: [(slot: Int32, index: Int32)] = []

    var count: Int { picks.count }

    mutating func add(_ part: SortedPart) -> Int {
        parts.append((part, []))
        return parts.count - 1
    }

    mutating func pick(_ row: Int32, of slot: Int) {
        picks.append((Int32(slot), Int32(parts[slot].rows.count)))
        parts[slot].rows.append(row)
    }

    /// Each column of all parts: the rows of one block together, then put into the order.
    func gathered(_ types: [LogicalType]) throws(DemetraError) -> [Vector] {
        var starts: [Int32] = [0]
        for part in parts { starts.append(starts[starts.count - 1] + Int32(part.rows.count)) }
        let order = Buffer(picks.map { starts[Int($0.slot)] + $0.index })
        let rows = parts.map { Buffer($0.rows) }
        var columns: [Vector] = []
        for (index, type) in types.enumerated() {
            let taken = zip(parts, rows).map { $0.part.columns[index].taking(rows: $1) }
            let joined = try Vector.concatenating(taken, type: type)
            columns.append(parts.count == 1 ? joined : joined.taking(rows: order))
        }
        return columns
    }
}
