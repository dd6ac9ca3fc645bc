package import DemetraTypes

/// Texts of statements that others may read.
package enum SecretText {
    /// A part of a text in which passwords are not shown: the string behind each PASSWORD.
    package static func masked(_ text: String, _ range: SourceRange) -> String {
        let bytes = Array(text.utf8)
        let lower = max(0, Int(range.lower))
        let upper = range.lower < 0 ? bytes.count : min(Int(range.upper), bytes.count)
        guard lower < upper else { return "" }
        let part = String(decoding: bytes[lower..<upper], as: UTF8.self)
        guard part.lowercased().contains("password") else { return part }
        let inner = Array(part.utf8)
        // What cannot be read may hold anything.
        guard let tokens = try? Tokenizer.tokenize(inner) else { return "" }
        var result: [UInt8] = []
        var position = 0
        for (word, text) in zip(tokens, tokens.dropFirst())
        where word.keyword == .password && text.kind == .string {
            result += inner[position..<text.start] + Array("'********'".utf8)
            position = text.end
        }
        return String(decoding: result + inner[position...], as: UTF8.self)
    }

    /// A whole text in which passwords are not shown.
    package static func masked(_ text: String) -> String { masked(text, .none) }
}
