package import DemetraCatalog
package import DemetraSQL
package import DemetraTypes

// INSERT, UPDATE and DELETE.

extension Binder {
    // MARK: INSERT

    func bindInsert(_ statement: InsertStatement) throws(DemetraError) -> BoundInsert {
        let table = try table(statement.table)
        try require(
            Self.privileges(statement), on: table.access, .table, table.qualifiedName,
            statement.table.range)
        let positions = try targetPositions(statement.columns, table)
        var given: [(position: Int, value: BoundExpression)] = []
        var input = LogicalPlan.oneRow
        switch statement.source?.body {
        case nil: break
        case .values(let rows, let range)? where statement.source?.isOrdered == false:
            (input, given) = try insertedRows(rows, range, positions, table, statement)
        default:
            if let source = statement.source {
                let bound = try bindQuery(source, outer: nil)
                let columns = bound.plan.columns
                try checkCount(
                    columns.count, positions.count, !statement.columns.isEmpty, source.range)
                input = bound.plan
                for (column, position) in zip(columns, positions) {
                    given.append(
                        (position, BoundExpression(.column(column.id), type: column.type)))
                }
            }
        }
        given = try withoutGenerated(given, table, statement)
        let plan = try complete(input, given, table)
        let columns = plan.columns
        return BoundInsert(
            table: table, plan: plan,
            conflict: try conflict(statement, table, columns),
            checks: try checks(table, columns),
            returning: try returning(statement.returning, table, statement.alias, columns))
    }

    /// What an INSERT does with its table.
    private static func privileges(_ statement: InsertStatement) -> Privileges {
        var wanted: Privileges = .insert
        if !statement.returning.isEmpty { wanted.insert(.select) }
        if let conflict = statement.onConflict {
            if !conflict.columns.isEmpty { wanted.insert(.select) }
            if case .update = conflict.action { wanted.formUnion([.select, .update]) }
        }
        return wanted
    }

    /// An INSERT of plain literals, and how rows of `width` literals become those of the table; nil when they do not.
    package func bindLiteralInsert(
        _ statement: InsertStatement, width: Int, text: String
    ) throws(DemetraError) -> (insert: BoundInsert, rows: BoundCopyFrom)? {
        self.text = text
        if try table(statement.table).columns.contains(where: { $0.identity == .always }) {
            return nil
        }
        let insert = try bindInsert(statement)
        let table = insert.table
        let positions = try targetPositions(statement.columns, table)
        guard width == positions.count || (width < positions.count && statement.columns.isEmpty)
        else { return nil }
        return (
            insert,
            try copyTarget(
                table, Array(positions.prefix(width)), insert.plan.columns, .standard, [:])
        )
    }

    func targetPositions(
        _ columns: [Identifier], _ table: TableDefinition
    ) throws(DemetraError) -> [Int] {
        if columns.isEmpty { return Array(table.columns.indices) }
        var positions: [Int] = []
        for column in columns {
            let position = try position(of: column, table)
            guard !positions.contains(position) else {
                throw DemetraError(
                    .duplicateColumn, "column \"\(column.name)\" specified more than once"
                ).at(column.range)
            }
            positions.append(position)
        }
        return positions
    }

    func position(
        of column: Identifier, _ table: TableDefinition
    ) throws(DemetraError) -> Int {
        if let position = table.columnIndex(column.name) { return position }
        let nearest = NearestName.find(column.name, among: table.columns.map(\.name))
        throw DemetraError(
            .undefinedColumn,
            "column \"\(column.name)\" of relation \"\(table.name)\" does not exist",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." }
        ).at(column.range)
    }

    func checkCount(
        _ given: Int, _ wanted: Int, _ isListed: Bool, _ range: SourceRange
    ) throws(DemetraError) {
        if given > wanted {
            throw DemetraError(
                .syntaxError, "INSERT has more expressions than target columns"
            ).at(range)
        }
        if given < wanted, isListed {
            throw DemetraError(
                .syntaxError, "INSERT has more target columns than expressions"
            ).at(range)
        }
    }

