import DemetraTypes
import DemetraVectors

/// Functions and operators over json and jsonb.
///
/// - Source: PostgreSQL 15 documentation, section 9.16.
enum JSONFunctions {
    static let all: [ScalarFunction] =
        [LogicalType.json, .jsonb].flatMap { reading($0) } + operators + changing + making

    private static func texts(_ value: Value) -> [String]? {
        guard case .array(let elements) = value else { return nil }
        return elements.map(\.textOrEmpty)
    }

    // MARK: Reading

    private static func part(
        _ name: String, _ type: LogicalType, _ key: LogicalType,
        _ find: @escaping @Sendable (String, Value) -> String?
    ) -> [ScalarFunction] {
        // `->` and `#>` give JSON, with one more `>` text.
        [
            ScalarBuilder.function(name, [type, key], type) { values, _ in
                find(values[0].textOrEmpty, values[1]).map { .text($0) } ?? .null
            },
            ScalarBuilder.function(name + ">", [type, key], .text) { values, _ in
                find(values[0].textOrEmpty, values[1]).flatMap { JSONAccess.shown($0) }
                    .map { .text($0) } ?? .null
            },
        ]
    }

    private static func reading(_ type: LogicalType) -> [ScalarFunction] {
        let prefix = "\(type)"
        return part("->", type, .text) { JSONAccess.member($0, $1.textOrEmpty) }
            + part("->", type, .integer) { JSONAccess.element($0, $1.integerOrZero) }
            + part("#>", type, .array(.text)) { text, path in
                texts(path).flatMap { JSONAccess.value(text, at: $0) }
            }
            + [("extract_path", type), ("extract_path_text", .text)].map { name, result in
                ScalarBuilder.general(
                    "\(prefix)_\(name)",
                    Signature([.type(type)], variadic: .type(.text), result: .fixed(result))
                ) { values, _ in
                    let path = values.dropFirst().map(\.textOrEmpty)
                    guard let found = JSONAccess.value(values[0].textOrEmpty, at: path) else {
                        return .null
                    }
                    if result != .text { return .text(found) }
                    return JSONAccess.shown(found).map { .text($0) } ?? .null
                }
            }
            + [
                ScalarBuilder.function("\(prefix)_typeof", [type], .text) { values, _ in
                    .text(JSONAccess.kind(values[0].textOrEmpty).rawValue)
                },
                ScalarBuilder.function("\(prefix)_array_length", [type], .integer) {
                    (values, _) throws(DemetraError) in
                    guard let elements = JSONAccess.elements(values[0].textOrEmpty) else {
                        throw DemetraError(
                            .invalidParameterValue, "cannot get array length of a non-array")
                    }
                    return .integer(Int64(elements.count))
                },
                ScalarBuilder.function("\(prefix)_strip_nulls", [type], type) { values, _ in
                    let tree = JSONValue.tree(values[0].textOrEmpty).withoutNulls
                    return .text(type == .json ? tree.compact : tree.text)
                },
            ]
    }

    // MARK: jsonb

    private static func test(
        _ name: String, _ other: LogicalType,
        _ body: @escaping @Sendable (JSONValue, Value) -> Bool
    ) -> ScalarFunction {
        ScalarBuilder.function(name, [.jsonb, other], .boolean) { values, _ in
            .boolean(body(JSONValue.tree(values[0].textOrEmpty), values[1]))
        }
    }

    private static let operators: [ScalarFunction] = [
        test("@>", .jsonb) { $0.contains(JSONValue.tree($1.textOrEmpty)) },
        test("<@", .jsonb) { JSONValue.tree($1.textOrEmpty).contains($0) },
        test("?", .text) { $0.has($1.textOrEmpty) },
        test("?|", .array(.text)) { tree, keys in
            (texts(keys) ?? []).contains { tree.has($0) }
        },
        test("?&", .array(.text)) { tree, keys in
            (texts(keys) ?? []).allSatisfy { tree.has($0) }
        },
    ]

