import DemetraTypes
import DemetraVectors

/// `jsonb_path_query` and its kin, and the operators `@?` and `@@`.
///
/// Paths are texts here: there is no type for them.
///
/// - Source: PostgreSQL 15 documentation, section 9.16.2.
enum JSONPathFunctions {
    static let scalars: [ScalarFunction] =
        ["", "_tz"].flatMap { suffix in
            [
                function("jsonb_path_query_array\(suffix)", .jsonb) {
                    (call) throws(DemetraError) in
                    .text(JSONValue.array(try call.items()).text)
                },
                function("jsonb_path_query_first\(suffix)", .jsonb) {
                    (call) throws(DemetraError) in
                    try call.items().first.map { .text($0.text) } ?? .null
                },
                function("jsonb_path_exists\(suffix)", .boolean) { (call) throws(DemetraError) in
                    try call.exists()
                },
                function("jsonb_path_match\(suffix)", .boolean) { (call) throws(DemetraError) in
                    try call.match()
                },
            ]
        } + [
            function("@?", .boolean, isOperator: true) { (call) throws(DemetraError) in
                try call.exists()
            },
            function("@@", .boolean, isOperator: true) { (call) throws(DemetraError) in
                try call.match()
            },
        ]

    static let sets: [SetFunction] = ["jsonb_path_query", "jsonb_path_query_tz"].map { name in
        SetFunction(name, signature(.jsonb)) { (arguments, _, context) in
            let calls = JSONPathCalls(arguments, isSilent: false, context)
            return ListedRows { (row) throws(DemetraError) in
                try calls.call(at: row).items().map { [.text($0.text)] }
            }
        }
    }

    /// Document and path, perhaps variables and whether errors give nothing.
    private static func signature(_ result: LogicalType, isOperator: Bool = false) -> Signature {
        let all: [LogicalType] = [.jsonb, .text, .jsonb, .boolean]
        return Signature(
            all.prefix(isOperator ? 2 : 4).map { .type($0) }, requiredCount: 2,
            result: .fixed(result))
    }

    private static func function(
        _ name: String, _ result: LogicalType, isOperator: Bool = false,
        _ body: @escaping @Sendable (JSONPathCall) throws(DemetraError) -> Value
    ) -> ScalarFunction {
        ScalarFunction(name, signature(result, isOperator: isOperator)) {
            (arguments, count, context) throws(DemetraError) in
            let calls = JSONPathCalls(arguments, isSilent: isOperator, context)
            var builder = VectorBuilder(type: result, capacity: count)
            for row in 0..<count {
                if arguments.contains(where: { !$0.isValid(row) }) {
                    builder.appendNull()
                } else {
                    builder.append(try body(try calls.call(at: row)))
                }
            }
            return builder.finish()
        }
    }
}

/// The calls of one batch: rows with the path of the row before share its compiled form.
// Owned by one thread.
final class JSONPathCalls {
    private let arguments: [Vector]
    private let isSilent: Bool
    private let cancellation: CancellationFlag
    private var last: (text: String, path: JSONPath)?

    init(_ arguments: [Vector], isSilent: Bool, _ context: EvaluationContext) {
        self.arguments = arguments
        self.isSilent = isSilent
        cancellation = context.cancellation
    }

    /// - Throws: 42601 for a path that is none, 22023 for variables that are no object.
    func call(at row: Int) throws(DemetraError) -> JSONPathCall {
        let text = arguments[1].value(at: row).textOrEmpty
        let path: JSONPath
        if let last, last.text == text { path = last.path } else { path = try JSONPath(text) }
        last = (text, path)
        var variables: [(key: String, value: JSONValue)] = []
        if arguments.count > 2 {
            guard
                case .object(let members) = JSONValue.tree(arguments[2].value(at: row).textOrEmpty)
            else {
                throw DemetraError(
                    .invalidParameterValue, "\"vars\" argument is not an object",
                    detail:
                        "Jsonpath parameters should be encoded as key-value pairs of \"vars\" object.",
                    hint: "Write '{\"name\": value}'.")
            }
            variables = members
        }
        let isQuiet =
            isSilent || (arguments.count > 3 && arguments[3].value(at: row) == .boolean(true))
        return JSONPathCall(
            path: path, isSilent: isQuiet,
            evaluator: JSONPathEvaluator(
                isStrict: path.isStrict,
                root: JSONValue.tree(arguments[0].value(at: row).textOrEmpty),
                variables: variables, cancellation: cancellation))
    }
}

/// One call.
struct JSONPathCall {
    let path: JSONPath
    /// Errors that values cause give nothing.
    let isSilent: Bool
    let evaluator: JSONPathEvaluator

    /// The items, up to an error that is silent.
    func items() throws(DemetraError) -> [JSONValue] {
        var items: [JSONValue] = []
        do throws(DemetraError) {
            try evaluator.collect(path, into: &items)
        } catch {
            guard isSilent, error.isOfPath else { throw error }
        }
        return items
    }

    /// Whether there is an item; NULL behind an error that is silent.
    func exists() throws(DemetraError) -> Value {
        do throws(DemetraError) {
            return .boolean(try evaluator.exists(path))
        } catch {
            guard isSilent, error.isOfPath else { throw error }
            return .null
        }
    }

    /// The one item, which is true, false or null.
    ///
    /// - Throws: 22038 for other items.
    func match() throws(DemetraError) -> Value {
        let items = try items()
        if items.count == 1 {
            if case .boolean(let truth) = items[0] { return .boolean(truth) }
            if items[0] == .null { return .null }
        }
        if isSilent { return .null }
        throw DemetraError(
            .singletonSQLJSONItemRequired, "single boolean result is expected",
            hint: "Ask for items with jsonb_path_exists, or compare: '$.key == 1'.")
    }
}