    /// The rows of VALUES, each value cast to its column; DEFAULT gives the column's default.
    private func insertedRows(
        _ rows: [[Expression]], _ range: SourceRange, _ positions: [Int], _ table: TableDefinition,
        _ statement: InsertStatement
    ) throws(DemetraError) -> (LogicalPlan, [(position: Int, value: BoundExpression)]) {
        let width = rows.first?.count ?? 0
        try checkCount(width, positions.count, !statement.columns.isEmpty, range)
        var bound: [ValuesRow] = []
        for row in rows {
            guard row.count == width else {
                throw DemetraError(
                    .syntaxError, "VALUES lists must all be the same length"
                ).at(row.first?.range ?? range)
            }
            let context = ExpressionContext(scope: Scope(parent: nil), clause: "VALUES")
            var values: [BoundExpression] = []
            for (expression, position) in zip(row, positions) {
                let column = table.columns[position]
                if case .defaultValue = expression.node {
                    values.append(try defaultValue(column, table))
                } else {
                    values.append(
                        try assigned(try bind(expression, context), column))
                }
            }
            bound.append(ValuesRow(values: values, subqueries: context.subqueries))
        }
        let columns = positions.prefix(width).map {
            newColumn(table.columns[$0].name, table.columns[$0].type)
        }
        let given = zip(positions, columns).map {
            (position: $0, value: BoundExpression(.column($1.id), type: $1.type))
        }
        return (valuesPlan(columns, bound), given)
    }

    func assigned(
        _ value: BoundExpression, _ column: ColumnDefinition
    ) throws(DemetraError) -> BoundExpression {
        try coerce(value, to: column.type, .assignment, what: "column \"\(column.name)\"")
    }

    /// The DEFAULT of a column, as a value of its type.
    package func defaultValue(
        _ column: ColumnDefinition, _ table: TableDefinition
    ) throws(DemetraError) -> BoundExpression {
        guard let text = column.defaultExpression else {
            return BoundExpression(.literal(.null), type: column.type)
        }
        let context = ExpressionContext(scope: Scope(parent: nil), clause: "DEFAULT")
        do throws(DemetraError) {
            return try assigned(
                try bind(try SQLParser.parseExpression(text), context), column)
        } catch {
            var named = error
            named.position = nil
            named.context = "default of column \"\(column.name)\" of \"\(table.name)\""
            throw named
        }
    }

    /// One column per table column, in order: what was given, else the default.
    private func complete(
        _ input: LogicalPlan, _ given: [(position: Int, value: BoundExpression)],
        _ table: TableDefinition
    ) throws(DemetraError) -> LogicalPlan {
        var projected: [ProjectedColumn] = []
        for (position, column) in table.columns.enumerated() {
            let value: BoundExpression
            if let found = given.first(where: { $0.position == position }) {
                value = try assigned(found.value, column)
            } else {
                value = try defaultValue(column, table)
            }
            projected.append(
                ProjectedColumn(column: newColumn(column.name, column.type), expression: value))
        }
        return .project(input, projected)
    }

    private func conflict(
        _ statement: InsertStatement, _ table: TableDefinition, _ columns: [PlanColumn]
    ) throws(DemetraError) -> BoundInsert.Conflict {
        guard let given = statement.onConflict else { return .fail }
        var key: KeyDefinition?
        if !given.columns.isEmpty {
            var positions: Set<Int> = []
            for column in given.columns { positions.insert(try position(of: column, table)) }
            guard let found = table.keys.first(where: { Set($0.columns) == positions }) else {
                throw DemetraError(
                    .invalidColumnReference,
                    "there is no unique or exclusion constraint matching the ON CONFLICT specification",
                    hint: "Name the columns of the primary key or of a UNIQUE constraint."
                ).at(given.range)
            }
            key = found
        }
        guard case .update(let assignments, let condition) = given.action else {
            return .nothing(key)
        }
        guard let key = key ?? table.primaryKey else {
            throw DemetraError(
                .syntaxError,
                "ON CONFLICT DO UPDATE requires inference specification or constraint name",
                hint: "Write ON CONFLICT (column) DO UPDATE."
            ).at(given.range)
        }
        let existing = table.columns.map { newColumn($0.name, $0.type) }
        let scope = Scope(parent: nil)
        scope.relations = [
            ScopeRelation(
                name: statement.alias?.name ?? table.name,
                columns: existing.map { ScopeColumn(name: $0.name, column: $0) },
                schema: statement.alias == nil ? table.schemaName : nil),
            ScopeRelation(
                name: "excluded",
                columns: columns.map { ScopeColumn(name: $0.name, column: $0, isHidden: true) }),
        ]
        let context = ExpressionContext(scope: scope, clause: "UPDATE")
        var bound: [(position: Int, value: BoundExpression)] = []
        for assignment in assignments {
            let position = try position(of: assignment.column, table)
            bound.append(
                (position, try assignedValue(assignment, table.columns[position], table, context)))
        }
        var test: BoundExpression?
        if let condition { test = try self.condition(try bind(condition, context), "WHERE") }
        guard context.subqueries.isEmpty else {
            throw DemetraError(
                .featureNotSupported, "subqueries in ON CONFLICT are not supported yet")
        }
        return .update(key, existing: existing, excluded: columns, assignments: bound, where: test)
    }

