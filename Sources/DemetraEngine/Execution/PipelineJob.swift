import DemetraTypes
import Synchronization

/// Runs one pipeline: every worker takes morsels from the source and pushes them through its own chain
/// of stages into its own part of the sink.
///
/// Safe because what `places[slot]` holds is touched only by the worker that holds `slot`, and read by the caller
/// after the pool has seen the last worker leave.
final class PipelineJob: ParallelJob, @unchecked Sendable {
    private struct Chain {
        let cursor: any BatchCursor
        let first: any BatchConsumer
        let local: any SinkLocal
    }

    /// A worker's place: an object of its own, as writing to one element of an array is an access to all of it.
    private final class Place {
        var chain: Chain?
    }

    private let stream: BatchStream
    private let sink: any PipelineSink
    private let cancellation: CancellationFlag
    private let nextMorsel = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let failure = Mutex<DemetraError?>(nil)
    private let places: [Place]

    init(stream: BatchStream, sink: any PipelineSink, slots: Int, cancellation: CancellationFlag) {
        self.stream = stream
        self.sink = sink
        self.cancellation = cancellation
        places = (0..<slots).map { _ in Place() }
    }

    func step(slot: Int) -> Bool {
        guard !isStopped.load(ordering: .relaxed) else { return false }
        let morsel = nextMorsel.add(1, ordering: .relaxed).oldValue
        guard morsel < stream.source.morselCount else { return false }
        do {
            try cancellation.check()
            let chain = try chain(slot)
            guard chain.first.wantsMore else {
                isStopped.store(true, ordering: .relaxed)
                return false
            }
            try chain.cursor.read(morsel: morsel, into: chain.first)
            try chain.local.finishMorsel(morsel)
            return true
        } catch {
            failure.withLock { if $0 == nil { $0 = error } }
            isStopped.store(true, ordering: .relaxed)
            return false
        }
    }

    private func chain(_ slot: Int) throws(DemetraError) -> Chain {
        if let chain = places[slot].chain { return chain }
        let local = try sink.makeLocal()
        var first: any BatchConsumer = local
        for stage in stream.stages.reversed() { first = stage.makeConsumer(first) }
        let chain = Chain(cursor: try stream.source.makeCursor(), first: first, local: local)
        places[slot].chain = chain
        return chain
    }

    /// Joins what the workers kept.
    func finish() throws(DemetraError) {
        if let error = failure.withLock({ $0 }) { throw error }
        var locals = places.compactMap { $0.chain?.local }
        if locals.isEmpty { locals = [try sink.makeLocal()] }
        try sink.combine(locals)
    }
}
