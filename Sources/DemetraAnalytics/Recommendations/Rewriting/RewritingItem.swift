import DemetraTypes

/// A sentence that a language model may put into better words.
struct RewritingItem: Sendable {
    /// What kind of recommendation it is, or `summary`.
    let kind: String
    /// The sentence of the rules.
    let template: String
    /// What it rests on: JSON.
    let evidence: String

    /// Longer sentences stay as they are: they are lists.
    static let longestTemplate = 1_500

    /// The evidence as a tree.
    var tree: JSONValue {
        var text = evidence
        return text.withUTF8 { JSONValue(parsing: $0) } ?? .null
    }
}
