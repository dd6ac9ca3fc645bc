import DemetraTypes

/// A pattern, flags and a text, a line each.
enum PatternFuzzing {
    static func run(_ bytes: [UInt8]) throws(FuzzFinding) {
        let parts = lines(bytes, 3)
        guard parts.count == 3 else { return }
        let (pattern, flags, text) = (value(parts[0]), value(parts[1]), value(parts[2]))
        let matches = try FunctionCalls.call("~", [text, pattern])
        let differs = try FunctionCalls.call("!~", [text, pattern])
        try law(
            (matches == .boolean(true)) == (differs == .boolean(false)), "~ and !~ are alike")
        let count = try FunctionCalls.call("regexp_count", [text, pattern])
        if case .integer(let count)? = count {
            try law((count > 0) == (matches == .boolean(true)), "\(count) matches: \(parts)")
        }
        for name in ["~*", "regexp_substr", "substring", "like", "ilike", "similar_to"] {
            _ = try FunctionCalls.call(name, [text, pattern])
        }
        _ = try FunctionCalls.call("regexp_like", [text, pattern, flags])
        _ = try FunctionCalls.call("regexp_replace", [text, pattern, text])
        _ = try FunctionCalls.call("regexp_replace", [text, pattern, value("<\\1\\&>"), flags])
        _ = try FunctionCalls.call("regexp_instr", [text, pattern])
        _ = try FunctionCalls.call("like", [text, pattern, value("!")])
        _ = try FunctionCalls.call("similar_to", [text, pattern, value("!")])
    }

    private static func value(_ text: String) -> (Value, LogicalType) { (.text(text), .text) }
}
