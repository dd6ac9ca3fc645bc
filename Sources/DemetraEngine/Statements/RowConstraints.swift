import DemetraCatalog
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// NOT NULL and CHECK over rows on their way into a table.
struct RowConstraints {
    private let table: TableDefinition
    private let checks: [(name: String, program: ExpressionProgram)]

    /// - Parameter layout: the columns that hold the table's, in order, behind `offset` others.
    init(
        table: TableDefinition, checks: [(name: String, condition: BoundExpression)],
        layout: ColumnLayout
    ) throws(DemetraError) {
        self.table = table
        var programs: [(name: String, program: ExpressionProgram)] = []
        for check in checks {
            let program = try ExpressionCompiler.compile([check.condition], layout: layout)
            programs.append((check.name, program))
        }
        self.checks = programs
    }

    /// - Parameter rows: the table's columns only; `batch` also holds what the checks refer to.
    /// - Throws: 23502 or 23514 for the first row that breaks one.
    func verify(
        rows: [Vector], batch: Batch, _ context: ExecutionContext
    ) throws(DemetraError) {
        for (index, column) in table.columns.enumerated()
        where !column.isNullable && rows[index].hasNulls {
            throw DemetraError(
                .notNullViolation,
                "null value in column \"\(column.name)\" of relation \"\(table.name)\" violates "
                    + "not-null constraint",
                hint: "Give a value, or set a DEFAULT for the column.")
        }
        for check in checks {
            let result = try ExpressionEvaluator(check.program, context).evaluateOne(batch)
            let failed = FilterKernel.select(LogicKernel.isFalse(result), within: nil)
            if failed.count > 0 {
                throw DemetraError(
                    .checkViolation,
                    "new row for relation \"\(table.name)\" violates check constraint "
                        + "\"\(check.name)\"")
            }
        }
    }
}
