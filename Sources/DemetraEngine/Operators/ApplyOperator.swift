import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Runs the right side once for each distinct row of outer values: correlated subqueries and LATERAL
/// joins that no rule turned into a plain join.
struct ApplyOperator: PhysicalOperator {
    let kind: PlanJoinKind
    let left: any PhysicalOperator
    let right: any PhysicalOperator
    /// Positions and names of the outer columns that the right side uses.
    let correlated: [(position: Int, column: PlanColumn)]
    /// For IN: the left value over the left columns, the right value over the right ones.
    let leftKeys: ExpressionProgram
    let rightKeys: ExpressionProgram
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        try left.open(context).adding(Stage(apply: self, context: context))
    }

    private struct Stage: StreamStage {
        let apply: ApplyOperator
        let context: ExecutionContext

        func makeConsumer(_ next: any BatchConsumer) -> any BatchConsumer {
            Consumer(apply, context, next)
        }
    }

    private final class Consumer: BatchConsumer {
        private let apply: ApplyOperator
        private let context: ExecutionContext
        private let next: any BatchConsumer
        private var known: [[Value]: MaterializedRows] = [:]
        /// What the rows of outer values that were seen take.
        private let knownBudget: MemoryBudget
        /// What the subquery takes at one outer row.
        private let rowBudget: MemoryBudget

        /// Rows are remembered in at most so many bytes, roughly, and in such a part of the memory allowed.
        private static let knownLimit = 64 << 20
        private static let memoryParts = 8

        init(
            _ apply: ApplyOperator, _ context: ExecutionContext, _ next: any BatchConsumer
        ) {
            self.apply = apply
            self.context = context
            self.next = next
            knownBudget = context.budget.child(
                "subquery",
                limitBytes: min(
                    Self.knownLimit, context.budget.lowestLimitBytes / Self.memoryParts))
            rowBudget = context.budget.child("subquery")
        }

        deinit { knownBudget.release(knownBudget.usedBytes) }

        var wantsMore: Bool { next.wantsMore }

        func consume(_ batch: Batch) throws(DemetraError) {
            for row in 0..<batch.count {
                guard next.wantsMore else { return }
                let values = apply.correlated.map { batch.vectors[$0.position].value(at: row) }
                let rows = try rows(for: values)
                let outer = Batch(
                    batch.vectors.map { $0.slice(from: row, count: 1) }, count: 1)
                // The subquery's memory is of no use behind this row; the statement may have very many.
                defer { rowBudget.release(rowBudget.usedBytes) }
                try emit(outer, rows)
            }
        }

        private func rows(for values: [Value]) throws(DemetraError) -> MaterializedRows {
            if let rows = known[values] { return rows }
            try context.cancellation.check()
            var outer: [ColumnIdentifier: Value] = [:]
            for (index, entry) in apply.correlated.enumerated() {
                outer[entry.column.id] = values[index]
            }
            let inner = context.child(outerValues: outer, budget: rowBudget)
            let rows = try inner.collect(try apply.right.open(inner))
            let bytes = rows.batches.reduce(256) { $0 + $1.byteCount }
            if knownBudget.tryReserve(bytes) { known[values] = rows }
            return rows
        }

        private func emit(_ outer: Batch, _ rows: MaterializedRows) throws(DemetraError) {
            switch apply.kind {
            case .inner: try emitPairs(outer, rows)
            case .left:
                if rows.rowCount > 0 {
                    try emitPairs(outer, rows)
                } else {
                    try emitPadded(outer)
                }
            case .single:
                guard rows.rowCount <= 1 else {
                    throw DemetraError(
                        .cardinalityViolation,
                        "more than one row returned by a subquery used as an expression")
                }
                if rows.rowCount == 1 {
                    try emitPairs(outer, rows)
                } else {
                    try emitPadded(outer)
                }
            case .semi: if rows.rowCount > 0 { try next.consume(outer) }
            case .anti: if rows.rowCount == 0 { try next.consume(outer) }
            case .mark(_, let isNullAware):
                let answer: Value =
                    isNullAware ? try membership(outer, rows) : .boolean(rows.rowCount > 0)
                let column = Vector.constant(answer, type: .boolean, count: 1)
                try next.consume(Batch(outer.vectors + [column], count: 1))
            case .nullAwareAnti:
                if try membership(outer, rows) == .boolean(false) { try next.consume(outer) }
            case .right, .full, .asof, .asofLeft:
                throw DemetraError(
                    .featureNotSupported, "this kind of join cannot refer to its left side")
            }
        }

        private func emitPairs(_ outer: Batch, _ rows: MaterializedRows) throws(DemetraError) {
            for batch in rows.batches where batch.count > 0 {
                let repeated = outer.vectors.map { Vector.constant($0, count: batch.count) }
                try next.consume(Batch(repeated + batch.vectors, count: batch.count))
            }
        }

        private func emitPadded(_ outer: Batch) throws(DemetraError) {
            let nulls = apply.right.layout.types.map { Vector.nulls($0, count: 1) }
            try next.consume(Batch(outer.vectors + nulls, count: 1))
        }

        /// `left keys IN (rows)`, three-valued.
        private func membership(
            _ outer: Batch, _ rows: MaterializedRows
        ) throws(DemetraError) -> Value {
            let mine = try ExpressionEvaluator(apply.leftKeys, context).evaluate(outer)
            let evaluator = ExpressionEvaluator(apply.rightKeys, context)
            var hasOpen = false
            for batch in rows.batches {
                let theirs = try evaluator.evaluate(batch)
                var all = Vector.constant(.boolean(true), type: .boolean, count: batch.count)
                for (left, right) in zip(mine, theirs) {
                    let repeated = Vector.constant(left, count: batch.count)
                    all = LogicKernel.and(all, CompareKernel.compare(.equal, repeated, right))
                }
                if FilterKernel.select(all, within: nil).count > 0 { return .boolean(true) }
                if all.hasNulls { hasOpen = true }
            }
            return hasOpen ? .null : .boolean(false)
        }
    }
}
