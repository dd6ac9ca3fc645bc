import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// `count(*)`, `min` and `max` of whole columns, answered from zone maps without reading a row.
///
/// - Invariant: the answer equals that of the scan; where a zone map cannot say, the scan is made.
struct MetadataAggregateOperator: PhysicalOperator {
    private enum Answer: Sendable {
        case rowCount
        case minimum(Int)
        case maximum(Int)
    }

    private let table: TableDefinition
    private let asOf: Timestamp?
    private let answers: [Answer]
    private let scan: any PhysicalOperator
    let layout: ColumnLayout

    /// The operator, if the aggregation has that form.
    static func plan(_ aggregation: Aggregation) -> MetadataAggregateOperator? {
        guard aggregation.groups.isEmpty, aggregation.sets == nil, !aggregation.calls.isEmpty,
            case .scan(let scan) = aggregation.input, scan.predicates.isEmpty
        else { return nil }
        var answers: [Answer] = []
        for call in aggregation.calls {
            guard call.filter == nil, !call.isDistinct || call.function.ignoresDuplicates else {
                return nil
            }
            if call.function.name == "count", call.arguments.isEmpty {
                answers.append(.rowCount)
                continue
            }
            guard call.arguments.count == 1, case .column(let id) = call.arguments[0].node,
                let position = scan.columns.first(where: { $0.column.id == id })?.position
            else { return nil }
            switch call.function.name {
            case "min": answers.append(.minimum(position))
            case "max": answers.append(.maximum(position))
            default: return nil
            }
        }
        // The same aggregation over a filter that is always true keeps the general way open.
        var general = aggregation
        general.input = .filter(
            aggregation.input, BoundExpression(.literal(.boolean(true)), type: .boolean))
        guard let fallback = try? AggregationPlanner.plan(general) else { return nil }
        return MetadataAggregateOperator(
            table: scan.table, asOf: scan.asOf, answers: answers, scan: fallback,
            layout: ColumnLayout(aggregation.calls.map(\.column)))
    }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        guard let snapshot = try context.rows(of: table, asOf: asOf),
            let vectors = try answerVectors(snapshot)
        else { return try scan.open(context) }
        return BatchStream(source: MaterializedRows(batches: [Batch(vectors, count: 1)]))
    }

    private func answerVectors(_ snapshot: TableSnapshot) throws(DemetraError) -> [Vector]? {
        var vectors: [Vector] = []
        let rowCount = try snapshot.countRows()
        for (index, answer) in answers.enumerated() {
            let type = layout.types[index]
            switch answer {
            case .rowCount:
                vectors.append(.constant(.integer(Int64(rowCount)), type: type, count: 1))
            case .minimum(let column):
                guard rowCount > 0, type == table.columns[column].type,
                    let value = try snapshot.extreme(column: column, isGreatest: false)
                else { return nil }
                vectors.append(.constant(value, type: type, count: 1))
            case .maximum(let column):
                guard rowCount > 0, type == table.columns[column].type,
                    let value = try snapshot.extreme(column: column, isGreatest: true)
                else { return nil }
                vectors.append(.constant(value, type: type, count: 1))
            }
        }
        return vectors
    }
}
