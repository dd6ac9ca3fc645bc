import DemetraTypes
import DemetraVectors

/// The arguments of a function over arrays, read row by row.
struct ArrayArguments {
    /// The arguments as they came.
    let vectors: [Vector]
    private let arrays: [ArrayRows?]

    init(_ vectors: [Vector]) {
        self.vectors = vectors
        arrays = vectors.map { $0.type.arrayElement == nil ? nil : ArrayRows($0) }
    }

    /// The layout of the first array among the arguments.
    var layout: ArrayLayout {
        arrays.lazy.compactMap { $0?.layout }.first ?? ArrayLayout(element: .text)
    }

    /// True when argument `index` has a value.
    func isValid(_ index: Int, _ row: Int) -> Bool { vectors[index].isValid(row) }

    /// The elements of argument `index`; none for NULL.
    func items(_ index: Int, _ row: Int) -> ArrayItems? {
        guard let rows = arrays[index], rows.isValid(row) else { return nil }
        return rows.items(row)
    }

    /// The value of an element of argument `index`.
    func value(_ index: Int, _ item: ArrayItem) -> Value { arrays[index]?.value(item) ?? .null }

    /// Argument `index` as the key of an element: equal to that of an equal element.
    func key(_ index: Int, _ row: Int) -> [UInt8] {
        var writer = ArrayWriter(layout)
        writer.append(vectors[index], row: row)
        return writer.keys
    }

    /// The integer of argument `index`, or nil for NULL and when it is left out.
    func integer(_ index: Int, _ row: Int) -> Int? {
        guard index < vectors.count, case .integer(let number) = vectors[index].value(at: row)
        else { return nil }
        return Int(number)
    }
}

/// Makes functions of closures over the elements of arrays.
enum ArrayBuilder {
    /// A function whose result is a scalar.
    static func scalar(
        _ name: String, _ parameters: [ParameterType], optional: Int = 0, _ result: ResultType,
        isStrict: Bool = true, volatility: Volatility = .immutable,
        _ body:
            @escaping @Sendable (ArrayArguments, Int, EvaluationContext) throws(DemetraError)
            -> Value
    ) -> ScalarFunction {
        let signature = Signature(
            parameters, requiredCount: parameters.count - optional, result: result)
        return ScalarFunction(name, signature, volatility: volatility, isStrict: isStrict) {
            (vectors, count, context) throws(DemetraError) in
            let arguments = ArrayArguments(vectors)
            let type = signature.result.resolve(vectors.map(\.type))
            var builder = VectorBuilder(type: type, capacity: count)
            for row in 0..<count {
                if isStrict, vectors.contains(where: { !$0.isValid(row) }) {
                    builder.appendNull()
                } else {
                    builder.append(try body(arguments, row, context))
                }
            }
            return builder.finish()
        }
    }

    /// A function whose result is an array; the body says false for NULL.
    static func array(
        _ name: String, _ parameters: [ParameterType], optional: Int = 0, _ result: ResultType,
        isStrict: Bool = true,
        _ body:
            @escaping @Sendable (ArrayArguments, Int, inout ArrayWriter) throws(DemetraError) ->
            Bool
    ) -> ScalarFunction {
        let signature = Signature(
            parameters, requiredCount: parameters.count - optional, result: result)
        return ScalarFunction(name, signature, isStrict: isStrict) {
            (vectors, count, _) throws(DemetraError) in
            let arguments = ArrayArguments(vectors)
            let type = signature.result.resolve(vectors.map(\.type))
            var writer = ArrayWriter(ArrayLayout(element: type.arrayElement ?? .text))
            var builder = VectorBuilder(type: type, capacity: count)
            for row in 0..<count {
                writer.removeAll()
                if isStrict, vectors.contains(where: { !$0.isValid(row) }) {
                    builder.appendNull()
                } else if try body(arguments, row, &writer) {
                    builder.append(writer)
                } else {
                    builder.appendNull()
                }
            }
            return builder.finish()
        }
    }
}

extension ResultType {
    /// The type of the elements of the array that argument `index` is.
    static func element(of index: Int) -> ResultType {
        .computed { $0[index].arrayElement ?? $0[index] }
    }

    /// An array of values such as argument `index`.
    static func array(of index: Int) -> ResultType { .computed { .array($0[index]) } }
}
