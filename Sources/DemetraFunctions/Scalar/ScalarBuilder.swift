import DemetraTypes
import DemetraVectors

/// Makes functions of closures over single values: for functions that no race depends on.
///
/// The engine calls them once per distinct value of a dictionary, so most text columns never come by row.
enum ScalarBuilder {
    /// A strict function: rows with a NULL argument give NULL.
    static func function(
        _ name: String, _ parameters: [LogicalType], _ result: LogicalType, optional: Int = 0,
        volatility: Volatility = .immutable,
        _ body: @escaping @Sendable ([Value], EvaluationContext) throws(DemetraError) -> Value
    ) -> ScalarFunction {
        ScalarFunction(
            name,
            Signature(
                parameters.map { .type($0) }, requiredCount: parameters.count - optional,
                result: .fixed(result)), volatility: volatility
        ) { (arguments, count, context) throws(DemetraError) in
            try rows(arguments, count, result, context, isStrict: true, body)
        }
    }

    /// Any signature; `isStrict` false hands NULLs to the body.
    static func general(
        _ name: String, _ signature: Signature, isStrict: Bool = true,
        volatility: Volatility = .immutable,
        _ body: @escaping @Sendable ([Value], EvaluationContext) throws(DemetraError) -> Value
    ) -> ScalarFunction {
        ScalarFunction(name, signature, volatility: volatility, isStrict: isStrict) {
            (arguments, count, context) throws(DemetraError) in
            let type = signature.result.resolve(arguments.map(\.type))
            return try rows(arguments, count, type, context, isStrict: isStrict, body)
        }
    }

    private static func rows(
        _ arguments: [Vector], _ count: Int, _ type: LogicalType, _ context: EvaluationContext,
        isStrict: Bool,
        _ body: ([Value], EvaluationContext) throws(DemetraError) -> Value
    ) throws(DemetraError) -> Vector {
        var builder = VectorBuilder(type: type, capacity: count)
        for row in 0..<count {
            if isStrict, arguments.contains(where: { !$0.isValid(row) }) {
                builder.appendNull()
                continue
            }
            builder.append(try body(arguments.map { $0.value(at: row) }, context))
        }
        return builder.finish()
    }
}

extension Value {
    /// The text, or empty for a value of another type.
    var textOrEmpty: String { if case .text(let text) = self { text } else { "" } }

    /// The integer, or 0 for a value of another type.
    var integerOrZero: Int { if case .integer(let number) = self { Int(number) } else { 0 } }

    /// The double, or 0 for a value of another type.
    var doubleOrZero: Double { if case .double(let number) = self { number } else { 0 } }

    /// The decimal, or 0 for a value of another type.
    var decimalOrZero: Decimal { if case .numeric(let number) = self { number } else { .zero } }
}
