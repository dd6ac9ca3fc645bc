import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Rows as JSON: `row_to_json(t)`, `json_agg(t)`, `to_json(ROW(a, b))`.

extension Binder {
    private static let takingRows: Set<String> = [
        "row_to_json", "to_json", "to_jsonb", "json_agg", "jsonb_agg", "json_build_array",
        "jsonb_build_array", "json_build_object", "jsonb_build_object", "json_object_agg",
        "jsonb_object_agg",
    ]

    /// The call with its arguments that are rows as calls of `json_row`, which makes an object of one: a name
    /// that is no column but a table's, `t.*`, and `ROW(...)`.
    func withRows(_ call: FunctionCall, _ context: ExpressionContext) -> FunctionCall {
        guard Self.takingRows.contains(call.name.last.name) else { return call }
        var result = call
        for (index, argument) in call.arguments.enumerated() {
            guard let members = rowMembers(argument.value, context) else { continue }
            let name = ObjectName([Identifier("json_row", range: call.name.range)])
            let row = FunctionCall(
                name: name,
                arguments: members.map { FunctionArgument(value: .expression($0)) })
            result.arguments[index] = FunctionArgument(
                name: argument.name,
                value: .expression(Expression(.call(row), range: call.name.range)))
        }
        return result
    }

    /// Names and values by turns; nil for an argument that is no row.
    private func rowMembers(
        _ argument: FunctionArgumentValue, _ context: ExpressionContext
    ) -> [Expression]? {
        switch argument {
        case .table: return nil
        case .star(let name, let range):
            guard let name else { return nil }
            return relationMembers(name.last.name, range, context)
        case .expression(let expression):
            switch expression.node {
            case .row(let values):
                return values.enumerated().flatMap { index, value in
                    [Expression(.string("f\(index + 1)"), range: value.range), value]
                }
            case .column(let path) where path.count == 1:
                return relationMembers(path[0].name, expression.range, context)
            default: return nil
            }
        }
    }

    private func relationMembers(
        _ name: String, _ range: SourceRange, _ context: ExpressionContext
    ) -> [Expression]? {
        var scope: Scope? = context.scope
        while let current = scope {
            guard case .missing = current.lookUp(name, relation: nil) else { return nil }
            if let relation = current.relations.first(where: { $0.name == name }) {
                return relation.columns.flatMap { column in
                    [
                        Expression(.string(column.name), range: range),
                        Expression(
                            .column([Identifier(name), Identifier(column.name)]), range: range),
                    ]
                }
            }
            scope = current.parent
        }
        return nil
    }

    /// The aggregate that a call by this name is: `json_agg` puts arrays and rows on lines of their own.
    func aggregateName(_ name: String, _ arguments: [BoundExpression]) -> String {
        guard name == "json_agg", let argument = arguments.first else { return name }
        if argument.type.arrayElement != nil { return "json_agg_lines" }
        guard case .call(let function, _) = argument.node, function.name == "json_row" else {
            return name
        }
        return "json_agg_lines"
    }
}
