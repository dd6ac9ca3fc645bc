import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// Reads a stored table: prunes morsels, filters on as few columns as possible, and decodes the others
/// only for batches in which rows are left.
struct ScanOperator: PhysicalOperator {
    /// One pushed conjunct, compiled over the table's own column positions.
    struct Predicate: Sendable {
        let program: ExpressionProgram
        /// What storage can refute by zone maps, if the conjunct has that form.
        let pruning: PruningTerm?
    }

    let table: TableDefinition
    let layout: ColumnLayout
    /// Positions in the table of the layout's columns; nil for the row id.
    let positions: [Int?]
    let predicates: [Predicate]
    /// The time whose state is read; nil for the present.
    let asOf: Timestamp?
    /// Where the scan reports what it reads; nil unless the statement is explained.
    var profile: OperatorProfile?

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        BatchStream(
            source: Source(
                scan: self, morsels: try morsels(context), context: context, skipping: nil))
    }

    /// As `open`, for a sort of which only the first rows are wanted: the row groups that can hold them come
    /// first, and those behind the border when their turn comes are not read.
    func open(
        _ context: ExecutionContext, border: SharedBorder
    ) throws(DemetraError) -> BatchStream {
        guard let key = border.column, let column = positions[key] else {
            return try open(context)
        }
        let type = layout.types[key]
        let ordered = try morsels(context).map {
            ($0, border.least($0.zoneMap(column: column), type: type))
        }
        .sorted { $0.1 < $1.1 }
        return BatchStream(
            source: Source(
                scan: self, morsels: ordered.map(\.0), context: context,
                skipping: ScanBorder(
                    border: border, column: column, least: ordered.map(\.1))))
    }

    private func morsels(_ context: ExecutionContext) throws(DemetraError) -> [Morsel] {
        guard let snapshot = try context.rows(of: table, asOf: asOf) else {
            throw DemetraError(.undefinedTable, "relation \"\(table.name)\" does not exist")
        }
        let terms = predicates.compactMap(\.pruning)
        let morsels = snapshot.morsels(terms.isEmpty ? nil : PruningPredicate(terms: terms))
        if let progress = context.progress {
            let rowCount = morsels.reduce(0) { $0 + $1.rowCount }
            progress.begin(rowCount: rowCount, pruned: max(0, snapshot.rowCount - rowCount))
        }
        profile?.addScan(groups: snapshot.morsels(nil).count, read: morsels.count)
        return morsels
    }

    private struct Source: BatchSource {
        let scan: ScanOperator
        let morsels: [Morsel]
        let context: ExecutionContext
        let skipping: ScanBorder?
        var morselCount: Int { morsels.count }

        func makeCursor() -> any BatchCursor { ScanCursor(scan, morsels, context, skipping) }
    }
}

/// What a scan knows of the sort above it.
private struct ScanBorder: Sendable {
    let border: SharedBorder
    /// Position in the table of the first sort key.
    let column: Int
    /// For each morsel the least image that it can hold.
    let least: [UInt64]
}

/// One worker's scan.
// Owned by one worker.
private final class ScanCursor: BatchCursor {
    private let scan: ScanOperator
    private let morsels: [Morsel]
    private let context: ExecutionContext
    private let evaluators: [ExpressionEvaluator]
    private let columns: [Int]
    private let skipping: ScanBorder?

    init(
        _ scan: ScanOperator, _ morsels: [Morsel], _ context: ExecutionContext,
        _ skipping: ScanBorder?
    ) {
        self.scan = scan
        self.morsels = morsels
        self.context = context
        self.skipping = skipping
        evaluators = scan.predicates.map { ExpressionEvaluator($0.program, context) }
        var columns = Set(scan.positions.compactMap { $0 })
        for predicate in scan.predicates { columns.formUnion(predicate.program.inputs) }
        self.columns = columns.sorted()
    }

    func read(morsel index: Int, into consumer: any BatchConsumer) throws(DemetraError) {
        defer { context.progress?.addRead(morsels[index].rowCount) }
        if let skipping, !skipping.border.admits(skipping.least[index]) { return }
        let morsel = morsels[index]
        let reader = try morsel.makeReader(columns: columns)
        defer { scan.profile?.storedByteCount.add(reader.storedByteCount, ordering: .relaxed) }
        for batch in 0..<reader.batchCount {
            guard consumer.wantsMore else { return }
            try context.cancellation.check()
            try read(reader, batch, into: consumer)
        }
    }

    private func read(
        _ reader: MorselReader, _ index: Int, into consumer: any BatchConsumer
    ) throws(DemetraError) {
        let rowCount = reader.rowCount(batch: index)
        let visible = reader.selection(batch: index)
        if let visible, visible.count == 0 { return }
        var known: [Int: Vector] = [:]
        var selection = visible
        for evaluator in evaluators {
            let inputs = evaluator.program.inputs
            for column in inputs where known[column] == nil {
                known[column] = try reader.read(column: column, batch: index)
            }
            selection = try filter(evaluator, known, rowCount, selection)
            if let selection, selection.count == 0 { return }
        }
        if let skipping {
            // Rows behind the border go before their other columns are read.
            var key = known[skipping.column]
            if key == nil { key = try reader.read(column: skipping.column, batch: index) }
            known[skipping.column] = key
            if let key { selection = skipping.border.rows(key, within: selection) }
            if let selection, selection.count == 0 { return }
        }
        if let all = selection, all.count == rowCount { selection = nil }
        var vectors: [Vector] = []
        vectors.reserveCapacity(scan.positions.count)
        for position in scan.positions {
            let vector: Vector
            if let position {
                if let read = known[position] {
                    vector = read
                } else {
                    vector = try reader.read(column: position, batch: index)
                }
            } else {
                vector = try reader.rowIDs(batch: index)
            }
            vectors.append(selection.map { vector.taking($0) } ?? vector)
        }
        try consumer.consume(Batch(vectors, count: selection?.count ?? rowCount))
    }

    /// Rows of `selection` (all without) that pass one predicate. A predicate that can fail sees only
    /// rows that are left: those hidden or already refused must not raise errors.
    private func filter(
        _ evaluator: ExpressionEvaluator, _ known: [Int: Vector], _ rowCount: Int,
        _ selection: SelectionVector?
    ) throws(DemetraError) -> SelectionVector {
        let width = (evaluator.program.inputs.max() ?? -1) + 1
        let filler = Vector.nulls(.boolean, count: rowCount)
        let vectors = (0..<width).map { known[$0] ?? filler }
        let batch = Batch(vectors, count: rowCount)
        guard let selection, evaluator.program.canFail else {
            return try evaluator.select(batch, within: selection)
        }
        let part = batch.taking(selection, only: evaluator.program.inputs)
        return selection.composed(with: try evaluator.select(part, within: nil))
    }
}