    private func assignedValue(
        _ assignment: Assignment, _ column: ColumnDefinition, _ table: TableDefinition,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        if case .defaultValue = assignment.value.node { return try defaultValue(column, table) }
        return try assigned(try bind(assignment.value, context), column)
    }

    /// The table's CHECK conditions over columns that hold a row of it.
    package func checks(
        _ table: TableDefinition, _ columns: [PlanColumn]
    ) throws(DemetraError) -> [(name: String, condition: BoundExpression)] {
        var result: [(name: String, condition: BoundExpression)] = []
        for check in table.checks {
            let scope = Scope(parent: nil)
            scope.relations = [
                ScopeRelation(
                    name: table.name,
                    columns: zip(table.columns, columns).map {
                        ScopeColumn(name: $0.name, column: $1)
                    })
            ]
            let context = ExpressionContext(scope: scope, clause: "check constraints")
            do throws(DemetraError) {
                let bound = try bind(try SQLParser.parseExpression(check.condition), context)
                guard context.subqueries.isEmpty else {
                    throw DemetraError(
                        .featureNotSupported, "cannot use subquery in check constraint")
                }
                result.append((check.name, try condition(bound, "CHECK")))
            } catch {
                // The place is one in the constraint's text, not in the statement's.
                var named = error
                named.position = nil
                named.context = "check constraint \"\(check.name)\" of \"\(table.name)\""
                throw named
            }
        }
        return result
    }

    private func returning(
        _ items: [SelectItem], _ table: TableDefinition, _ alias: Identifier?,
        _ columns: [PlanColumn]
    ) throws(DemetraError) -> [ProjectedColumn] {
        guard !items.isEmpty else { return [] }
        let scope = Scope(parent: nil)
        scope.relations = [
            ScopeRelation(
                name: alias?.name ?? table.name,
                columns: zip(table.columns, columns).map { ScopeColumn(name: $0.name, column: $1) },
                schema: alias == nil ? table.schemaName : nil)
        ]
        let context = ExpressionContext(scope: scope, clause: "RETURNING")
        var result: [ProjectedColumn] = []
        for item in items {
            switch item {
            case .expression(let expression, let name):
                let bound = try bind(expression, context)
                result.append(
                    ProjectedColumn(
                        column: newColumn(name?.name ?? OutputName.of(expression), bound.type),
                        expression: bound))
            case .star(_, let exclude, _, _):
                let excluded = Set(exclude.map(\.name))
                for column in scope.visibleColumns where !excluded.contains(column.name) {
                    result.append(
                        ProjectedColumn(
                            column: newColumn(column.name, column.column.type),
                            expression: BoundExpression(
                                .column(column.column.id), type: column.column.type)))
                }
            }
        }
        guard context.subqueries.isEmpty else {
            throw DemetraError(
                .featureNotSupported, "subqueries in RETURNING are not supported",
                hint: "Read them with a SELECT of its own.")
        }
        return result
    }

    // MARK: UPDATE and DELETE

