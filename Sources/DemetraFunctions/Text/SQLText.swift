import DemetraTypes

/// Values and names as statements spell them.
enum SQLText {
    /// A string literal, with E before it where it has backslashes.
    static func literal(_ text: String) -> String {
        let quoted = "'" + text.replacing("'", with: "''") + "'"
        guard quoted.contains("\\") else { return quoted }
        return "E" + quoted.replacing("\\", with: "\\\\")
    }

    /// A name, in double quotes where it needs them.
    static func name(_ text: String) -> String { IdentifierText.quoted(text) }
}
