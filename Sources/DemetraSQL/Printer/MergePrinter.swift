/// MERGE.
enum MergePrinter {
    static func text(_ merge: MergeStatement) -> String {
        "MERGE INTO " + ModifyPrinter.target(merge.table, merge.alias) + " USING "
            + TablePrinter.item(merge.source) + ExpressionPrinter.clause("ON", merge.condition)
            + merge.clauses.map { text($0) }.joined()
    }

    private static func text(_ clause: MergeStatement.Clause) -> String {
        let action =
            switch clause.action {
            case .nothing: "DO NOTHING"
            case .delete: "DELETE"
            case .update(let assignments): "UPDATE SET " + ModifyPrinter.text(assignments)
            case .insert(let columns, let values, let overriding):
                "INSERT" + NamePrinter.columns(columns) + ModifyPrinter.overriding(overriding)
                    + (values.map { " VALUES (\(ExpressionPrinter.list($0)))" }
                        ?? " DEFAULT VALUES")
            }
        return " WHEN " + (clause.isMatched ? "" : "NOT ") + "MATCHED"
            + ExpressionPrinter.clause("AND", clause.condition) + " THEN " + action
    }
}
