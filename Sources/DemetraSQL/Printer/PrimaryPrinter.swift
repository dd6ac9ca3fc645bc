/// Operands: literals, columns, calls, CASE, rows, arrays and subqueries.
enum PrimaryPrinter {
    static func text(_ node: ExpressionNode) -> String {
        switch node {
        case .null: "NULL"
        case .boolean(let flag): flag ? "TRUE" : "FALSE"
        case .number(let text): text
        case .string(let text): NamePrinter.literal(text)
        case .typedLiteral(let type, let text, let fields):
            NamePrinter.text(type) + " " + NamePrinter.literal(text)
                + (fields.map { " " + $0.uppercased() } ?? "")
        case .parameter(let number): "$\(number)"
        case .column(let path): NamePrinter.text(ObjectName(path))
        case .exists(let query): "EXISTS (\(QueryPrinter.text(query)))"
        case .scalarQuery(let query): "(\(QueryPrinter.text(query)))"
        case .caseWhen(let operand, let branches, let otherwise):
            caseWhen(operand, branches, otherwise)
        case .call(let call): CallPrinter.expression(call)
        case .row(let items): row(items)
        case .array(let items): "ARRAY[\(ExpressionPrinter.list(items))]"
        case .arrayQuery(let query): "ARRAY(\(QueryPrinter.text(query)))"
        default: "DEFAULT"
        }
    }

    /// `(a, b)`; one value or none need the word.
    static func row(_ items: [Expression]) -> String {
        (items.count < 2 ? "ROW" : "") + "(\(ExpressionPrinter.list(items)))"
    }

    private static func caseWhen(
        _ operand: Expression?, _ branches: [CaseBranch], _ otherwise: Expression?
    ) -> String {
        var result = "CASE" + (operand.map { " " + ExpressionPrinter.text($0) } ?? "")
        for branch in branches {
            result += ExpressionPrinter.clause("WHEN", branch.condition)
            result += ExpressionPrinter.clause("THEN", branch.result)
        }
        return result + ExpressionPrinter.clause("ELSE", otherwise) + " END"
    }
}
