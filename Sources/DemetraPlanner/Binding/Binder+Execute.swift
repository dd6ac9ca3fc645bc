package import DemetraSQL
package import DemetraTypes

// EXECUTE: a prepared statement with its arguments in place.

extension Binder {
    /// Resolves a prepared statement with these arguments, which become part of it as if they had been written
    /// there: so they prune, fold and take their types as literals do.
    ///
    /// - Parameters:
    ///   - text: the text that PREPARE stood in, which the statement's ranges point into.
    ///   - types: the types that PREPARE declared, as many as it did.
    /// - Throws: 0A000 for arguments with subqueries, and whatever is wrong with an argument or the statement;
    ///   positions are given for arguments only, as the statement's text is another one.
    package func bindExecution(
        _ prepared: ParsedStatement, text: String, types: [TypeName], arguments: [Expression]
    ) throws(DemetraError) -> BoundStatement {
        let context = ExpressionContext(scope: Scope(parent: nil), clause: "EXECUTE")
        var values: [BoundExpression] = []
        for (index, argument) in arguments.enumerated() {
            var value = try bind(argument, context)
            if index < types.count {
                value = try coerce(
                    value, to: try TypeNames.resolve(types[index]), .assignment,
                    what: "parameter $\(index + 1)")
            }
            values.append(value)
        }
        guard context.subqueries.isEmpty else {
            throw DemetraError(
                .featureNotSupported, "a subquery cannot be an argument of EXECUTE",
                hint: "Run it by itself and pass its result.")
        }
        parameterValues = values
        do throws(DemetraError) {
            return try bind(prepared, text: text, parameters: values.map(\.type))
        } catch {
            var elsewhere = error
            elsewhere.position = nil
            throw elsewhere
        }
    }
}
