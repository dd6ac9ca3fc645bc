import DemetraCatalog
import DemetraSQL
import DemetraTypes

// Columns whose values a statement does not give.

extension Binder {
    /// What is given without the values that identity columns do not take.
    ///
    /// - Throws: 428C9 for values of a column that is generated always.
    func withoutGenerated(
        _ given: [(position: Int, value: BoundExpression)], _ table: TableDefinition,
        _ statement: InsertStatement
    ) throws(DemetraError) -> [(position: Int, value: BoundExpression)] {
        guard table.columns.contains(where: { $0.identity != nil }) else { return given }
        if statement.overriding == .user {
            return given.filter { table.columns[$0.position].identity == nil }
        }
        if statement.overriding == .system { return given }
        for value in given where table.columns[value.position].identity == .always {
            if onlyDefaults(statement, value.position, table) { continue }
            let column = table.columns[value.position].name
            throw DemetraError(
                .generatedAlways, "cannot insert a non-DEFAULT value into column \"\(column)\"",
                detail: "Column \"\(column)\" is an identity column defined as GENERATED ALWAYS.",
                hint: "Use OVERRIDING SYSTEM VALUE to override."
            ).at(
                statement.columns.first { $0.name == column }?.range ?? statement.table.range)
        }
        return given
    }

    /// Whether all rows of VALUES say DEFAULT for a column.
    private func onlyDefaults(
        _ statement: InsertStatement, _ position: Int, _ table: TableDefinition
    ) -> Bool {
        guard case .values(let rows, _)? = statement.source?.body,
            let positions = try? targetPositions(statement.columns, table),
            let index = positions.firstIndex(of: position)
        else { return false }
        return rows.allSatisfy { row in
            guard row.indices.contains(index), case .defaultValue = row[index].node else {
                return false
            }
            return true
        }
    }
}
