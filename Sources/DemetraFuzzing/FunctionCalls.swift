import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// Calls of built-in functions with single values, as the engine calls them.
enum FunctionCalls {
    private static let context = EvaluationContext(statementTime: Timestamp(microseconds: 0))

    /// The result of the overload that takes exactly these types; nil when it refuses.
    static func call(
        _ name: String, _ arguments: [(Value, LogicalType)]
    ) throws(FuzzFinding) -> Value? {
        let overload = BuiltInFunctions.registry.scalars[name]?.first { function in
            let signature = function.signature
            guard signature.accepts(argumentCount: arguments.count) else { return false }
            return arguments.indices.allSatisfy {
                signature.parameter(at: $0) == .type(arguments[$0].1)
            }
        }
        guard let overload else {
            throw FuzzFinding("\(name)(\(arguments.map { "\($0.1)" }.joined(separator: ", ")))?")
        }
        let vectors = arguments.map { Vector([$0.0], type: $0.1) }
        return try refusable { () throws(DemetraError) in
            try overload.evaluate(vectors, 1, context).value(at: 0)
        }
    }
}
