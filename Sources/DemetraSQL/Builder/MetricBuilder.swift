import DemetraTypes

/// Statements about metrics.
enum MetricBuilder {
    static func create(_ node: SyntaxNode) throws(DemetraError) -> Statement {
        guard let name = node[.name], let expression = node[.expression] else {
            throw StatementBuilder.missing()
        }
        return .createMetric(
            CreateMetricStatement(
                name: name.identifier, orReplace: node.has(.replace),
                ifNotExists: node.has(.exists),
                relation: node[.relation].map { ExpressionBuilder.objectName($0) },
                expression: try ExpressionBuilder.build(expression),
                clauses: try node.all(.clauses).mapThrowing { clause throws(DemetraError) in
                    try self.clause(clause)
                }))
    }

    static func alter(_ node: SyntaxNode) throws(DemetraError) -> Statement {
        guard let name = node[.name] else { throw StatementBuilder.missing() }
        if let owner = node[.owner] {
            return .role(
                .owner(
                    GrantTarget(.metric, [ObjectName([name.identifier])]),
                    ifExists: node.has(.exists), try RoleBuilder.name(owner)))
        }
        var actions: [AlterMetricStatement.Action] = []
        for action in node.all(.actions) {
            if let set = action[.set] {
                actions.append(.set(try clause(set)))
            } else if action.has(.format) {
                actions.append(.reset(.format))
            } else if action.has(.unit) {
                actions.append(.reset(.unit))
            } else if action.has(.better) {
                actions.append(.reset(.better))
            } else {
                actions.append(.reset(.comment))
            }
        }
        return .alterMetric(
            AlterMetricStatement(
                name: name.identifier, ifExists: node.has(.exists),
                newName: node[.target]?.identifier, actions: actions))
    }

    private static func clause(_ node: SyntaxNode) throws(DemetraError) -> MetricClause {
        let content: MetricClause.Content
        if let text = node[.format] {
            content = .format(try text.string())
        } else if let text = node[.unit] {
            content = .unit(try text.string())
        } else if let word = node[.better] {
            content = .better(word.identifier)
        } else if let text = node[.comment] {
            content = .comment(try text.string())
        } else if let over = node[.over] {
            content = .additivity(
                isAdditive: !node.has(.non),
                columns: over.has(.time) ? nil : over.all(.columns).map(\.identifier))
        } else {
            throw StatementBuilder.missing()
        }
        return MetricClause(content, range: node.range)
    }
}