    private static func change(
        _ name: String, _ other: LogicalType,
        _ body: @escaping @Sendable (JSONValue, Value) throws(DemetraError) -> JSONValue
    ) -> ScalarFunction {
        ScalarBuilder.function(name, [.jsonb, other], .jsonb) {
            (values, _) throws(DemetraError) in
            .text(try body(JSONValue.tree(values[0].textOrEmpty), values[1]).text)
        }
    }

    private static let changing: [ScalarFunction] = [
        change("||", .jsonb) { $0.joined(JSONValue.tree($1.textOrEmpty)) },
        change("-", .text) { (tree, key) throws(DemetraError) in
            try tree.removing(key.textOrEmpty)
        },
        change("-", .integer) { (tree, number) throws(DemetraError) in
            try tree.removing(number.integerOrZero)
        },
        change("-", .array(.text)) { (tree, keys) throws(DemetraError) in
            var result = tree
            for key in texts(keys) ?? [] { result = try result.removing(key) }
            return result
        },
        change("#-", .array(.text)) { tree, path in
            tree.setting((texts(path) ?? [])[...], to: nil, creates: false)
        },
        ScalarBuilder.function(
            "jsonb_set", [.jsonb, .array(.text), .jsonb, .boolean], .jsonb, optional: 1
        ) { values, _ in
            let creates = values.count < 4 || values[3] == .boolean(true)
            return .text(
                JSONValue.tree(values[0].textOrEmpty).setting(
                    (texts(values[1]) ?? [])[...], to: JSONValue.tree(values[2].textOrEmpty),
                    creates: creates
                ).text)
        },
        ScalarBuilder.function(
            "jsonb_insert", [.jsonb, .array(.text), .jsonb, .boolean], .jsonb, optional: 1
        ) { (values, _) throws(DemetraError) in
            .text(
                try JSONValue.tree(values[0].textOrEmpty).inserting(
                    (texts(values[1]) ?? [])[...], JSONValue.tree(values[2].textOrEmpty),
                    after: values.count > 3 && values[3] == .boolean(true)
                ).text)
        },
        ScalarBuilder.function("jsonb_pretty", [.jsonb], .text) { values, _ in
            .text(JSONValue.tree(values[0].textOrEmpty).pretty())
        },
    ]

    // MARK: Making

    /// A function whose body sees each argument with its type.
    private static func maker(
        _ name: String, _ signature: Signature, isStrict: Bool,
        _ body:
            @escaping @Sendable ([(Value, LogicalType)], TimeZoneRules) throws(DemetraError)
            -> String
    ) -> ScalarFunction {
        ScalarFunction(name, signature, volatility: .stable, isStrict: isStrict) {
            (arguments, count, context) throws(DemetraError) in
            let type = signature.result.resolve(arguments.map(\.type))
            var builder = VectorBuilder(type: type, capacity: count)
            for row in 0..<count {
                if isStrict, arguments.contains(where: { !$0.isValid(row) }) {
                    builder.appendNull()
                    continue
                }
                let text = try body(
                    arguments.map { ($0.value(at: row), $0.type) }, context.timeZone)
                builder.append(text: type == .jsonb ? JSONOutput.normalised(text) : text)
            }
            return builder.finish()
        }
    }

