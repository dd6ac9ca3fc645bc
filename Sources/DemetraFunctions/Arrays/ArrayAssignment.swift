import DemetraTypes
import DemetraVectors

/// `array_assign`: what `SET a[1] = x` stands for.
enum ArrayAssignment {
    /// An assignment behind the end fills with NULLs up to here.
    private static let longest = 1_000_000

    static let all: [ScalarFunction] = [
        ScalarBuilder.general(
            "array_assign",
            Signature([.anyArray, .type(.integer), .arrayElement], result: .argument(0)),
            isStrict: false
        ) { (values, _) throws(DemetraError) in
            let number = try index(values[1])
            guard number >= 1 else {
                throw DemetraError(
                    .arraySubscriptError, "array subscript out of range: \(number)",
                    hint: "Elements have the numbers 1, 2, ....")
            }
            var elements: [Value] = []
            if case .array(let old) = values[0] { elements = old }
            try extend(&elements, to: number, with: .null)
            elements[number - 1] = values[2]
            return .array(elements)
        },
        jsonb(.text) { (tree, key, new) throws(DemetraError) in
            tree.setting([key.textOrEmpty], to: new, creates: true)
        },
        jsonb(.integer) { (tree, key, new) throws(DemetraError) in
            let number = try index(key)
            guard case .array(var elements) = tree else {
                return tree.setting([String(number)], to: new, creates: true)
            }
            guard number >= -elements.count else {
                throw DemetraError(
                    .invalidParameterValue,
                    "path element at position 1 is out of range: \(number)")
            }
            let place = number < 0 ? elements.count + number : number
            try extend(&elements, to: place + 1, with: .null)
            elements[place] = new
            return .array(elements)
        },
    ]

    /// A member of an object, which is made for NULL, or an element of an array.
    private static func jsonb(
        _ key: LogicalType,
        _ body: @escaping @Sendable (JSONValue, Value, JSONValue) throws(DemetraError) -> JSONValue
    ) -> ScalarFunction {
        ScalarBuilder.general(
            "array_assign",
            Signature([.type(.jsonb), .type(key), .type(.jsonb)], result: .fixed(.jsonb)),
            isStrict: false
        ) { (values, _) throws(DemetraError) in
            guard !values[1].isNull else { throw nullSubscript() }
            var tree: JSONValue = key == .text ? .object([]) : .array([])
            if case .text(let old) = values[0] { tree = JSONValue.tree(old) }
            guard tree.isContainer else {
                throw DemetraError(
                    .invalidParameterValue, "cannot replace existing key",
                    detail: "The value is a scalar and has no parts.")
            }
            var new = JSONValue.null
            if case .text(let text) = values[2] { new = JSONValue.tree(text) }
            return .text(try body(tree, values[1], new).text)
        }
    }

    private static func index(_ value: Value) throws(DemetraError) -> Int {
        guard case .integer(let number) = value else { throw nullSubscript() }
        return Int(number)
    }

    private static func nullSubscript() -> DemetraError {
        DemetraError(
            .nullValueNotAllowed, "array subscript in assignment must not be null")
    }

    private static func extend<Element>(
        _ elements: inout [Element], to count: Int, with filler: Element
    ) throws(DemetraError) {
        guard count > elements.count else { return }
        guard count <= longest else {
            throw DemetraError(
                .programLimitExceeded, "array size exceeds the maximum allowed (\(longest))")
        }
        elements += Array(repeating: filler, count: count - elements.count)
    }
}
