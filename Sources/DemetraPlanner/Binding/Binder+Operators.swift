import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Operators: which operand types they take and what they give.

extension Binder {
    func unary(
        _ symbol: String, _ operand: Expression, _ range: SourceRange,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        if symbol == "-", case .number(let text) = operand.node {
            // The sign belongs to the number: -9223372036854775808 is a bigint.
            if text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int64("-" + text) {
                let type: LogicalType = value >= Int64(Int32.min) ? .integer : .bigint
                return BoundExpression(.literal(.integer(value)), type: type, range: range)
            }
            return try decimalLiteral(text, isNegative: true, range)
        }
        let bound = try bind(operand, context)
        switch symbol {
        case "+" where bound.type.isNumber: return bound
        case "-":
            if bound.type.isNumber || bound.type == .interval {
                let type = bound.type.isNumeric ? LogicalType.numeric(nil) : bound.type
                return BoundExpression(
                    .negate(try coerce(bound, to: type)), type: type, range: range)
            }
            if bound.type == .unknown {
                return BoundExpression(
                    .negate(try coerce(bound, to: .double)), type: .double, range: range)
            }
        default: break
        }
        return try scalarCall(symbol, [bound], range, isOperator: true)
    }

    func binary(
        _ symbol: String, _ left: Expression, _ right: Expression, _ range: SourceRange,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        if let comparison = Comparison(rawValue: symbol) {
            if let row = try rowComparison(comparison, left, right, range, context) { return row }
            return try compare(
                comparison, try bind(left, context), try bind(right, context), range)
        }
        let a = try bind(left, context)
        let b = try bind(right, context)
        if let operation = ArithmeticOperator(rawValue: symbol), a.type != .jsonb {
            if context.metric != nil, operation == .divide || operation == .modulo {
                return try metricDivision(operation, a, b, range)
            }
            return try arithmetic(operation, a, b, range)
        }
        if symbol == "||", let array = try arrayConcatenation(a, b, range) { return array }
        return try scalarCall(symbol, [a, b], range, isOperator: true)
    }

    func noOperator(
        _ symbol: String, _ types: [LogicalType], _ range: SourceRange
    ) -> DemetraError {
        let shown =
            types.count == 2 ? "\(types[0]) \(symbol) \(types[1])" : "\(symbol) \(types[0])"
        return DemetraError(
            .undefinedFunction, "operator does not exist: \(shown)",
            hint: "No operator matches the given types. You might need to add explicit type casts."
        ).at(range)
    }

    // MARK: Arithmetic

    func arithmetic(
        _ operation: ArithmeticOperator, _ left: BoundExpression, _ right: BoundExpression,
        _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        func make(
            _ a: LogicalType, _ b: LogicalType, _ result: LogicalType
        ) throws(DemetraError) -> BoundExpression {
            BoundExpression(
                .arithmetic(operation, try coerce(left, to: a), try coerce(right, to: b)),
                type: result, range: range)
        }
        var (a, b) = (left.type, right.type)
        // A literal without a type takes that of the other side, as far as there is such an operator.
        if a == .unknown, b == .unknown { throw noOperator(operation.rawValue, [a, b], range) }
        if a == .unknown { a = literalType(beside: b, operation) }
        if b == .unknown { b = literalType(beside: a, operation) }
        if let x = TypeCoercion.rank(a), let y = TypeCoercion.rank(b) {
            let type = numberType(a, b, x, y)
            if operation == .modulo, type.isFloat {
                throw noOperator("%", [a, b], range)
            }
            return try make(type, type, type)
        }
        switch (operation, a, b) {
        case (.add, .date, _) where b.isInteger: return try make(.date, .bigint, .date)
        case (.add, _, .date) where a.isInteger: return try make(.bigint, .date, .date)
        case (.subtract, .date, _) where b.isInteger: return try make(.date, .bigint, .date)
        case (.subtract, .date, .date): return try make(.date, .date, .integer)
        case (.add, .date, .time), (.add, .time, .date): return try make(a, b, .timestamp)
        case (.add, .date, .interval), (.subtract, .date, .interval):
            return try make(.timestamp, .interval, .timestamp)
        case (.add, .interval, .date): return try make(.interval, .timestamp, .timestamp)
        // A day keeps the time on the session's clocks, so these need to know the zone.
        case (.add, .timestamptz, .interval):
            return try scalarCall("timestamptz_pl_interval", [left, right], range)
        case (.add, .interval, .timestamptz):
            return try scalarCall("timestamptz_pl_interval", [right, left], range)
        case (.subtract, .timestamptz, .interval):
            return try scalarCall("timestamptz_mi_interval", [left, right], range)
        case (.add, .timestamp, .interval), (.subtract, .timestamp, .interval),
            (.add, .time, .interval), (.subtract, .time, .interval):
            return try make(a, .interval, a)
        case (.add, .interval, .timestamp), (.add, .interval, .time):
            return try make(.interval, b, b)
        case (.subtract, .timestamptz, _) where b.isDateTime,
            (.subtract, _, .timestamptz) where a.isDateTime:
            return try make(.timestamptz, .timestamptz, .interval)
        case (.subtract, _, _) where a.isDateTime && b.isDateTime:
            return try make(.timestamp, .timestamp, .interval)
        case (.subtract, .time, .time): return try make(.time, .time, .interval)
        case (.add, .interval, .interval), (.subtract, .interval, .interval):
            return try make(.interval, .interval, .interval)
        case (.multiply, .interval, _) where b.isNumber, (.divide, .interval, _) where b.isNumber:
            return try make(.interval, .double, .interval)
        case (.multiply, _, .interval) where a.isNumber:
            return try make(.double, .interval, .interval)
        default: throw noOperator(operation.rawValue, [a, b], range)
        }
    }

