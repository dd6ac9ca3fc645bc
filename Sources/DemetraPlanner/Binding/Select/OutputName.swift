import DemetraSQL

/// The name PostgreSQL gives an output column without an alias.
///
/// - Source: FigureColname of the PostgreSQL 15 documentation's SELECT list rules.
enum OutputName {
    /// A name, and whether it says more than the type of a constant: CASE takes only such a name.
    private typealias Found = (name: String, isStrong: Bool)

    static func of(_ expression: Expression) -> String { found(expression)?.name ?? "?column?" }

    private static func found(_ expression: Expression) -> Found? {
        switch expression.node {
        case .column(let path): return (path[path.count - 1].name, true)
        case .call(let call):
            // A metric is called what it is called, whatever stands behind it.
            if call.name.text == FunctionCall.metricName,
                case .expression(let metric)? = call.arguments.first?.value
            {
                return found(metric)
            }
            return (call.name.last.name, true)
        case .cast(let operand, let type):
            if let inner = found(operand), inner.isStrong { return inner }
            return (shortName(type.name), false)
        case .typedLiteral(let type, _, _): return (shortName(type.name), false)
        case .caseWhen(_, _, let otherwise):
            if let otherwise, let inner = found(otherwise), inner.isStrong { return inner }
            return ("case", false)
        case .exists: return ("exists", true)
        case .array, .arrayQuery: return ("array", true)
        case .row: return ("row", true)
        case .scalarQuery(let query): return ofQuery(query)
        case .collate(let operand, _), .element(let operand, _), .slice(let operand, _, _):
            return found(operand)
        case .field(_, let name): return (name.name, true)
        case .boolean: return ("bool", false)
        default: return nil
        }
    }

    private static func ofQuery(_ query: Query) -> Found? {
        guard case .select(let core) = query.body, core.items.count == 1,
            case .expression(let expression, let alias) = core.items[0]
        else { return nil }
        return alias.map { ($0.name, true) } ?? found(expression)
    }

    /// The catalog's name of a type written in one of its longer forms.
    private static func shortName(_ name: String) -> String {
        switch name {
        case "boolean": "bool"
        case "smallint": "int2"
        case "integer", "int": "int4"
        case "bigint": "int8"
        case "real": "float4"
        case "double", "double precision", "float": "float8"
        case "decimal", "dec": "numeric"
        case "character varying": "varchar"
        case "character", "char": "bpchar"
        default: name
        }
    }
}
