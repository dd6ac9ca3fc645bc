import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// MERGE becomes one query: the source, joined to the table's rows where they match. A CASE finds the WHEN that
/// counts for a row, and further ones give the values that it has for each column:
///
///     rows of the source --left join on--> with the table's row or NULLs --> number of WHEN --> new values
extension Binder {
    func bindMerge(_ statement: MergeStatement) throws(DemetraError) -> BoundMerge {
        let table = try table(statement.table)
        var scan = scan(table)
        let rowID = newColumn("", .bigint)
        scan.rowID = rowID
        let source = Scope(parent: nil)
        let rows = try bindFrom([statement.source], source)
        let both = Scope(parent: nil)
        both.relations =
            [
                ScopeRelation(
                    name: statement.alias?.name ?? table.name,
                    columns: scan.columns.map {
                        ScopeColumn(name: $0.column.name, column: $0.column)
                    },
                    schema: statement.alias == nil ? table.schemaName : nil)
            ] + source.relations
        try checkAliases(both.relations, statement.source)
        let match = ExpressionContext(scope: both, clause: "JOIN conditions")
        let condition = try condition(try bind(statement.condition, match), "MERGE/ON")
        var plan = try leftJoined(
            rows, .scan(scan), on: condition, match.subqueries, statement.condition.range)
        var clauses = MergeClauses(
            binder: self, table: table, scan: scan, rowID: rowID, matched: both, unmatched: source)
        for clause in statement.clauses { try clauses.add(clause) }
        var wanted: Privileges = .select
        for action in clauses.actions {
            switch action {
            case .nothing: break
            case .delete: wanted.insert(.delete)
            case .update: wanted.insert(.update)
            case .insert: wanted.insert(.insert)
            }
        }
        try require(
            wanted, on: table.access, .table, table.qualifiedName, statement.table.range)
        plan = joining(plan, clauses.subqueries)
        let number = newColumn("", .integer)
        plan = .project(
            plan,
            plan.columns.map { passed($0) } + [
                ProjectedColumn(
                    column: number,
                    expression: BoundExpression(
                        .caseWhen(clauses.branches, otherwise: nil), type: .integer))
            ])
        let chosen = BoundExpression(.column(number.id), type: .integer)
        plan = .filter(
            plan,
            BoundExpression(
                .not(BoundExpression(.isNull(chosen), type: .boolean)), type: .boolean))
        plan = .project(plan, [passed(rowID), passed(number)] + clauses.values(chosen))
        return BoundMerge(
            table: table, plan: plan, actions: clauses.actions,
            checks: try checks(table, Array(plan.columns.dropFirst(2))))
    }
}

/// The WHENs of a MERGE, bound one after another.
private struct MergeClauses {
    let binder: Binder
    let table: TableDefinition
    let scan: TableScan
    let rowID: PlanColumn
    private let matched: ExpressionContext
    private let unmatched: ExpressionContext
    /// The number of the WHEN that counts, as branches of a CASE; NULL for DO NOTHING.
    private(set) var branches: [BoundBranch] = []
    private(set) var actions: [BoundMerge.Action] = []
    /// What each WHEN has for each column; empty where it has no values.
    private var rows: [[BoundExpression]] = []
    /// Whether a WHEN without a condition came, of matched rows and of others.
    private var isClosed = (matched: false, unmatched: false)

    init(
        binder: Binder, table: TableDefinition, scan: TableScan, rowID: PlanColumn,
        matched: Scope, unmatched: Scope
    ) {
        (self.binder, self.table, self.scan, self.rowID) = (binder, table, scan, rowID)
        self.matched = ExpressionContext(scope: matched, clause: "MERGE WHEN")
        self.unmatched = ExpressionContext(scope: unmatched, clause: "MERGE WHEN")
    }

    var subqueries: [PendingSubquery] { matched.subqueries + unmatched.subqueries }

