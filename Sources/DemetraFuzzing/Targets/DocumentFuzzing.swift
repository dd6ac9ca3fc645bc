import DemetraTypes

/// Two lines: a document, and a second document that also serves as key and as path.
enum DocumentFuzzing {
    static func run(_ bytes: [UInt8]) throws(FuzzFinding) {
        let parts = lines(bytes, 2)
        guard parts.count == 2 else { return }
        for type in [LogicalType.json, .jsonb] {
            guard let document = try cast(parts[0], type) else { continue }
            let key = (Value.text(parts[1]), LogicalType.text)
            let index = (Value.integer(Int64(parts[1].utf8.count) - 8), LogicalType.integer)
            for name in ["->", "->>"] {
                try call(name, [document, key])
                try call(name, [document, index])
            }
            if let path = try cast(parts[1], .array(.text)) {
                try call("#>", [document, path])
                try call("#>>", [document, path])
            }
            for name in ["\(type)_typeof", "\(type)_array_length", "\(type)_strip_nulls"] {
                try call(name, [document])
            }
        }
        guard let document = try cast(parts[0], .jsonb) else { return }
        try normalised(document, parts[1])
    }

    private static func normalised(
        _ document: (Value, LogicalType), _ second: String
    ) throws(FuzzFinding) {
        try call("jsonb_pretty", [document])
        let key = (Value.text(second), LogicalType.text)
        try call("?", [document, key])
        try call("-", [document, key])
        try call("-", [document, (.integer(Int64(second.utf8.count) - 8), .integer)])
        let contains = try FunctionCalls.call("@>", [document, document])
        try law(contains == .boolean(true), "\(document) does not contain itself")
        if let path = try cast(second, .array(.text)) {
            for name in ["?|", "?&", "-", "#-"] { try call(name, [document, path]) }
            for name in ["jsonb_set", "jsonb_insert"] {
                try call(name, [document, path, document, (.boolean(true), .boolean)])
            }
        }
        if let other = try cast(second, .jsonb) {
            for name in ["@>", "<@", "||"] { try call(name, [document, other]) }
        }
    }

    private static func cast(
        _ text: String, _ type: LogicalType
    ) throws(FuzzFinding) -> (Value, LogicalType)? {
        let value = try refusable { () throws(DemetraError) in try ValueText.parse(text, as: type) }
        return value.map { ($0, type) }
    }

    /// Calls a function; a document that it gives is one.
    private static func call(
        _ name: String, _ arguments: [(Value, LogicalType)]
    ) throws(FuzzFinding) {
        let result = try FunctionCalls.call(name, arguments)
        if name == "||" || name.hasPrefix("jsonb_set") || name.hasPrefix("jsonb_insert")
            || name == "#-" || (name == "-" && arguments[0].1 == .jsonb),
            case .text(let text)? = result
        {
            try law(try cast(text, .jsonb)?.0 == result, "\(name) gives \(text)")
        }
    }
}
