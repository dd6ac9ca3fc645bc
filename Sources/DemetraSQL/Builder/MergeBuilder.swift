import DemetraTypes

/// MERGE.
enum MergeBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> MergeStatement {
        guard let table = node[.table], let source = node[.source],
            let condition = try ExpressionBuilder.build(node[.condition])
        else { throw StatementBuilder.missing() }
        var clauses: [MergeStatement.Clause] = []
        for clause in node.all(.clauses) {
            guard let inner = clause[.matched] ?? clause[.unmatched] else { continue }
            clauses.append(
                MergeStatement.Clause(
                    isMatched: clause[.matched] != nil,
                    condition: try ExpressionBuilder.build(inner[.condition]),
                    action: try action(
                        inner, node[.alias]?.identifier ?? ExpressionBuilder.objectName(table).last),
                    range: clause.range))
        }
        return MergeStatement(
            table: ExpressionBuilder.objectName(table), alias: node[.alias]?.identifier,
            source: try SelectBuilder.item(source), condition: condition, clauses: clauses)
    }

    private static func action(
        _ node: SyntaxNode, _ target: Identifier
    ) throws(DemetraError) -> MergeStatement.Action {
        if node.has(.nothing) { return .nothing }
        if node.has(.delete) { return .delete }
        guard let insert = node[.insert] else {
            return .update(try ModifyBuilder.assignments(node, target))
        }
        var overriding: InsertStatement.Overriding?
        if insert.has(.overridesSystem) { overriding = .system }
        if insert.has(.overridesUser) { overriding = .user }
        var values: [Expression]?
        if !insert.has(.defaults) {
            var given: [Expression] = []
            for value in insert.all(.values) { given.append(try ExpressionBuilder.build(value)) }
            values = given
        }
        return .insert(insert.all(.columns).map(\.identifier), values: values, overriding)
    }
}
