import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// A hash join of which neither side fits: both are cut by the hash of their keys, and joined part by part.
///
/// A build part that does not fit either is cut by further bits of the hash. Where that does not help, because one key
/// has most of the rows, the part is taken in pieces that fit, and the other side read once for each.
///
/// - Source: Kitsuregawa et al., "Application of Hash to Data Base Machine and Its Architecture", 1983 (GRACE).
struct PartitionedJoin: BatchSource {
    let join: HashJoinOperator
    let build: BuildCollector.Aside
    /// For each partition the rows of the left side.
    let probe: [[SpilledRows]]
    let context: ExecutionContext

    var morselCount: Int { 1 }

    func makeCursor() -> any BatchCursor { Cursor(self) }

    private final class Cursor: BatchCursor {
        private let source: PartitionedJoin
        init(_ source: PartitionedJoin) { self.source = source }

        func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            let run = PartitionedJoinRun(source, consumer)
            for (build, probe) in zip(source.build.partitions, source.probe) {
                try run.join(build, probe, level: 1, isSkewed: false)
            }
        }
    }
}

/// One way through the partitions of a join.
// Owned by one thread.
private final class PartitionedJoinRun {
    /// A part of a partition that has more of its rows than one in so many is not worth another cut.
    private static let skew = (part: 9, whole: 10)

    private let source: PartitionedJoin
    private let consumer: any BatchConsumer
    private let budget: MemoryBudget
    private var context: ExecutionContext { source.context }

    init(_ source: PartitionedJoin, _ consumer: any BatchConsumer) {
        self.source = source
        self.consumer = consumer
        budget = source.context.spill.budget("join", of: source.context.budget)
    }

    /// - Parameter isSkewed: cutting the rows again would not help.
    func join(
        _ build: [SpilledRows], _ probe: [SpilledRows], level: Int, isSkewed: Bool
    ) throws(DemetraError) {
        guard consumer.wantsMore else { return }
        if probe.isEmpty, source.join.kind != .full { return }
        if build.isEmpty, source.join.kind == .inner || source.join.kind == .semi { return }
        var blocks = BlockReader(build)
        let first = try load(&blocks)
        if blocks.isDone { return try join(first, probe) }
        if !isSkewed, level <= PartitionWriter.deepestLevel {
            first.giveBack()
            return try cut(build, probe, level: level)
        }
        try joinPieces(first, &blocks, probe)
    }

    // MARK: Rows that fit

    /// Build rows in memory, and what they and their hash table take while the object lives.
    private final class Loaded {
        private(set) var batches: [Batch] = []
        private let budget: MemoryBudget
        private var byteCount = 0

        init(_ budget: MemoryBudget) { self.budget = budget }

        deinit { budget.release(byteCount) }

        /// False when the rows do not fit beside those that are there.
        func append(_ batch: Batch) -> Bool {
            let cost = BuildCollector.cost(batch)
            if batches.isEmpty {
                budget.charge(cost)
            } else if !budget.reserveIfPossible(cost) {
                return false
            }
            byteCount += cost
            batches.append(batch)
            return true
        }

        /// The rows, which are not kept any longer.
        func taken() -> MaterializedRows {
            defer { batches = [] }
            return MaterializedRows(batches: batches)
        }

        func giveBack() {
            batches = []
            budget.release(byteCount)
            byteCount = 0
        }
    }

    private struct BlockReader {
        private let parts: [SpilledRows]
        private var part = 0
        private var block = 0
        private var waiting: Batch?

        init(_ parts: [SpilledRows]) { self.parts = parts.filter { $0.morselCount > 0 } }

        var isDone: Bool { waiting == nil && part == parts.count }

        mutating func next() throws(DemetraError) -> Batch? {
            if let waiting {
                self.waiting = nil
                return waiting
            }
            guard part < parts.count else { return nil }
            let batch = try parts[part].read(block)
            block += 1
            if block == parts[part].morselCount { (part, block) = (part + 1, 0) }
            return batch
        }

        mutating func putBack(_ batch: Batch) { waiting = batch }
    }

    /// As many rows as memory allows, one block at least.
    private func load(_ blocks: inout BlockReader) throws(DemetraError) -> Loaded {
        let loaded = Loaded(budget)
        while let batch = try blocks.next() {
            try context.cancellation.check()
            guard loaded.append(batch) else {
                blocks.putBack(batch)
                break
            }
        }
        return loaded
    }

    private func side(_ loaded: Loaded) throws(DemetraError) -> BuildSide {
        try BuildSide(
            loaded.taken(), types: source.join.right.layout.types,
            keys: source.join.rightKeys, nullsMatch: source.join.nullsMatch,
            whole: source.build.totals, context)
    }

    private func join(_ loaded: Loaded, _ probe: [SpilledRows]) throws(DemetraError) {
        // The rows count as long as they are joined.
        defer { withExtendedLifetime(loaded) {} }
        try joinTracking(source.join.kind, try side(loaded), probe)
    }

    /// Joins rows with those in memory; a full join gives those without a partner as well.
    private func joinTracking(
        _ kind: PlanJoinKind, _ build: BuildSide, _ probe: [SpilledRows]
    ) throws(DemetraError) {
        let tracker = source.join.kind == .full ? MatchTracker(count: build.count) : nil
        try read(probe, into: stage(kind, build, tracker).makeConsumer(consumer))
        guard let tracker else { return }
        try source.join.unmatched(build, tracker) { (batch) throws(DemetraError) in
            try consumer.consume(batch)
        }
    }

