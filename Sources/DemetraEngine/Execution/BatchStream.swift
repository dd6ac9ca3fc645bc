package import DemetraTypes
package import DemetraVectors

/// Takes batches in: the push side of every operator. One object belongs to one worker.
package protocol BatchConsumer: AnyObject {
    /// Takes one batch of at most `Batch.capacity` rows.
    func consume(_ batch: Batch) throws(DemetraError)

    /// False once further batches would change nothing, so that sources stop early.
    var wantsMore: Bool { get }
}

/// Where rows come from, cut into morsels that workers take in turn.
package protocol BatchSource: Sendable {
    /// The number of morsels.
    var morselCount: Int { get }

    /// The state of one worker.
    func makeCursor() throws(DemetraError) -> any BatchCursor
}

extension BatchSource {
    /// All rows in order, read by the caller.
    func forEachBatch(_ body: (Batch) throws(DemetraError) -> Void) throws(DemetraError) {
        let cursor = try makeCursor()
        for morsel in 0..<morselCount {
            let taker = BatchTaker()
            try cursor.read(morsel: morsel, into: taker)
            for batch in taker.batches { try body(batch) }
        }
    }
}

/// Keeps what it is given.
private final class BatchTaker: BatchConsumer {
    var batches: [Batch] = []
    var wantsMore: Bool { true }
    func consume(_ batch: Batch) { batches.append(batch) }
}

/// One worker's way through a source.
package protocol BatchCursor: AnyObject {
    /// Pushes all rows of a morsel into `consumer`.
    func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError)
}

/// A step that batches pass through without waiting for others: filter, project, probe.
package protocol StreamStage: Sendable {
    /// The state of one worker, pushing into `next`.
    func makeConsumer(_ next: any BatchConsumer) -> any BatchConsumer
}

/// A source and the stages behind it: rows on their way to a sink.
package struct BatchStream: Sendable {
    /// Where the rows come from.
    package let source: any BatchSource
    /// What they pass through.
    package let stages: [any StreamStage]

    /// Makes a stream.
    package init(source: any BatchSource, stages: [any StreamStage] = []) {
        self.source = source
        self.stages = stages
    }

    /// The stream with one more stage at its end.
    package func adding(_ stage: any StreamStage) -> BatchStream {
        BatchStream(source: source, stages: stages + [stage])
    }
}

/// The end of a pipeline: keeps what the rows make.
package protocol PipelineSink: AnyObject, Sendable {
    /// The state of one worker.
    func makeLocal() throws(DemetraError) -> any SinkLocal

    /// Joins the states of all workers, on the caller's thread, after the last morsel.
    func combine(_ locals: [any SinkLocal]) throws(DemetraError)
}

/// One worker's part of a sink.
package protocol SinkLocal: BatchConsumer {
    /// All rows of morsel `index` have been consumed; rows that follow belong to a later one.
    func finishMorsel(_ index: Int) throws(DemetraError)
}

extension SinkLocal {
    /// Most sinks do not care where a row came from.
    package func finishMorsel(_ index: Int) throws(DemetraError) {}

    /// Most sinks want everything.
    package var wantsMore: Bool { true }
}
