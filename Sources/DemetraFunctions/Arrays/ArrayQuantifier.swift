import DemetraTypes
import DemetraVectors

/// `x op ANY (array)` and `x op ALL (array)`: the operator's verdicts over the elements, joined by OR or AND
/// with three values; no elements decide as no operands do.
///
/// The elements of a whole batch are compared at once.
package enum ArrayQuantifier {
    static let all: [ScalarFunction] = [
        ("=", ComparisonOperator.equal), ("<>", .notEqual), ("<", .less), ("<=", .lessOrEqual),
        (">", .greater), (">=", .greaterOrEqual),
    ].flatMap { symbol, comparison in
        [false, true].map { isAll in
            function(name(symbol, all: isAll), [.arrayElement, .anyArray], all: isAll) {
                left, right, _, _ in
                CompareKernel.compare(comparison, left, right)
            }
        }
    }

    /// The name under which the registry has `= ANY` and its kin.
    package static func name(_ symbol: String, all: Bool) -> String {
        symbol + (all ? " ALL" : " ANY")
    }

    /// The function for an operator that is a function itself: `~~`, `~*`.
    package static func function(
        of inner: ScalarFunction, symbol: String, negated: Bool, all isAll: Bool
    ) -> ScalarFunction {
        function(
            name(symbol, all: isAll), [.type(.text), .type(.array(.text))], all: isAll
        ) { (left, right, count, context) throws(DemetraError) in
            let verdicts = try inner.evaluate([left, right], count, context)
                .masked(byNullsOf: [left, right])
            return negated ? LogicKernel.not(verdicts) : verdicts
        }
    }

    private typealias Verdicts =
        @Sendable (Vector, Vector, Int, EvaluationContext) throws(DemetraError) -> Vector

    private static func function(
        _ name: String, _ parameters: [ParameterType], all isAll: Bool,
        _ verdicts: @escaping Verdicts
    ) -> ScalarFunction {
        ScalarFunction(
            name, Signature(parameters, result: .fixed(.boolean)), isStrict: false
        ) { (arguments, count, context) throws(DemetraError) in
            let arrays = ArrayRows(arguments[1])
            var elements = VectorBuilder(type: arrays.layout.element, capacity: count * 4)
            var rows: [Int32] = []
            for row in 0..<count where arrays.isValid(row) {
                for item in arrays.items(row) {
                    arrays.append(item, to: &elements)
                    rows.append(Int32(truncatingIfNeeded: row))
                }
            }
            let subjects = arguments[0].taking(rows: Buffer(rows))
            let found = try verdicts(subjects, elements.finish(), rows.count, context)
            return joined(found.withoutConstant(), rows, arrays, count, isAll: isAll)
        }
    }

    /// OR, or AND for `isAll`, of the verdicts of each row.
    private static func joined(
        _ verdicts: Vector, _ rows: [Int32], _ arrays: ArrayRows, _ count: Int, isAll: Bool
    ) -> Vector {
        var builder = VectorBuilder(type: .boolean, capacity: count)
        var next = 0
        for row in 0..<count {
            guard arrays.isValid(row) else {
                builder.appendNull()
                continue
            }
            var (isDecided, isOpen) = (false, false)
            while next < rows.count, Int(rows[next]) == row {
                switch verdicts.value(at: next) {
                case .boolean(let flag): if flag != isAll { isDecided = true }
                default: isOpen = true
                }
                next += 1
            }
            if isDecided {
                builder.append(boolean: !isAll)
            } else if isOpen {
                builder.appendNull()
            } else {
                builder.append(boolean: isAll)
            }
        }
        return builder.finish()
    }
}
