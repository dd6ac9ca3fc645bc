import DemetraCatalog
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Adds the columns that a file does not carry, and verifies the rows.
struct RowCompletion {
    private let copy: BoundCopyFrom
    private let constraints: RowConstraints
    private let defaults: ExpressionProgram
    /// Batches have the columns of the table already.
    private let isWhole: Bool

    init(_ copy: BoundCopyFrom) throws(DemetraError) {
        self.copy = copy
        constraints = try RowConstraints(
            table: copy.table, checks: copy.checks, layout: ColumnLayout(copy.rowColumns))
        defaults = try ExpressionCompiler.compile(
            copy.defaults.map(\.value), layout: ColumnLayout([]))
        isWhole = copy.columns == Array(copy.table.columns.indices)
    }

    /// - Throws: 23502 or 23514 for the first row that breaks a constraint.
    func complete(
        _ batch: Batch, _ context: ExecutionContext
    ) throws(DemetraError) -> Batch {
        var row = batch
        if !isWhole {
            let added = try ExpressionEvaluator(defaults, context)
                .evaluate(Batch([], count: batch.count))
            var vectors = copy.table.columns.map { Vector.nulls($0.type, count: batch.count) }
            for (index, position) in copy.columns.enumerated() {
                vectors[position] = batch.vectors[index]
            }
            for (index, entry) in copy.defaults.enumerated() {
                vectors[entry.position] = added[index]
            }
            row = Batch(vectors, count: batch.count)
        }
        try constraints.verify(rows: row.vectors, batch: row, context)
        return row
    }
}
