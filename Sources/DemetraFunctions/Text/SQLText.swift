/// Values and names as statements spell them.
enum SQLText {
    /// A string literal, with E before it where it has backslashes.
    static func literal(_ text: String) -> String {
        let quoted = "'" + text.replacing("'", with: "''") + "'"
        guard quoted.contains("\\") else { return quoted }
        return "E" + quoted.replacing("\\", with: "\\\\")
    }

    /// A name, in double quotes where it needs them.
    static func name(_ text: String) -> String {
        let isPlain =
            text.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7a) || $0 == 0x5f || ($0 >= 0x30 && $0 <= 0x39)
            } && text.utf8.first.map { $0 > 0x39 } == true
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
