import DemetraPlanner
import DemetraTypes
import DemetraVectors
import Synchronization

/// Which build rows of a FULL join have found a partner, over all workers.
final class MatchTracker: Sendable {
    private let matched: Mutex<[Bool]>

    init(count: Int) { matched = Mutex(Array(repeating: false, count: count)) }

    func mark(_ rows: Buffer<Int32>) {
        matched.withLock { flags in
            for index in 0..<rows.count where rows[index] >= 0 { flags[Int(rows[index])] = true }
        }
    }

    func unmatched() -> Buffer<Int32> {
        matched.withLock { flags in
            Buffer(flags.indices.filter { !flags[$0] }.map { Int32($0) })
        }
    }
}

/// The streaming side of a hash join.
struct ProbeStage: StreamStage {
    let join: HashJoinOperator
    let build: BuildSide
    let tracker: MatchTracker?
    let context: ExecutionContext

    func makeConsumer(_ next: any BatchConsumer) -> any BatchConsumer { Probe(self, next) }
}

/// One worker's probe.
// Owned by one worker.
private final class Probe: BatchConsumer {
    private let join: HashJoinOperator
    private let build: BuildSide
    private let tracker: MatchTracker?
    private let context: ExecutionContext
    private let keys: ExpressionEvaluator
    private let condition: ExpressionEvaluator?
    private let next: any BatchConsumer
    /// This worker's way into the table; nil without keys.
    private let probe: JoinProbe?

    init(_ stage: ProbeStage, _ next: any BatchConsumer) {
        join = stage.join
        build = stage.build
        tracker = stage.tracker
        context = stage.context
        keys = ExpressionEvaluator(stage.join.leftKeys, stage.context)
        condition = stage.join.condition.map { ExpressionEvaluator($0, stage.context) }
        self.next = next
        probe = stage.build.table.map { JoinProbe($0) }
    }

    var wantsMore: Bool { next.wantsMore }

    func consume(_ batch: Batch) throws(DemetraError) {
        let keyVectors = try keys.evaluate(batch)
        switch join.kind {
        case .inner: try inner(batch, keyVectors)
        case .left, .full: try outer(batch, keyVectors, isSingle: false)
        case .single: try outer(batch, keyVectors, isSingle: true)
        case .semi:
            try keep(batch, try matches(batch, keyVectors), true)
        case .anti:
            try keep(batch, try matches(batch, keyVectors), false)
        case .nullAwareAnti: try nullAwareAnti(batch, keyVectors)
        case .mark(_, let isNullAware): try mark(batch, keyVectors, isNullAware)
        case .right, .asof, .asofLeft:
            throw DemetraError(.internalError, "this join is not made by probing")
        }
    }

    // MARK: Pairs

    /// Calls `body` with runs of matching pairs, of a bounded size each.
    private func forEachRun(
        _ batch: Batch, _ keyVectors: [Vector],
        _ body: (_ left: Buffer<Int32>, _ right: Buffer<Int32>) throws(DemetraError) -> Void
    ) throws(DemetraError) {
        if let probe {
            probe.start(keys: keyVectors, count: batch.count)
            while let pairs = probe.next(limit: Batch.capacity) {
                try context.cancellation.check()
                guard pairs.count > 0 else { continue }
                try emit(batch, pairs.probeRows, pairs.buildRows, body)
            }
            return
        }
        for row in 0..<batch.count {
            for (start, count) in BatchRanges(build.count) {
                try context.cancellation.check()
                let left = Buffer(repeating: Int32(row), count: count)
                let right = TakeKernel.range(from: start, count: count)
                try emit(batch, left, right, body)
            }
        }
    }

    /// Filters a run of pairs by the condition.
    private func emit(
        _ batch: Batch, _ left: Buffer<Int32>, _ right: Buffer<Int32>,
        _ body: (_ left: Buffer<Int32>, _ right: Buffer<Int32>) throws(DemetraError) -> Void
    ) throws(DemetraError) {
        guard let condition else { return try body(left, right) }
        let leftWidth = batch.vectors.count
        let inputs = condition.program.inputs
        var vectors: [Vector] = []
        for index in 0..<(leftWidth + build.columns.count) {
            if !inputs.contains(index) {
                vectors.append(.nulls(.boolean, count: left.count))
            } else if index < leftWidth {
                vectors.append(batch.vectors[index].taking(rows: left))
            } else {
                vectors.append(build.columns[index - leftWidth].taking(rows: right))
            }
        }
        let selection = try condition.select(Batch(vectors, count: left.count), within: nil)
        if selection.count == 0 { return }
        if selection.count == left.count { return try body(left, right) }
        try body(
            TakeKernel.codes(left, at: selection.indices),
            TakeKernel.codes(right, at: selection.indices))
    }

    // MARK: Kinds

    private func inner(_ batch: Batch, _ keyVectors: [Vector]) throws(DemetraError) {
        if build.table == nil, condition == nil, build.count == 1 {
            let ones = build.columns.map {
                Vector.constant($0.slice(from: 0, count: 1), count: batch.count)
            }
            return try next.consume(Batch(batch.vectors + ones, count: batch.count))
        }
        let (next, build, tracker) = (next, build, tracker)
        try forEachRun(batch, keyVectors) { (left, right) throws(DemetraError) in
            tracker?.mark(right)
            // A row of facts with exactly one partner each, as most are, stays where it is.
            let kept =
                TakeKernel.isIdentity(left, count: batch.count)
                ? batch.vectors : batch.vectors.map { $0.taking(rows: left) }
            try next.consume(
                Batch(kept + build.columns.map { $0.taking(rows: right) }, count: left.count))
        }
    }

