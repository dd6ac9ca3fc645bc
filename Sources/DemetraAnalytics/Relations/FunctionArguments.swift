package import DemetraFunctions
package import DemetraTypes

/// The arguments of an analytics function, checked by name and type.
///
/// Positional arguments take the names of `positional` in order; named ones may follow in any order.
package struct FunctionArguments: Sendable {
    /// A relation among the arguments.
    package struct Relation: Sendable {
        /// Its columns.
        package let schema: Schema
        /// Its place among the relation arguments, which is its place in the rows at execution.
        package let index: Int
        /// Where it stands.
        package let range: SourceRange
        /// As it was written; empty where nobody wrote it.
        package let text: String
    }

    private let function: String
    private var values: [String: TableFunctionArgument] = [:]
    private var relations: [String: Relation] = [:]

    /// Checks names.
    ///
    /// - Throws: 42883 for an unknown or missing argument, with the nearest name.
    package init(
        _ arguments: [TableFunctionArgument], function: String, positional: [String],
        named: [String]
    ) throws(DemetraError) {
        self.function = function
        let known = positional + named
        var position = 0
        var relationCount = 0
        for argument in arguments {
            let name: String
            if let given = argument.name {
                name = given
            } else {
                guard position < positional.count else {
                    throw DemetraError(
                        .undefinedFunction,
                        "\(function) takes at most \(positional.count) arguments without a name",
                        hint: "Write name => value.", position: nil
                    ).at(argument.range)
                }
                name = positional[position]
                position += 1
            }
            guard known.contains(name) else {
                let nearest = NearestName.find(name, among: known)
                throw DemetraError(
                    .undefinedFunction, "\(function) has no argument \"\(name)\"",
                    hint: nearest.map { "Perhaps you meant \"\($0)\"." }
                        ?? "The arguments are \(known.joined(separator: ", "))."
                ).at(argument.range)
            }
            guard values[name] == nil else {
                throw DemetraError(
                    .undefinedFunction, "argument \"\(name)\" of \(function) is given twice"
                ).at(argument.range)
            }
            values[name] = argument
            if case .relation(let schema) = argument.content {
                relations[name] = Relation(
                    schema: schema, index: relationCount, range: argument.range,
                    text: argument.text)
                relationCount += 1
            }
        }
    }

    /// Where an argument stands.
    package func range(_ name: String) -> SourceRange { values[name]?.range ?? .none }

    /// True when the argument was given.
    package func has(_ name: String) -> Bool { values[name] != nil }

    /// A relation that must be there.
    package func requiredRelation(_ name: String) throws(DemetraError) -> Relation {
        if let relation = relations[name] { return relation }
        throw DemetraError(
            .undefinedFunction, "\(function) needs a relation as argument \"\(name)\"",
            hint: "Write TABLE name or (SELECT ...)."
        ).at(range(name))
    }

    /// A model that must be there.
    package func requiredModel(_ name: String) throws(DemetraError) -> StoredModel {
        if let argument = values[name], case .models(let models) = argument.content,
            let model = models.first
        {
            return model
        }
        throw DemetraError(
            .undefinedFunction, "\(function) needs the name of a model as argument \"\(name)\"",
            hint: "Create one with CREATE MODEL roi FROM TABLE ... TARGET roi."
        ).at(range(name))
    }

    /// A relation that may be left out.
    package func relation(_ name: String) throws(DemetraError) -> Relation? {
        has(name) ? try requiredRelation(name) : nil
    }

    /// The value of an argument, nil when it was not given.
    package func value(_ name: String) throws(DemetraError) -> Value? {
        guard let argument = values[name] else { return nil }
        guard case .value(let value, _) = argument.content else {
            throw mismatch(name, "a value, not a relation")
        }
        return value
    }

    /// A text.
    package func text(_ name: String) throws(DemetraError) -> String? {
        switch try value(name) {
        case .none, .some(.null): return nil
        case .some(.text(let text)): return text
        default: throw mismatch(name, "a text")
        }
    }

    /// A number.
    ///
    /// - Throws: 22023 for NULL, NaN and infinity, 42804 for other types.
    package func number(_ name: String) throws(DemetraError) -> Double? {
        guard let value = try value(name) else { return nil }
        switch value {
        case .integer, .double, .numeric: break
        case .null:
            throw DemetraError(
                .invalidParameterValue, "argument \"\(name)\" of \(function) must not be NULL"
            ).at(range(name))
        case .text(let text) where Double(text) != nil: break
        default: throw mismatch(name, "a number")
        }
        let number = NumberReader.number(value)
        guard number.isFinite else {
            throw DemetraError(
                .invalidParameterValue,
                "argument \"\(name)\" of \(function) must be a finite number"
            ).at(range(name))
        }
        return number
    }

    /// A number within limits.
    ///
    /// - Throws: 22023 with the limits.
    package func number(
        _ name: String, from lower: Double, to upper: Double
    ) throws(DemetraError) -> Double? {
        guard let number = try number(name) else { return nil }
        guard number >= lower, number <= upper else {
            throw DemetraError(
                .invalidParameterValue,
                "argument \"\(name)\" must be between \(PlainNumber.text(lower)) and "
                    + "\(PlainNumber.text(upper)), got \(PlainNumber.text(number))"
            ).at(range(name))
        }
        return number
    }

    /// A whole number within limits.
    package func integer(
        _ name: String, from lower: Int, to upper: Int
    ) throws(DemetraError) -> Int? {
        guard let number = try number(name, from: Double(lower), to: Double(upper)) else {
            return nil
        }
        guard number == number.rounded() else { throw mismatch(name, "a whole number") }
        return Int(number)
    }

    /// The coverage of intervals, 0.9 unless given.
    ///
    /// - Throws: 22023 outside 0.5 ..< 1.
    package func level() throws(DemetraError) -> Double {
        guard let level = try number("level") else { return 0.9 }
        guard level >= 0.5, level < 1 else {
            throw DemetraError(
                .invalidParameterValue,
                "argument \"level\" must be at least 0.5 and below 1, got \(PlainNumber.text(level))"
            ).at(range("level"))
        }
        return level
    }

    /// The start of random streams, 42 unless given.
    package func seed() throws(DemetraError) -> UInt64 {
        UInt64(try integer("seed", from: 0, to: 1 << 52) ?? 42)
    }

    /// A boolean.
    package func boolean(_ name: String) throws(DemetraError) -> Bool? {
        switch try value(name) {
        case .none, .some(.null): return nil
        case .some(.boolean(let value)): return value
        default: throw mismatch(name, "true or false")
        }
    }

    /// A column of a relation that an argument names, or that has the default name.
    ///
    /// - Throws: 42703 with the nearest name.
    package func column(
        _ name: String, default fallback: String? = nil, of schema: Schema
    ) throws(DemetraError) -> Int? {
        guard let column = try text(name) ?? fallback else { return nil }
        do {
            return try RelationColumns.index(of: column, in: schema)
        } catch {
            throw error.at(range(name))
        }
    }

    private func mismatch(_ name: String, _ expected: String) -> DemetraError {
        DemetraError(
            .datatypeMismatch, "argument \"\(name)\" of \(function) must be \(expected)"
        ).at(range(name))
    }
}
