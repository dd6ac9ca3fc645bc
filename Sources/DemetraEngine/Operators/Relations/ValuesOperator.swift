import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Rows written in the statement, each value an expression without columns.
struct ValuesOperator: PhysicalOperator {
    let layout: ColumnLayout
    let rows: [ExpressionProgram]

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let one = Batch([], count: 1)
        var builders = layout.types.map { ColumnCollector(type: $0) }
        for program in rows {
            try context.cancellation.check()
            let values = try ExpressionEvaluator(program, context).evaluate(one)
            for index in values.indices { builders[index].append(values[index].value(at: 0)) }
        }
        let columns = builders.map { $0.vector() }
        return BatchStream(source: MaterializedRows(columns: columns, count: rows.count))
    }

    /// Keeps values until their vector is made.
    private struct ColumnCollector {
        let type: LogicalType
        private var values: [Value] = []

        init(type: LogicalType) { self.type = type }

        mutating func append(_ value: Value) { values.append(value) }

        func vector() -> Vector { Vector(values, type: type) }
    }
}

/// One row without columns, or none.
struct OneRowOperator: PhysicalOperator {
    let layout: ColumnLayout
    let count: Int

    func open(_ context: ExecutionContext) -> BatchStream {
        guard count > 0 else { return BatchStream(source: MaterializedRows(batches: [])) }
        return BatchStream(source: MaterializedRows(batches: [Batch([], count: count)]))
    }
}
