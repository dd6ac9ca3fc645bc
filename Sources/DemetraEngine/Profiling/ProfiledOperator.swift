import DemetraFunctions
import DemetraTypes
import DemetraVectors
import Synchronization

/// An operator whose rows and time are counted.
struct ProfiledOperator: PhysicalOperator {
    private let inner: any PhysicalOperator
    private let profile: OperatorProfile
    private let clock: any Clock

    init(_ inner: any PhysicalOperator, _ profile: OperatorProfile, _ clock: any Clock) {
        var inner = inner
        if var scan = inner as? ScanOperator {
            scan.profile = profile
            inner = scan
        }
        if var function = inner as? TableFunctionOperator {
            let time = TrainingTime(clock: clock)
            function.trainingTime = time
            profile.trainingTime.withLock { $0 = time }
            inner = function
        }
        self.inner = inner
        self.profile = profile
        self.clock = clock
    }

    var layout: ColumnLayout { inner.layout }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        try opening { () throws(DemetraError) in try inner.open(context) }
    }

    func open(
        _ context: ExecutionContext, border: SharedBorder
    ) throws(DemetraError) -> BatchStream {
        try opening { () throws(DemetraError) in try inner.open(context, border: border) }
    }

    private func opening(
        _ open: () throws(DemetraError) -> BatchStream
    ) throws(DemetraError) -> BatchStream {
        let start = clock.monotonicNanoseconds()
        var stream = try open()
        // A stream without a wrapper of an input begins with this operator's own rows.
        if !stream.stages.contains(where: { $0 is ProfileStage }) {
            stream = BatchStream(
                source: ProfiledSource(source: stream.source, profile: profile, clock: clock),
                stages: stream.stages)
        }
        profile.addOpening(clock.monotonicNanoseconds() - start)
        return stream.adding(ProfileStage(profile: profile, clock: clock))
    }
}

/// Counts what an operator gives out, and the time of those behind it.
struct ProfileStage: StreamStage {
    let profile: OperatorProfile
    let clock: any Clock

    func makeConsumer(_ next: any BatchConsumer) -> any BatchConsumer { Consumer(self, next) }

    private final class Consumer: BatchConsumer {
        private let stage: ProfileStage
        private let next: any BatchConsumer

        init(_ stage: ProfileStage, _ next: any BatchConsumer) {
            self.stage = stage
            self.next = next
        }

        var wantsMore: Bool { next.wantsMore }

        func consume(_ batch: Batch) throws(DemetraError) {
            let start = stage.clock.monotonicNanoseconds()
            defer {
                stage.profile.add(
                    rows: batch.count, behind: stage.clock.monotonicNanoseconds() - start)
            }
            try next.consume(batch)
        }
    }
}

/// Measures the reading of morsels.
private struct ProfiledSource: BatchSource {
    let source: any BatchSource
    let profile: OperatorProfile
    let clock: any Clock

    var morselCount: Int { source.morselCount }

    func makeCursor() throws(DemetraError) -> any BatchCursor {
        Cursor(try source.makeCursor(), self)
    }

    private final class Cursor: BatchCursor {
        private let cursor: any BatchCursor
        private let source: ProfiledSource

        init(_ cursor: any BatchCursor, _ source: ProfiledSource) {
            self.cursor = cursor
            self.source = source
        }

        func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            let start = source.clock.monotonicNanoseconds()
            defer { source.profile.addReading(source.clock.monotonicNanoseconds() - start) }
            try cursor.read(morsel: morsel, into: consumer)
        }
    }
}
