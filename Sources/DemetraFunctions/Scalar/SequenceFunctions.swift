import DemetraTypes
import DemetraVectors

/// `nextval`, `currval`, `lastval`, `setval` and `pg_get_serial_sequence`.
///
/// The name of a sequence is text; `'name'::regclass` is the same.
enum SequenceFunctions {
    static let all: [ScalarFunction] = [
        ScalarFunction(
            "nextval", Signature([.type(.text)], result: .fixed(.bigint)), volatility: .volatile
        ) { (arguments, count, context) throws(DemetraError) in
            try next(arguments[0], count, try source(context))
        },
        ScalarBuilder.function("currval", [.text], .bigint, volatility: .volatile) {
            (values, context) throws(DemetraError) in
            .integer(try source(context).current(values[0].textOrEmpty))
        },
        ScalarBuilder.function("lastval", [], .bigint, volatility: .volatile) {
            (_, context) throws(DemetraError) in .integer(try source(context).last())
        },
        ScalarBuilder.function(
            "setval", [.text, .bigint, .boolean], .bigint, optional: 1, volatility: .volatile
        ) { (values, context) throws(DemetraError) in
            let value = Int64(values[1].integerOrZero)
            var isGiven = true
            if values.count > 2, case .boolean(let flag) = values[2] { isGiven = flag }
            try source(context).set(values[0].textOrEmpty, to: value, isGiven: isGiven)
            return .integer(value)
        },
        ScalarBuilder.function(
            "pg_get_serial_sequence", [.text, .text], .text, volatility: .stable
        ) { (values, context) throws(DemetraError) in
            let name = try source(context).sequence(
                ofColumn: values[1].textOrEmpty, table: values[0].textOrEmpty)
            return name.map { .text($0) } ?? .null
        },
    ]

    /// Rows of one sequence get its numbers together, in their order.
    private static func next(
        _ names: Vector, _ count: Int, _ source: any SequenceSource
    ) throws(DemetraError) -> Vector {
        var rows: [String: [Int]] = [:]
        for row in 0..<count where names.isValid(row) {
            rows[names.value(at: row).textOrEmpty, default: []].append(row)
        }
        var values = [Value](repeating: .null, count: count)
        for (name, rows) in rows.sorted(by: { $0.key < $1.key }) {
            let numbers = try source.next(name, count: rows.count)
            for (row, number) in zip(rows, numbers) { values[row] = .integer(number) }
        }
        return Vector(values, type: .bigint)
    }

    private static func source(
        _ context: EvaluationContext
    ) throws(DemetraError) -> any SequenceSource {
        if let source = context.sequences { return source }
        throw DemetraError(
            .objectNotInPrerequisiteState, "there are no sequences here",
            hint: "They belong to a session.")
    }
}
