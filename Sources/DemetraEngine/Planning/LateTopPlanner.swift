import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// ORDER BY ... LIMIT straight over a wide scan: only the sort keys and row ids are read for all rows;
/// the other columns are fetched for the rows that are left, if these are few.
enum LateTopPlanner {
    /// Fewer further columns than this are not worth a second look-up.
    static let smallestColumnCount = 3

    static func plan(
        _ input: LogicalPlan, _ keys: [PlanSortKey], _ count: ExpressionProgram,
        _ offset: ExpressionProgram?
    ) throws(DemetraError) -> FetchOperator? {
        guard case .scan(let scan) = input, scan.rowID == nil else { return nil }
        var needed: Set<ColumnIdentifier> = []
        for key in keys { key.expression.collectColumns(&needed) }
        for predicate in scan.predicates { predicate.collectColumns(&needed) }
        let kept = scan.columns.filter { needed.contains($0.column.id) }
        guard scan.columns.count - kept.count >= smallestColumnCount else { return nil }
        var narrow = scan
        narrow.columns = kept
        // No column of the plan has a negative number.
        let rowID = PlanColumn(id: ColumnIdentifier(-2), name: "", type: .bigint)
        narrow.rowID = rowID
        let source = try PhysicalPlanner.plan(.scan(narrow))
        let top = TopOperator(
            input: source, keys: try SortKeys(keys, layout: source.layout), limit: count,
            offset: offset)
        return FetchOperator(
            input: top, table: scan.table, rowID: source.layout.columns.count - 1,
            columns: scan.columns.map(\.position), layout: ColumnLayout(scan.columns.map(\.column)))
    }
}

/// Looks the other columns up for a batch of rows, and reads them with the keys for more: every further batch may lie in all
/// row groups again.
struct LateTopOperator: PhysicalOperator {
    let few: any PhysicalOperator
    let many: TopOperator
    var layout: ColumnLayout { few.layout }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let bounds = try LimitBounds(limit: many.limit, offset: many.offset, context)
        return try (bounds.end ?? .max) <= Batch.capacity ? few.open(context) : many.open(context)
    }
}

/// Reads columns of stored rows by row id, in the order of the input.
struct FetchOperator: PhysicalOperator {
    let input: any PhysicalOperator
    let table: TableDefinition
    /// Position of the row id among the input's columns.
    let rowID: Int
    /// Positions in the table.
    let columns: [Int]
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        guard let snapshot = context.snapshot.table(table.id) else {
            throw DemetraError(.undefinedTable, "relation \"\(table.name)\" does not exist")
        }
        let rows = try context.collect(try input.open(context))
        var batches: [Batch] = []
        for batch in rows.batches {
            let vectors = try snapshot.rows(withIDs: batch.vectors[rowID], columns: columns)
            batches.append(Batch(vectors, count: batch.count))
        }
        return BatchStream(source: MaterializedRows(batches: batches))
    }
}

extension BoundExpression {
    /// Adds the columns that the expression reads.
    func collectColumns(_ columns: inout Set<ColumnIdentifier>) {
        if case .column(let id) = node { columns.insert(id) }
        for child in children { child.collectColumns(&columns) }
    }

    /// The direct operands.
    var children: [BoundExpression] {
        switch node {
        case .literal, .column, .outerColumn, .parameter: []
        case .comparison(_, let left, let right), .isDistinct(let left, let right),
            .arithmetic(_, let left, let right):
            [left, right]
        case .negate(let operand), .not(let operand), .isNull(let operand),
            .isBoolean(let operand, _), .inList(let operand, _, _), .cast(let operand, _):
            [operand]
        case .and(let operands), .or(let operands), .coalesce(let operands): operands
        case .caseWhen(let branches, let otherwise):
            branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
        case .call(_, let arguments): arguments
        }
    }
}
