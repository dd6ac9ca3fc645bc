import DemetraTypes
import DemetraVectors

/// Hands rows to the client while the query still runs, in the order of the source.
final class ResultSink {
    private let output: any StatementOutput
    private(set) var rowCount = 0
    private var progress: ReadProgress?

    init(output: any StatementOutput) { self.output = output }

    func run(_ stream: BatchStream, _ context: ExecutionContext) throws(DemetraError) {
        progress = context.progress
        let waves = RowWaves(stream, context)
        while !waves.isSerial {
            switch try waves.next() {
            case .rows(let batches):
                for batch in batches { try deliver(batch) }
                waves.release()
            case .tooMany: return try waves.runInline(deliver)
            case .end: return
            }
        }
        try waves.runInline(deliver)
    }

    private func deliver(_ batch: Batch) throws(DemetraError) {
        guard batch.count > 0 else { return }
        rowCount += batch.count
        progress?.addReturned(batch.count)
        try output.rows(batch)
    }
}
