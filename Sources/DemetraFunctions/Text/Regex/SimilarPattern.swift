import DemetraTypes

/// Patterns of SIMILAR TO, as the regular expressions they stand for.
///
///     %   any text         _   any character        | * + ? {m,n} ( ) [ ]   as in regular expressions
///
/// - Source: ISO 9075-2, and PostgreSQL 15's `similar_to_escape`.
enum SimilarPattern {
    /// A regular expression that matches what the pattern matches as a whole.
    ///
    /// - Throws: 22025 when the pattern ends with the escape character, or that is not one character.
    static func regex(_ pattern: String, escape: String) throws(DemetraError) -> String {
        guard escape.unicodeScalars.count <= 1 else {
            throw DemetraError(
                .invalidEscapeSequence, "invalid escape string",
                hint: "Escape string must be empty or one character.")
        }
        let mark = escape.unicodeScalars.first
        var result = "^(?:"
        var isInBracket = false
        var rest = pattern.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == mark {
                guard let literal = rest.popFirst() else {
                    throw DemetraError(
                        .invalidEscapeSequence,
                        "SIMILAR TO pattern must not end with escape character")
                }
                result += quoted(literal)
            } else if isInBracket {
                if scalar == "\\" { result += "\\\\" } else { result.unicodeScalars.append(scalar) }
                if scalar == "]" { isInBracket = false }
            } else {
                switch scalar {
                case "%": result += ".*"
                case "_": result += "."
                case "(": result += "(?:"
                case "[":
                    isInBracket = true
                    result += "["
                case ".", "^", "$", "\\": result += quoted(scalar)
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + ")$"
    }

    private static func quoted(_ scalar: Unicode.Scalar) -> String {
        let isWord =
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            || ("0"..."9").contains(scalar) || scalar.value > 127
        return isWord ? String(Character(scalar)) : "\\" + String(Character(scalar))
    }
}
