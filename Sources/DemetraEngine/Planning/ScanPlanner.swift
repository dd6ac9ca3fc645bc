import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Plans scans: predicates compiled over the table's own positions, with what zone maps can refute.
enum ScanPlanner {
    static func plan(_ scan: TableScan) throws(DemetraError) -> any PhysicalOperator {
        // Predicates see the whole table by position, whatever the scan gives out.
        let byPosition = Dictionary(
            scan.columns.map { ($0.column.id, $0.position) },
            uniquingKeysWith: { first, _ in first })
        let filler = PlanColumn(id: ColumnIdentifier(-1), name: "", type: .boolean)
        var tableColumns = Array(repeating: filler, count: scan.table.columns.count)
        for (column, position) in scan.columns { tableColumns[position] = column }
        let tableLayout = ColumnLayout(tableColumns)
        var predicates: [ScanOperator.Predicate] = []
        for predicate in scan.predicates.flatMap(\.conjuncts) {
            predicates.append(
                ScanOperator.Predicate(
                    program: try ExpressionCompiler.compile([predicate], layout: tableLayout),
                    pruning: pruningTerm(predicate, byPosition)))
        }
        var columns = scan.columns.map(\.column)
        var positions: [Int?] = scan.columns.map(\.position)
        if let rowID = scan.rowID {
            columns.append(rowID)
            positions.append(nil)
        }
        return ScanOperator(
            table: scan.table, layout: ColumnLayout(columns), positions: positions,
            predicates: predicates, asOf: scan.asOf)
    }

    /// `column op literal` in either order, IN lists and IS [NOT] NULL.
    private static func pruningTerm(
        _ predicate: BoundExpression, _ positions: [ColumnIdentifier: Int]
    ) -> PruningTerm? {
        func position(_ expression: BoundExpression) -> Int? {
            guard case .column(let id) = expression.node else { return nil }
            return positions[id]
        }
        func literal(_ expression: BoundExpression) -> Value? {
            guard case .literal(let value) = expression.node, !value.isNull else { return nil }
            return value
        }
        switch predicate.node {
        case .comparison(let comparison, let left, let right):
            if let column = position(left), let value = literal(right) {
                return .compare(column: column, ComparisonOperator(comparison), value)
            }
            if let column = position(right), let value = literal(left) {
                return .compare(column: column, ComparisonOperator(comparison.swapped), value)
            }
            return nil
        case .inList(let operand, let values, _):
            return position(operand).map { .isMember(column: $0, values.filter { !$0.isNull }) }
        case .isNull(let operand): return position(operand).map { .isNull(column: $0) }
        case .not(let inner):
            if case .isNull(let operand) = inner.node {
                return position(operand).map { .isNotNull(column: $0) }
            }
            return nil
        default: return nil
        }
    }
}
