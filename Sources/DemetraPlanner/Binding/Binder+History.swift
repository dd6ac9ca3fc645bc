import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Earlier states of tables: AS OF and changes(...).

extension Binder {
    /// `table AS OF time`; of a view, every table in it that says nothing else is shown as of the time.
    func bindPastTable(
        _ name: ObjectName, _ time: Expression, _ alias: TableAlias?, _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        if name.parts.count == 1, commonTables.contains(where: { $0.name == name.last.name }) {
            throw DemetraError(
                .featureNotSupported,
                "AS OF cannot be applied to the common table expression \"\(name.last.name)\"",
                hint: "Write it behind the tables inside."
            ).at(name.range)
        }
        let saved = pastTime
        guard let asked = try self.time(time, "AS OF") else {
            throw DemetraError(
                .nullValueNotAllowed, "the time of AS OF is NULL",
                hint: "Leave AS OF out for the present."
            ).at(time.range)
        }
        pastTime = asked
        defer { pastTime = saved }
        return try bindTable(name, alias, scope)
    }

    /// The constant time that an expression gives; nil for NULL.
    private func time(
        _ expression: Expression, _ clause: String
    ) throws(DemetraError) -> Timestamp? {
        let context = ExpressionContext(scope: Scope(parent: nil), clause: clause)
        let bound = try coerce(try bind(expression, context), to: .timestamptz, .assignment)
        guard context.subqueries.isEmpty, bound.usedColumns.isEmpty, !bound.hasOuter else {
            throw DemetraError(
                .featureNotSupported, "the time of \(clause) must be a constant",
                hint: "Take it from a query of its own, and give it as a literal or a parameter."
            ).at(expression.range)
        }
        // Without a folder only columns and types are asked for, and nothing is run.
        guard let folder else { return Timestamp(microseconds: 0) }
        do throws(DemetraError) {
            let value = try folder.value(of: bound)
            if case .timestamptz(let time) = value { return time }
            return nil
        } catch {
            throw error.at(expression.range)
        }
    }

    /// `changes('table', from, to)`: what became of a table's rows between two times.
    func bindChanges(
        _ call: FunctionCall, _ alias: TableAlias?, _ range: SourceRange
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        var values: [Expression] = []
        for (index, argument) in call.arguments.enumerated() {
            let names = ["table_name", "from", "to"]
            guard case .expression(let expression) = argument.value, index < names.count,
                argument.name.map({ $0.name == names[index] }) ?? true
            else { throw noFunction("changes", [], call.name.range) }
            values.append(expression)
        }
        guard let first = values.first else { throw noFunction("changes", [], call.name.range) }
        let table = try tableOfChanges(
            first, "the first argument of changes names a table, as text",
            hint: "SELECT * FROM changes('ad_metrics', NULL, NULL).")
        var times: [Timestamp?] = [nil, nil]
        for (index, value) in values.dropFirst().enumerated() {
            times[index] = try time(value, "changes")
        }
        let scan = changeScan(table, from: times[0], to: times[1])
        return (
            BoundQuery(plan: .changes(scan), correlated: []),
            [try relation(scan.columns.map(\.column), alias, "changes", range)]
        )
    }

    /// All changes of the table that an argument of a function names.
    func allChanges(
        _ argument: Expression, _ function: String
    ) throws(DemetraError) -> LogicalPlan {
        let table = try tableOfChanges(
            argument, "\(function) needs the name of a table, as text",
            hint: "Write it like 'ad_metrics'.")
        return .changes(changeScan(table, from: nil, to: nil))
    }

    private func changeScan(
        _ table: TableDefinition, from start: Timestamp?, to end: Timestamp?
    ) -> ChangeScan {
        ChangeScan(table: table, columns: changeColumns(table), start: start, end: end)
    }

    /// The table that a constant text names.
    ///
    /// - Throws: 22023 with the message and hint when it is none, 42P01 when there is no such table, 42501 when it may
    ///   not be read.
    private func tableOfChanges(
        _ expression: Expression, _ message: String, hint: String
    ) throws(DemetraError) -> TableDefinition {
        let context = ExpressionContext(scope: Scope(parent: nil), clause: "changes")
        guard case .text(let name)? = constant(try bind(expression, context)) else {
            throw DemetraError(.invalidParameterValue, message, hint: hint).at(expression.range)
        }
        let parts = name.split(separator: ".").map {
            Identifier(String($0), range: expression.range)
        }
        let whole = ObjectName([Identifier(name, range: expression.range)])
        let meant = try relationName(whole)
        let isWhole = parts.isEmpty || catalog.hasRelation(meant)
        let table = try table(isWhole ? whole : ObjectName(parts))
        usedObjects.insert(.relation(table.qualifiedName))
        try require(.select, on: table.access, .table, table.qualifiedName, expression.range)
        return table
    }

    /// The commit and the kind of change, the key, then each other column as it was and as it is.
    private func changeColumns(
        _ table: TableDefinition
    ) -> [(column: PlanColumn, content: ChangeContent)] {
        let key = table.primaryKey?.columns ?? []
        var columns: [(column: PlanColumn, content: ChangeContent)] = [
            (newColumn("commit_time", .timestamptz), .commitTime),
            (newColumn("commit_sequence", .bigint), .commitSequence),
            (newColumn("kind", .text), .kind),
        ]
        for position in key {
            let column = table.columns[position]
            columns.append((newColumn(column.name, column.type), .either(position)))
        }
        for (position, column) in table.columns.enumerated() where !key.contains(position) {
            columns.append((newColumn("old_\(column.name)", column.type), .old(position)))
            columns.append((newColumn("new_\(column.name)", column.type), .new(position)))
        }
        return columns
    }
}
