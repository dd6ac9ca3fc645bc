import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Rows made by a table function from its relation arguments.
struct TableFunctionOperator: PhysicalOperator {
    let function: BoundTableFunction
    let inputs: [any PhysicalOperator]
    let withOrdinality: Bool
    let layout: ColumnLayout
    /// Where it is measured how long the function learns.
    var trainingTime: TrainingTime?

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        var relations: [[Batch]] = []
        for input in inputs {
            relations.append(try context.collect(try input.open(context)).batches)
        }
        var batches = try execute(relations, context.evaluation)
        if withOrdinality { batches = numbered(batches) }
        return BatchStream(source: MaterializedRows(batches: batches))
    }

    private func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        guard let trainingTime else { return try function.execute(relations, context) }
        return try trainingTime.whole { () throws(DemetraError) in
            try function.execute(relations, context.measuring(into: trainingTime))
        }
    }

    private func numbered(_ batches: [Batch]) -> [Batch] {
        var next: Int64 = 1
        return batches.map { batch in
            let numbers = (0..<batch.count).map { next + Int64($0) }
            next += Int64(batch.count)
            let column = Vector(
                type: .bigint, count: batch.count, storage: .int64(Buffer(numbers)))
            return Batch(batch.vectors + [column], count: batch.count)
        }
    }
}
