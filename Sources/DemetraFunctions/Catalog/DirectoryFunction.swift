import DemetraTypes
import DemetraVectors

/// Makes functions that ask the session's catalog.
///
/// The answer for equal arguments is looked up once a batch: joins of the catalog ask for the same few again and
/// again.
enum DirectoryFunction {
    /// A body that has the values of one row, none of them NULL unless the function is not strict.
    typealias Body =
        @Sendable ([Value], any ObjectDirectory, EvaluationContext) throws(DemetraError) -> Value

    /// A function of any signature.
    static func make(
        _ name: String, _ signature: Signature, isStrict: Bool = true,
        volatility: Volatility = .stable, _ body: @escaping Body
    ) -> ScalarFunction {
        ScalarFunction(name, signature, volatility: volatility, isStrict: isStrict) {
            (arguments, count, context) throws(DemetraError) in
            guard let directory = context.directory else { throw noSession(name) }
            let type = signature.result.resolve(arguments.map(\.type))
            var builder = VectorBuilder(type: type, capacity: count)
            var known: [[Value]: Value] = [:]
            for row in 0..<count {
                if isStrict, arguments.contains(where: { !$0.isValid(row) }) {
                    builder.appendNull()
                    continue
                }
                let values = arguments.map { $0.value(at: row) }
                if volatility != .volatile, let answer = known[values] {
                    builder.append(answer)
                    continue
                }
                let answer = try body(values, directory, context)
                known[values] = answer
                builder.append(answer)
            }
            return builder.finish()
        }
    }

    /// A function of parameters, the last `optional` of which may be left out.
    static func make(
        _ name: String, _ parameters: [LogicalType], _ result: LogicalType, optional: Int = 0,
        volatility: Volatility = .stable, _ body: @escaping Body
    ) -> ScalarFunction {
        make(
            name,
            Signature(
                parameters.map { .type($0) }, requiredCount: parameters.count - optional,
                result: .fixed(result)), volatility: volatility, body)
    }

    static func noSession(_ name: String) -> DemetraError {
        DemetraError(
            .objectNotInPrerequisiteState, "there is no catalog to ask here",
            hint: "\(name) belongs to a session.")
    }
}

extension Value {
    /// The boolean, or false for a value of another type.
    var isTrue: Bool { if case .boolean(let flag) = self { flag } else { false } }

    /// A text, or NULL for nil.
    static func optional(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
}
