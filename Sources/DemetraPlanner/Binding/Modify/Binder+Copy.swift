import DemetraCatalog
import DemetraSQL
import DemetraTypes

// COPY.

extension Binder {
    func bindCopy(_ statement: CopyStatement) throws(DemetraError) -> BoundStatement {
        let options = Dictionary(
            statement.options.map { ($0.name.name, $0.value) }, uniquingKeysWith: { $1 })
        switch statement.subject {
        case .query(let query):
            guard !statement.isFrom else {
                throw DemetraError(.syntaxError, "COPY query FROM is not possible")
                    .at(statement.range)
            }
            return .copyTo(
                try bindQuery(query, outer: nil).plan, statement.endpoint, options: options)
        case .table(let name, let columns):
            if !statement.isFrom { return try copyTable(name, columns, statement, options) }
            let table = try table(name)
            try require(.insert, on: table.access, .table, table.qualifiedName, name.range)
            return .copyFrom(
                try copyTarget(
                    table, try targetPositions(columns, table),
                    table.columns.map { newColumn($0.name, $0.type) }, statement.endpoint, options))
        }
    }

    func copyTarget(
        _ table: TableDefinition, _ positions: [Int], _ rowColumns: [PlanColumn],
        _ endpoint: CopyStatement.Endpoint, _ options: [String: CopyStatement.OptionValue]
    ) throws(DemetraError) -> BoundCopyFrom {
        var defaults: [(position: Int, value: BoundExpression)] = []
        for (position, column) in table.columns.enumerated() where !positions.contains(position) {
            defaults.append((position, try defaultValue(column, table)))
        }
        return BoundCopyFrom(
            table: table, columns: positions, defaults: defaults,
            checks: try checks(table, rowColumns), rowColumns: rowColumns, endpoint: endpoint,
            options: options)
    }

    private func copyTable(
        _ name: ObjectName, _ columns: [Identifier], _ statement: CopyStatement,
        _ options: [String: CopyStatement.OptionValue]
    ) throws(DemetraError) -> BoundStatement {
        var core = SelectCore(range: statement.range)
        core.from = [.table(name, alias: nil)]
        core.items =
            columns.isEmpty
            ? [.star(qualifier: nil, exclude: [], replace: [], range: name.range)]
            : columns.map { .expression(Expression(.column([$0]), range: $0.range), alias: nil) }
        let query = Query(body: .select(core), range: statement.range)
        return .copyTo(
            try bindQuery(query, outer: nil).plan, statement.endpoint, options: options)
    }
}
