import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// What became of a table's rows between two times, part by part on all workers.
struct ChangesOperator: PhysicalOperator {
    let scan: ChangeScan
    var layout: ColumnLayout { ColumnLayout(scan.columns.map(\.column)) }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        guard let table = context.snapshot.table(scan.table.id) else {
            throw DemetraError(
                .undefinedTable, "relation \"\(scan.table.name)\" does not exist")
        }
        let feed = try table.changes(
            after: scan.start, through: scan.end, now: context.evaluation.statementTime)
        return BatchStream(
            source: Source(
                feed: feed, columns: scan.columns.map { Self.column($0.content) },
                context: context))
    }

    private static func column(_ content: ChangeContent) -> ChangeColumn {
        switch content {
        case .commitTime: .commitTime
        case .commitSequence: .commitSequence
        case .kind: .kind
        case .either(let position): .either(position)
        case .old(let position): .old(position)
        case .new(let position): .new(position)
        }
    }

    private struct Source: BatchSource {
        let feed: ChangeFeed
        let columns: [ChangeColumn]
        let context: ExecutionContext
        var morselCount: Int { feed.partCount }

        func makeCursor() -> any BatchCursor { ChangesCursor(self) }
    }

    /// One worker's way through the parts.
    // Owned by one worker.
    private final class ChangesCursor: BatchCursor {
        private let source: Source

        init(_ source: Source) { self.source = source }

        func read(morsel index: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            let context = source.context
            try context.cancellation.check()
            let reader = try ChangeReader(
                source.feed, part: index, columns: source.columns, budget: context.budget,
                cancellation: context.cancellation)
            while consumer.wantsMore, let batch = try reader.next() {
                try context.cancellation.check()
                try consumer.consume(batch)
            }
        }
    }
}