    private func outer(
        _ batch: Batch, _ keyVectors: [Vector], isSingle: Bool
    ) throws(DemetraError) {
        if isSingle, build.table == nil, condition == nil { return try attachSingleRow(batch) }
        var counts = [UInt8](repeating: 0, count: batch.count)
        let (next, build, tracker) = (next, build, tracker)
        try forEachRun(batch, keyVectors) { (left, right) throws(DemetraError) in
            for index in 0..<left.count {
                let row = Int(left[index])
                if isSingle, counts[row] > 0 { throw Self.moreThanOneRow }
                counts[row] = 1
            }
            tracker?.mark(right)
            let vectors =
                batch.vectors.map { $0.taking(rows: left) }
                + build.columns.map { $0.taking(rows: right) }
            try next.consume(Batch(vectors, count: left.count))
        }
        let rest = Buffer(counts.indices.filter { counts[$0] == 0 }.map { Int32($0) })
        guard rest.count > 0 else { return }
        let vectors =
            batch.vectors.map { $0.taking(rows: rest) }
            + build.columns.map { Vector.nulls($0.type, count: rest.count) }
        try next.consume(Batch(vectors, count: rest.count))
    }

    private static let moreThanOneRow = DemetraError(
        .cardinalityViolation, "more than one row returned by a subquery used as an expression",
        hint: "Add a condition or LIMIT 1 so that the subquery gives at most one row.")

    /// An uncorrelated scalar subquery: its one value beside every row.
    private func attachSingleRow(_ batch: Batch) throws(DemetraError) {
        guard build.count <= 1 else { throw Self.moreThanOneRow }
        let ones = build.columns.map { column in
            build.count == 0
                ? Vector.nulls(column.type, count: batch.count)
                : Vector.constant(column.slice(from: 0, count: 1), count: batch.count)
        }
        try next.consume(Batch(batch.vectors + ones, count: batch.count))
    }

    /// For each row of the batch, 1 when it has a partner.
    private func matches(
        _ batch: Batch, _ keyVectors: [Vector]
    ) throws(DemetraError) -> Buffer<UInt8> {
        if condition == nil {
            guard let probe else {
                return Buffer(repeating: build.count > 0 ? 1 : 0, count: batch.count)
            }
            return probe.matches(keys: keyVectors, count: batch.count)
        }
        var found = [UInt8](repeating: 0, count: batch.count)
        try forEachRun(batch, keyVectors) { (left, _) throws(DemetraError) in
            for index in 0..<left.count { found[Int(left[index])] = 1 }
        }
        return Buffer(found)
    }

    private func keep(
        _ batch: Batch, _ found: Buffer<UInt8>, _ wanted: Bool
    ) throws(DemetraError) {
        let flags = Vector(type: .boolean, count: batch.count, storage: .boolean(found))
        let selection = FilterKernel.select(wanted ? flags : LogicKernel.not(flags), within: nil)
        guard selection.count > 0 else { return }
        try next.consume(selection.count == batch.count ? batch : batch.taking(selection))
    }

    private func nullAwareAnti(_ batch: Batch, _ keyVectors: [Vector]) throws(DemetraError) {
        if build.isWholeEmpty { return try next.consume(batch) }
        let answers = try membership(batch, keyVectors)
        let selection = FilterKernel.select(LogicKernel.not(answers), within: nil)
        guard selection.count > 0 else { return }
        try next.consume(selection.count == batch.count ? batch : batch.taking(selection))
    }

    private func mark(
        _ batch: Batch, _ keyVectors: [Vector], _ isNullAware: Bool
    ) throws(DemetraError) {
        let answers: Vector
        if isNullAware {
            answers = try membership(batch, keyVectors)
        } else {
            answers = Vector(
                type: .boolean, count: batch.count,
                storage: .boolean(try matches(batch, keyVectors)))
        }
        try next.consume(Batch(batch.vectors + [answers], count: batch.count))
    }

    /// `keys IN (build side)`, three-valued: NULL where no row matches but a NULL leaves it open.
    private func membership(
        _ batch: Batch, _ keyVectors: [Vector]
    ) throws(DemetraError) -> Vector {
        let found = try matches(batch, keyVectors)
        let answers = Vector(type: .boolean, count: batch.count, storage: .boolean(found))
        guard !build.isWholeEmpty else { return answers }
        guard keyVectors.count == 1, condition == nil else {
            return try rowMembership(batch, keyVectors, answers)
        }
        if build.hasNullKey {
            let nulls = Vector.nulls(.boolean, count: batch.count)
            return LogicKernel.or(answers, nulls)
        }
        // A NULL key matches nothing, and against a side with rows the answer is NULL.
        return answers.masked(byNullsOf: keyVectors)
    }

    /// The general form: keys of several columns, or a condition: every build row that might be equal
    /// if its NULLs, or the row's own, were known makes the answer NULL.
    private func rowMembership(
        _ batch: Batch, _ keyVectors: [Vector], _ answers: Vector
    ) throws(DemetraError) -> Vector {
        guard condition == nil else { return answers }
        let buildKeys = try ExpressionEvaluator(join.rightKeys, context)
            .evaluate(Batch(build.columns, count: build.count))
        var values: [Value] = []
        for row in 0..<batch.count {
            if answers.value(at: row) == .boolean(true) {
                values.append(.boolean(true))
                continue
            }
            let mine = keyVectors.map { $0.value(at: row) }
            let isOpen = (0..<build.count).contains { other in
                zip(mine, buildKeys).allSatisfy { value, column in
                    let theirs = column.value(at: other)
                    return value.isNull || theirs.isNull || value == theirs
                }
            }
            values.append(isOpen ? .null : .boolean(false))
        }
        return Vector(values, type: .boolean)
    }
}