    /// The table's rows with their ids, joined to what FROM or USING adds, filtered.
    private func targetRows(
        _ table: TableDefinition, _ alias: Identifier?, _ others: [TableReference],
        _ whereCondition: Expression?
    ) throws(DemetraError) -> (plan: LogicalPlan, scope: Scope, scan: TableScan) {
        var scan = scan(table)
        scan.rowID = newColumn("", .bigint)
        let scope = Scope(parent: nil)
        scope.relations = [
            ScopeRelation(
                name: alias?.name ?? table.name,
                columns: scan.columns.map { ScopeColumn(name: $0.column.name, column: $0.column) },
                schema: alias == nil ? table.schemaName : nil)
        ]
        var plan = LogicalPlan.scan(scan)
        if !others.isEmpty {
            let inner = Scope(parent: nil)
            let other = try bindFrom(others, inner)
            scope.relations += inner.relations
            try checkAliases(scope.relations, others[0])
            plan = .join(JoinPlan(kind: .inner, left: plan, right: other))
        }
        if let whereCondition {
            let context = ExpressionContext(scope: scope, clause: "WHERE")
            let bound = try condition(try bind(whereCondition, context), "WHERE")
            plan = .filter(joining(plan, context.subqueries), bound)
        }
        return (plan, scope, scan)
    }

    func bindUpdate(_ statement: UpdateStatement) throws(DemetraError) -> BoundUpdate {
        let table = try table(statement.table)
        let isFiltered =
            statement.whereCondition != nil || !statement.from.isEmpty
            || !statement.returning.isEmpty
        try require(
            isFiltered ? [.update, .select] : .update, on: table.access, .table,
            table.qualifiedName, statement.table.range)
        let (rows, scope, scan) = try targetRows(
            table, statement.alias, statement.from, statement.whereCondition)
        let context = ExpressionContext(scope: scope, clause: "UPDATE")
        let values = try assignedValues(statement.assignments, table, context)
        let own = Set(scan.columns.map(\.column.id))
        if values.values.contains(where: { !own.isDisjoint(with: $0.usedColumns) }) {
            try require(
                .select, on: table.access, .table, table.qualifiedName, statement.table.range)
        }
        var projected = [passed(scan.rowID)]
        for (position, column) in table.columns.enumerated() {
            let old = scan.columns[position].column
            let value = values[position] ?? BoundExpression(.column(old.id), type: old.type)
            projected.append(
                ProjectedColumn(column: newColumn(column.name, column.type), expression: value))
        }
        let plan = LogicalPlan.project(joining(rows, context.subqueries), projected)
        let columns = Array(plan.columns.dropFirst())
        return BoundUpdate(
            table: table, plan: plan, checks: try checks(table, columns),
            returning: try returning(statement.returning, table, statement.alias, columns))
    }

    /// What SET gives, by the positions of its columns.
    func assignedValues(
        _ assignments: [Assignment], _ table: TableDefinition, _ context: ExpressionContext
    ) throws(DemetraError) -> [Int: BoundExpression] {
        var values: [Int: BoundExpression] = [:]
        for assignment in assignments {
            let position = try position(of: assignment.column, table)
            guard values[position] == nil else {
                throw DemetraError(
                    .syntaxError,
                    "multiple assignments to same column \"\(assignment.column.name)\""
                ).at(assignment.column.range)
            }
            let isDefault = if case .defaultValue = assignment.value.node { true } else { false }
            if table.columns[position].identity == .always, !isDefault {
                throw DemetraError(
                    .generatedAlways,
                    "column \"\(assignment.column.name)\" can only be updated to DEFAULT",
                    detail: "Column \"\(assignment.column.name)\" is an identity column defined as "
                        + "GENERATED ALWAYS."
                ).at(assignment.column.range)
            }
            values[position] = try assignedValue(
                assignment, table.columns[position], table, context)
        }
        return values
    }

    func passed(_ column: PlanColumn?) -> ProjectedColumn {
        let column = column ?? newColumn("", .bigint)
        return ProjectedColumn(
            column: column, expression: BoundExpression(.column(column.id), type: column.type))
    }

    func bindDelete(_ statement: DeleteStatement) throws(DemetraError) -> BoundDelete {
        let table = try table(statement.table)
        let isFiltered =
            statement.whereCondition != nil || !statement.using.isEmpty
            || !statement.returning.isEmpty
        try require(
            isFiltered ? [.delete, .select] : .delete, on: table.access, .table,
            table.qualifiedName, statement.table.range)
        let (rows, _, scan) = try targetRows(
            table, statement.alias, statement.using, statement.whereCondition)
        var projected = [passed(scan.rowID)]
        if !statement.returning.isEmpty {
            projected += scan.columns.map { passed($0.column) }
        }
        let plan = LogicalPlan.project(rows, projected)
        return BoundDelete(
            table: table, plan: plan,
            returning: try returning(
                statement.returning, table, statement.alias, scan.columns.map(\.column)))
    }
}