    private static let making: [ScalarFunction] =
        [
            maker("to_json", Signature([.any], result: .fixed(.json)), isStrict: true) {
                JSONOutput.text($0[0].0, $0[0].1, zone: $1)
            },
            maker("to_jsonb", Signature([.any], result: .fixed(.jsonb)), isStrict: true) {
                JSONOutput.text($0[0].0, $0[0].1, zone: $1)
            },
            maker("array_to_json", Signature([.anyArray], result: .fixed(.json)), isStrict: true) {
                JSONOutput.text($0[0].0, $0[0].1, zone: $1)
            },
            // What a relation's name, or ROW(...), stands for as an argument: names and values by turns.
            maker("json_row", Signature([], variadic: .any, result: .fixed(.json)), isStrict: false)
            {
                (values, zone) throws(DemetraError) in
                try object(values, zone, colon: ":", comma: ",")
            },
            maker(
                "row_to_json", Signature([.type(.json)], result: .fixed(.json)), isStrict: true
            ) { values, _ in values[0].0.textOrEmpty },
            maker(
                "json_build_object", Signature([], variadic: .any, result: .fixed(.json)),
                isStrict: false
            ) { (values, zone) throws(DemetraError) in
                try object(values, zone, colon: " : ", comma: ", ")
            },
            maker(
                "jsonb_build_object", Signature([], variadic: .any, result: .fixed(.jsonb)),
                isStrict: false
            ) { (values, zone) throws(DemetraError) in
                try object(values, zone, colon: " : ", comma: ", ")
            },
            maker(
                "json_build_array", Signature([], variadic: .any, result: .fixed(.json)),
                isStrict: false
            ) { values, zone in list(values, zone) },
            maker(
                "jsonb_build_array", Signature([], variadic: .any, result: .fixed(.jsonb)),
                isStrict: false
            ) { values, zone in list(values, zone) },
        ]
        + [("json_object", LogicalType.json), ("jsonb_object", .jsonb)].flatMap { name, type in
            let list = ParameterType.type(.array(.text))
            return [[list], [list, list]].map { parameters in
                maker(name, Signature(parameters, result: .fixed(type)), isStrict: true) {
                    (values, _) throws(DemetraError) in
                    try textObject(values.map { elements($0.0) })
                }
            }
        }

    private static func elements(_ value: Value) -> [Value] {
        if case .array(let elements) = value { elements } else { [] }
    }

    /// An object of texts: of keys and values by turns, or of a list of each.
    private static func textObject(_ lists: [[Value]]) throws(DemetraError) -> String {
        var (keys, values) = (lists[0], lists.count > 1 ? lists[1] : [])
        if lists.count == 1 {
            guard keys.count % 2 == 0 else {
                throw DemetraError(
                    .arraySubscriptError, "array must have even number of elements")
            }
            values = stride(from: 1, to: keys.count, by: 2).map { keys[$0] }
            keys = stride(from: 0, to: keys.count, by: 2).map { keys[$0] }
        }
        guard keys.count == values.count else {
            throw DemetraError(.arraySubscriptError, "mismatched array dimensions")
        }
        var members: [String] = []
        for (key, value) in zip(keys, values) {
            guard !key.isNull else {
                throw DemetraError(
                    .nullValueNotAllowed, "null value not allowed for object key")
            }
            let text = value.isNull ? "null" : JSONText.quoted(value.textOrEmpty)
            members.append(JSONText.quoted(key.textOrEmpty) + " : " + text)
        }
        return "{" + members.joined(separator: ", ") + "}"
    }

    private static func list(_ values: [(Value, LogicalType)], _ zone: TimeZoneRules) -> String {
        "[" + values.map { JSONOutput.text($0.0, $0.1, zone: zone) }.joined(separator: ", ") + "]"
    }

    private static func object(
        _ values: [(Value, LogicalType)], _ zone: TimeZoneRules, colon: String, comma: String
    ) throws(DemetraError) -> String {
        guard values.count % 2 == 0 else {
            throw DemetraError(
                .invalidParameterValue, "argument list must have even number of elements",
                hint: "The arguments must consist of alternating keys and values.")
        }
        var members: [String] = []
        for index in stride(from: 0, to: values.count, by: 2) {
            guard !values[index].0.isNull else {
                throw DemetraError(
                    .invalidParameterValue, "argument \(index + 1) cannot be null",
                    hint: "Object keys should be text.")
            }
            let key = JSONOutput.key(values[index].0, values[index].1, zone: zone)
            let value = JSONOutput.text(values[index + 1].0, values[index + 1].1, zone: zone)
            members.append(JSONText.quoted(key) + colon + value)
        }
        return "{" + members.joined(separator: comma) + "}"
    }
}