    private func literalType(
        beside type: LogicalType, _ operation: ArithmeticOperator
    ) -> LogicalType {
        switch type {
        case .date: operation == .subtract ? .date : .interval
        case .timestamp, .timestamptz: operation == .subtract ? type : .interval
        default: type
        }
    }

    private func numberType(
        _ a: LogicalType, _ b: LogicalType, _ x: Int, _ y: Int
    ) -> LogicalType {
        switch max(x, y) {
        case 5: .double
        case 4: x == y ? .real : .double
        case 3: .numeric(nil)
        default: x >= y ? a : b
        }
    }

    // MARK: Functions by name

    /// A call of a scalar function or operator with bound arguments.
    ///
    /// - Throws: 42883 when no overload takes these types.
    func scalarCall(
        _ name: String, _ arguments: [BoundExpression], _ range: SourceRange,
        isOperator: Bool = false
    ) throws(DemetraError) -> BoundExpression {
        let types = arguments.map(\.type)
        guard let overloads = functions.scalars[name],
            let function = FunctionResolver.best(overloads, types, signature: { $0.signature })
        else {
            if isOperator { throw noOperator(name, types, range) }
            throw noFunction(name, types, range)
        }
        let cast = try castArguments(arguments, function.signature, name, range)
        let type = function.signature.result.resolve(cast.map(\.type))
        return BoundExpression(.call(function, cast), type: type, range: range)
    }

    func noFunction(
        _ name: String, _ types: [LogicalType], _ range: SourceRange
    ) -> DemetraError {
        let shown = types.map(\.description).joined(separator: ", ")
        return DemetraError(
            .undefinedFunction, "function \(name)(\(shown)) does not exist",
            hint: functionHint(name)
        ).at(range)
    }

    /// The ways to call a function whose arguments do not fit, or what to call instead of one that is none.
    private func functionHint(_ name: String) -> String? {
        let calls = functions.calls(of: name)
        guard calls.isEmpty else {
            let most = 8
            let shown = calls.prefix(most) + (calls.count > most ? ["..."] : [])
            return "Call it as \(shown.joined(separator: ", ")), or cast the arguments."
        }
        if let own = ForeignNames.hint(for: name) { return own }
        return NearestName.find(name, among: functions.callableNames)
            .map { "Perhaps you meant \"\($0)\"." }
    }

    /// Arguments cast to the parameters of a signature.
    func castArguments(
        _ arguments: [BoundExpression], _ signature: Signature, _ name: String,
        _ range: SourceRange
    ) throws(DemetraError) -> [BoundExpression] {
        var elements: [Int] = []
        for index in arguments.indices where signature.parameter(at: index) == .anyElement {
            elements.append(index)
        }
        var result = try castArrayArguments(arguments, signature, name, range)
        if !elements.isEmpty {
            let (unified, _) = try unify(elements.map { arguments[$0] }, what: name.uppercased())
            for (position, index) in elements.enumerated() { result[index] = unified[position] }
        }
        for index in arguments.indices {
            switch signature.parameter(at: index) {
            case .type(let type)?:
                if result[index].type.unmodified == type { continue }
                result[index] = try coerce(result[index], to: type)
            case .any?:
                if result[index].type == .unknown {
                    result[index] = try coerce(result[index], to: .text)
                }
            default: continue
            }
        }
        return result
    }
}