    private func read(
        _ rows: [SpilledRows], into consumer: any BatchConsumer
    ) throws(DemetraError) {
        for part in rows {
            let cursor = part.makeCursor()
            for block in 0..<part.morselCount where consumer.wantsMore {
                try context.cancellation.check()
                try cursor.read(morsel: block, into: consumer)
            }
        }
    }

    // MARK: Smaller partitions

    private func cut(
        _ build: [SpilledRows], _ probe: [SpilledRows], level: Int
    ) throws(DemetraError) {
        let builds = try partitions(of: build, source.join.rightKeys, level: level)
        let probes = try partitions(of: probe, source.join.leftKeys, level: level)
        let whole = builds.reduce(0) { $0 + $1.rowCount }
        for (build, probe) in zip(builds, probes) {
            let isSkewed = build.rowCount * Self.skew.whole > whole * Self.skew.part
            try join(
                build.morselCount == 0 ? [] : [build], probe.morselCount == 0 ? [] : [probe],
                level: level + 1, isSkewed: isSkewed)
        }
    }

    private func partitions(
        of rows: [SpilledRows], _ keys: ExpressionProgram, level: Int
    ) throws(DemetraError) -> [SpilledRows] {
        let writer = try PartitionWriter(context.spill, level: level, context.cancellation)
        let evaluator = ExpressionEvaluator(keys, context)
        for part in rows {
            try part.forEachBatch { (batch) throws(DemetraError) in
                try writer.append(batch, keys: try evaluator.evaluate(batch))
            }
        }
        return try writer.finish()
    }

    // MARK: One key with too many rows

    /// Joins piece by piece. Rows of the left side that have found no partner yet go from piece to piece.
    private func joinPieces(
        _ first: Loaded, _ blocks: inout BlockReader, _ probe: [SpilledRows]
    ) throws(DemetraError) {
        let kind = source.join.kind
        switch kind {
        case .inner, .left, .full, .semi, .anti, .nullAwareAnti, .mark: break
        default:
            throw DemetraError(
                .outOfMemory, "out of memory in join",
                detail: "One key has more rows than fit, and this kind of join needs all of them.",
                hint: "Filter the rows first, or raise memory_limit.")
        }
        var open = probe
        var piece = first
        while true {
            let isLast = blocks.isDone
            open = try join(piece: try side(piece), isLast: isLast, probe, open)
            if isLast { return }
            piece.giveBack()
            piece = try load(&blocks)
        }
    }

    /// - Parameter open: left rows that have found no partner in an earlier piece.
    /// - Returns: those of them that have found none in this one.
    private func join(
        piece build: BuildSide, isLast: Bool, _ probe: [SpilledRows], _ open: [SpilledRows]
    ) throws(DemetraError) -> [SpilledRows] {
        switch source.join.kind {
        case .inner:
            try read(probe, into: stage(.inner, build).makeConsumer(consumer))
            return open
        case .left, .full:
            try joinTracking(.inner, build, probe)
            let rest = try withoutPartner(open, build)
            if isLast { try pad(rest, build) }
            return rest
        case let kind where isLast:
            try read(open, into: stage(kind, build).makeConsumer(consumer))
            return []
        case .semi, .mark:
            try emitPartnered(open, build)
            return try withoutPartner(open, build)
        default: return try withoutPartner(open, build)
        }
    }

    private func stage(
        _ kind: PlanJoinKind, _ build: BuildSide, _ tracker: MatchTracker? = nil
    ) -> ProbeStage {
        ProbeStage(join: source.join.with(kind), build: build, tracker: tracker, context: context)
    }

    private func withoutPartner(
        _ rows: [SpilledRows], _ build: BuildSide
    ) throws(DemetraError) -> [SpilledRows] {
        let sink = SpilledSink(try context.spill.makeFile(), context.spill)
        try read(rows, into: stage(.anti, build).makeConsumer(sink))
        return [try sink.finish()]
    }

    /// Rows with a partner in a piece, of joins that give each left row once.
    private func emitPartnered(
        _ rows: [SpilledRows], _ build: BuildSide
    ) throws(DemetraError) {
        guard case .mark = source.join.kind else {
            return try read(rows, into: stage(.semi, build).makeConsumer(consumer))
        }
        let marker = TrueMarker(consumer)
        try read(rows, into: stage(.semi, build).makeConsumer(marker))
    }

    private func pad(_ rows: [SpilledRows], _ build: BuildSide) throws(DemetraError) {
        for part in rows {
            try part.forEachBatch { (batch) throws(DemetraError) in
                let nulls = build.columns.map { Vector.nulls($0.type, count: batch.count) }
                try consumer.consume(Batch(batch.vectors + nulls, count: batch.count))
            }
        }
    }

    /// Rows that found their partner, with the mark that says so.
    private final class TrueMarker: BatchConsumer {
        private let next: any BatchConsumer
        init(_ next: any BatchConsumer) { self.next = next }

        var wantsMore: Bool { next.wantsMore }

        func consume(_ batch: Batch) throws(DemetraError) {
            let mark = Vector.constant(.boolean(true), type: .boolean, count: batch.count)
            try next.consume(Batch(batch.vectors + [mark], count: batch.count))
        }
    }

    /// Writes rows one after the other.
    private final class SpilledSink: BatchConsumer {
        private let space: SpillSpace
        private var pending = PendingRows()
        private var rows: SpilledRows

        init(_ file: SpillFile, _ space: SpillSpace) {
            self.space = space
            rows = SpilledRows(file)
        }

        var wantsMore: Bool { true }

        func consume(_ batch: Batch) throws(DemetraError) {
            pending.append(batch)
            if pending.isBlock { try rows.append(&pending, space) }
        }

        func finish() throws(DemetraError) -> SpilledRows {
            try rows.append(&pending, space)
            return rows
        }
    }
}