    mutating func add(_ clause: MergeStatement.Clause) throws(DemetraError) {
        guard !(clause.isMatched ? isClosed.matched : isClosed.unmatched) else {
            throw DemetraError(
                .syntaxError, "unreachable WHEN clause specified after unconditional WHEN clause"
            ).at(clause.range)
        }
        let context = clause.isMatched ? matched : unmatched
        let id = BoundExpression(.column(rowID.id), type: rowID.type)
        var test = BoundExpression(.isNull(id), type: .boolean)
        if clause.isMatched { test = BoundExpression(.not(test), type: .boolean) }
        if let condition = clause.condition {
            let further = try binder.condition(
                try binder.bind(condition, context), "MERGE WHEN")
            test = BoundExpression(.and([test, further]), type: .boolean)
        } else if clause.isMatched {
            isClosed.matched = true
        } else {
            isClosed.unmatched = true
        }
        var result = Value.integer(Int64(actions.count))
        switch clause.action {
        case .nothing:
            result = .null
            add(.nothing, [])
        case .delete: add(.delete, [])
        case .update(let assignments):
            let values = try binder.assignedValues(assignments, table, context)
            add(
                .update,
                scan.columns.indices.map { position in
                    let old = scan.columns[position].column
                    return values[position] ?? BoundExpression(.column(old.id), type: old.type)
                })
        case .insert(let columns, let values, let overriding):
            add(.insert, try newRow(columns, values, overriding, context, clause.range))
        }
        branches.append(
            BoundBranch(
                condition: test, result: BoundExpression(.literal(result), type: .integer)))
    }

    private mutating func add(_ action: BoundMerge.Action, _ row: [BoundExpression]) {
        actions.append(action)
        rows.append(row)
    }

    private func newRow(
        _ columns: [Identifier], _ values: [Expression]?,
        _ overriding: InsertStatement.Overriding?, _ context: ExpressionContext,
        _ range: SourceRange
    ) throws(DemetraError) -> [BoundExpression] {
        let positions = try binder.targetPositions(columns, table)
        let values = values ?? []
        try binder.checkCount(
            values.count, positions.count, !columns.isEmpty, values.first?.range ?? range)
        var given: [Int: BoundExpression] = [:]
        for (position, value) in zip(positions, values) {
            let column = table.columns[position]
            if case .defaultValue = value.node { continue }
            if column.identity == .always, overriding == nil {
                throw DemetraError(
                    .generatedAlways,
                    "cannot insert a non-DEFAULT value into column \"\(column.name)\"",
                    detail: "Column \"\(column.name)\" is an identity column defined as "
                        + "GENERATED ALWAYS.",
                    hint: "Use OVERRIDING SYSTEM VALUE to override."
                ).at(value.range)
            }
            if column.identity != nil, overriding == .user { continue }
            given[position] = try binder.assigned(try binder.bind(value, context), column)
        }
        var row: [BoundExpression] = []
        for (position, column) in table.columns.enumerated() {
            let value =
                if let value = given[position] { value } else {
                    try binder.defaultValue(column, table)
                }
            row.append(value)
        }
        return row
    }

    /// The new values, each by the WHEN that was chosen.
    func values(_ chosen: BoundExpression) -> [ProjectedColumn] {
        table.columns.enumerated().map { position, column in
            let branches = rows.indices.filter { !rows[$0].isEmpty }.map { number in
                BoundBranch(
                    condition: BoundExpression(
                        .comparison(
                            .equal, chosen,
                            BoundExpression(.literal(.integer(Int64(number))), type: .integer)),
                        type: .boolean), result: rows[number][position])
            }
            return ProjectedColumn(
                column: binder.newColumn(column.name, column.type),
                expression: branches.isEmpty
                    ? BoundExpression(.literal(.null), type: column.type)
                    : BoundExpression(.caseWhen(branches, otherwise: nil), type: column.type))
        }
    }
}
