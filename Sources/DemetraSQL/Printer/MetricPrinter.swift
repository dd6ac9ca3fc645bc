/// Metrics.
enum MetricPrinter {
    static func text(_ metric: CreateMetricStatement) -> String {
        DefinitionPrinter.create(orReplace: metric.orReplace) + "METRIC "
            + DefinitionPrinter.exists(metric.ifNotExists) + NamePrinter.text(metric.name)
            + (metric.relation.map { " ON " + NamePrinter.text($0) } ?? "") + " AS "
            + ExpressionPrinter.text(metric.expression)
            + metric.clauses.map { " " + text($0) }.joined()
    }

    static func text(_ metric: AlterMetricStatement) -> String {
        let head =
            "ALTER METRIC " + DefinitionPrinter.ifExists(metric.ifExists)
            + NamePrinter.text(metric.name)
        if let name = metric.newName { return head + " RENAME TO " + NamePrinter.text(name) }
        return head + " " + metric.actions.map { text($0) }.joined(separator: ", ")
    }

    private static func text(_ action: AlterMetricStatement.Action) -> String {
        switch action {
        case .set(let clause): "SET " + text(clause)
        case .reset(.format): "RESET FORMAT"
        case .reset(.unit): "RESET UNIT"
        case .reset(.better): "RESET BETTER"
        case .reset(.comment): "RESET COMMENT"
        }
    }

    private static func text(_ clause: MetricClause) -> String {
        switch clause.content {
        case .format(let text): return "FORMAT " + NamePrinter.literal(text)
        case .unit(let text): return "UNIT " + NamePrinter.literal(text)
        case .better(let word): return "BETTER " + NamePrinter.text(word)
        case .comment(let text): return "COMMENT " + NamePrinter.literal(text)
        case .additivity(let isAdditive, let columns):
            let over = columns.map { "(\(NamePrinter.list($0)))" } ?? "TIME"
            return (isAdditive ? "" : "NON ") + "ADDITIVE OVER " + over
        }
    }
}
