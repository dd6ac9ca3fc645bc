import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Window functions over rows that do not fit into memory.
///
/// For each group of calls the rows are sorted in files by partition and order; as many whole partitions at a time as are
/// worth it are computed in memory. The columns of one group of calls are among those that are sorted for the next. A
/// partition must fit into memory.
struct WindowedRows: BatchSource {
    let window: WindowOperator
    /// The rows, sorted for the first group of calls.
    let sort: ExternalSort
    let context: ExecutionContext

    var morselCount: Int { 1 }

    func makeCursor() -> any BatchCursor { Cursor(self) }

    private final class Cursor: BatchCursor {
        private let rows: WindowedRows
        init(_ rows: WindowedRows) { self.rows = rows }

        func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            try rows.compute(into: consumer)
        }
    }

    private func compute(into consumer: any BatchConsumer) throws(DemetraError) {
        var types = window.input.layout.types
        var sort = sort
        // Where in the rows the column of each call is.
        var positions = [Int](repeating: 0, count: window.addedCount)
        for (index, group) in window.groups.enumerated() {
            for (offset, output) in group.outputs.enumerated() {
                positions[output] = types.count + offset
            }
            types += group.calls.map(\.type)
            let isLast = index == window.groups.count - 1
            let target: any BatchConsumer
            var next: ExternalSort?
            if isLast {
                let order = Array(window.input.layout.types.indices) + positions
                target = Arrangement(order, consumer)
            } else {
                let following = window.makeSort(window.groups[index + 1], types, context)
                next = following
                target = following.makeLocal()
            }
            try compute(group, try sort.makeReader(), into: target)
            if let next, let local = target as? any SinkLocal {
                try local.finishMorsel(0)
                try next.combine([local])
                sort = next
            }
        }
    }

    /// Computes whole partitions of sorted rows.
    private func compute(
        _ group: WindowGroup, _ rows: SortedBatches, into consumer: any BatchConsumer
    ) throws(DemetraError) {
        let open = OpenPartitions(group, context)
        while consumer.wantsMore, let batch = try rows.next() {
            try open.append(batch)
            if let part = try open.whole() { try emit(group, part, into: consumer) }
        }
        if let part = try open.rest() { try emit(group, part, into: consumer) }
    }

    private func emit(
        _ group: WindowGroup, _ part: Batch, into consumer: any BatchConsumer
    ) throws(DemetraError) {
        try context.cancellation.check()
        let results = try window.compute(group, part, context)
        for (start, count) in BatchRanges(part.count) where consumer.wantsMore {
            let vectors = (part.vectors + results).map { $0.slice(from: start, count: count) }
            try consumer.consume(Batch(vectors, count: count))
        }
    }

    /// Puts columns into their order.
    private final class Arrangement: BatchConsumer {
        private let order: [Int]
        private let next: any BatchConsumer

        init(_ order: [Int], _ next: any BatchConsumer) {
            self.order = order
            self.next = next
        }

        var wantsMore: Bool { next.wantsMore }

        func consume(_ batch: Batch) throws(DemetraError) {
            try next.consume(Batch(order.map { batch.vectors[$0] }, count: batch.count))
        }
    }
}
