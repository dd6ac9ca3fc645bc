/// Statements about the session and the database as a whole.
enum SessionPrinter {
    static func text(_ statement: Statement) -> String {
        switch statement {
        case .explain(let explain): text(explain)
        case .set(let name, let values, let isLocal): set(name, values, isLocal)
        case .show(let name): "SHOW " + NamePrinter.text(name)
        case .reset(let name): "RESET " + (name.map { NamePrinter.text($0) } ?? "ALL")
        case .prepare(let name, let types, let inner):
            "PREPARE " + NamePrinter.text(name) + list(types.map { NamePrinter.text($0) }) + " AS "
                + StatementPrinter.text(inner.statement)
        case .execute(let name, let arguments):
            "EXECUTE " + NamePrinter.text(name) + list(arguments.map { ExpressionPrinter.text($0) })
        case .deallocate(let name): "DEALLOCATE " + (name.map { NamePrinter.text($0) } ?? "ALL")
        case .checkAlerts(let name):
            name.map { "CHECK ALERT " + NamePrinter.text($0) } ?? "CHECK ALERTS"
        case .acknowledgeAlert(let id): "ACKNOWLEDGE ALERT " + ExpressionPrinter.text(id)
        case .vacuum(let names):
            "VACUUM" + (names.isEmpty ? "" : " " + StatementPrinter.list(names))
        case .backup(let path): "BACKUP DATABASE TO " + NamePrinter.literal(path)
        case .checkpoint: "CHECKPOINT"
        case .discard(.all): "DISCARD ALL"
        case .discard(.temporary): "DISCARD TEMPORARY"
        case .discard(.plans): "DISCARD PLANS"
        case .discard(.sequences): "DISCARD SEQUENCES"
        // The others are of other families.
        default: ""
        }
    }

    /// ` (a, b)`, or nothing.
    private static func list(_ items: [String]) -> String {
        items.isEmpty ? "" : " (\(items.joined(separator: ", ")))"
    }

    private static func text(_ explain: ExplainStatement) -> String {
        var options = explain.analyze ? ["ANALYZE"] : []
        if explain.format != "text" {
            options.append("FORMAT " + NamePrinter.literal(explain.format))
        }
        return "EXPLAIN" + list(options) + " " + StatementPrinter.text(explain.statement)
    }

    private static func set(_ name: ObjectName, _ values: [String]?, _ isLocal: Bool) -> String {
        let list = values?.map { NamePrinter.literal($0) }.joined(separator: ", ")
        return "SET " + (isLocal ? "LOCAL " : "") + NamePrinter.text(name) + " = "
            + (list ?? "DEFAULT")
    }
}
