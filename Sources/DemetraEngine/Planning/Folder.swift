import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Evaluates expressions without columns at plan time.
struct Folder: ConstantFolder {
    private let context: ExecutionContext
    /// The same, where `today` means nothing: what can be computed here does not depend on the time.
    private let timeless: ExecutionContext
    private let notes: PlanNotes

    /// - Parameter notes: where it is said what constants depend on.
    init(context: ExecutionContext, notes: PlanNotes = PlanNotes()) {
        self.context = context
        self.notes = notes
        timeless = context.timeless()
    }

    func fold(_ expression: BoundExpression) -> Value? { try? value(of: expression) }

    func value(of expression: BoundExpression) throws(DemetraError) -> Value {
        let program = try ExpressionCompiler.compile([expression], layout: ColumnLayout([]))
        let row = Batch([], count: 1)
        let result: Vector
        if let known = try? ExpressionEvaluator(program, timeless).evaluateOne(row) {
            result = known
            if expression.isOfTheMoment { notes.noteMoment() }
        } else {
            result = try ExpressionEvaluator(program, context).evaluateOne(row)
            notes.noteMoment()
        }
        notes.noteConstant(byteCount: result.memoryBytes)
        return result.value(at: 0)
    }
}

extension BoundExpression {
    /// Whether another execution may give another value.
    fileprivate var isOfTheMoment: Bool {
        var isOfTheMoment = false
        forEachPart { part in
            switch part.node {
            case .parameter: isOfTheMoment = true
            case .call(let function, _) where function.volatility != .immutable:
                isOfTheMoment = true
            default: break
            }
        }
        return isOfTheMoment
    }
}

/// What the optimizer asks about tables.
struct SnapshotStatistics: Statistics {
    let snapshot: Snapshot
    let notes: PlanNotes

    func rowCount(of table: TableDefinition) -> Int {
        let rowCount = snapshot.table(table.id)?.rowCount ?? 0
        notes.note(rowCount: rowCount, of: table.id)
        return rowCount
    }

    func distinctCount(of table: TableDefinition, column: Int) -> Int? {
        _ = rowCount(of: table)
        return snapshot.table(table.id)?.distinctEstimate(column: column)
    }
}
