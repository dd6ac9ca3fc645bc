import DemetraTypes
import DemetraVectors

/// Rows made of the parts of JSON values.
enum JSONSets {
    static let all: [SetFunction] = [LogicalType.json, .jsonb].flatMap { type in
        [
            set("\(type)_array_elements", type, result: type, columns: ["value"]) {
                (name, text) throws(DemetraError) in
                try elements(name, text).map { [.text($0)] }
            },
            set("\(type)_array_elements_text", type, result: .text, columns: ["value"]) {
                (name, text) throws(DemetraError) in
                try elements(name, text).map { [shown($0)] }
            },
            set("\(type)_each", type, result: type, columns: ["key", "value"]) {
                (name, text) throws(DemetraError) in
                try members(name, text).map { [.text($0.key), .text($0.value)] }
            },
            set("\(type)_each_text", type, result: .text, columns: ["key", "value"]) {
                (name, text) throws(DemetraError) in
                try members(name, text).map { [.text($0.key), shown($0.value)] }
            },
            set("\(type)_object_keys", type, result: .text, columns: nil) {
                (name, text) throws(DemetraError) in
                try members(name, text).map { [.text($0.key)] }
            },
        ]
    }

    private static func set(
        _ name: String, _ type: LogicalType, result: LogicalType, columns: [String]?,
        _ list: @escaping @Sendable (String, String) throws(DemetraError) -> [[Value]]
    ) -> SetFunction {
        SetFunction(
            name, Signature([.type(type)], result: .fixed(result)), columnNames: columns
        ) { (arguments, _, _) in
            ListedRows { (row) throws(DemetraError) in
                try list(name, arguments[0].value(at: row).textOrEmpty)
            }
        }
    }

    private static func shown(_ text: String) -> Value {
        JSONAccess.shown(text).map { .text($0) } ?? .null
    }

    private static func elements(
        _ name: String, _ text: String
    ) throws(DemetraError) -> [String] {
        if let elements = JSONAccess.elements(text) { return elements }
        let kind = JSONAccess.kind(text) == .object ? "an object" : "a scalar"
        throw DemetraError(
            .invalidParameterValue, "cannot call \(name) on \(kind)",
            hint: "\(name) takes an array.")
    }

    private static func members(
        _ name: String, _ text: String
    ) throws(DemetraError) -> [(key: String, value: String)] {
        if let members = JSONAccess.members(text) { return members }
        let kind = JSONAccess.kind(text) == .array ? "an array" : "a scalar"
        throw DemetraError(
            .invalidParameterValue, "cannot call \(name) on \(kind)",
            hint: "\(name) takes an object.")
    }
}
