import DemetraSQL

/// The name PostgreSQL gives an output column without an alias.
enum OutputName {
    static func of(_ expression: Expression) -> String {
        switch expression.node {
        case .column(let path): path[path.count - 1].name
        case .call(let call): call.name.last.name
        case .cast(let operand, let type):
            // A cast keeps the name below it, if there is one.
            {
                let inner = of(operand)
                return inner == "?column?" ? type.name : inner
            }()
        case .typedLiteral(let type, _, _): type.name
        case .caseWhen(_, _, let otherwise):
            // The name of an ELSE column shows through.
            otherwise.map { name in
                let inner = of(name)
                return inner == "?column?" ? "case" : inner
            } ?? "case"
        case .exists: "exists"
        case .array: "array"
        case .row: "row"
        case .scalarQuery(let query): ofQuery(query)
        case .collate(let operand, _): of(operand)
        case .boolean: "bool"
        default: "?column?"
        }
    }

    private static func ofQuery(_ query: Query) -> String {
        guard case .select(let core) = query.body, core.items.count == 1,
            case .expression(let expression, let alias) = core.items[0]
        else { return "?column?" }
        return alias?.name ?? of(expression)
    }
}
