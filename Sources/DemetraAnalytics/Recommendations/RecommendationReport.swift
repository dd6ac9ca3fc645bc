import DemetraTypes

/// Recommendations in words, with what else the functions have said of the rows.
struct RecommendationReport: Sendable {
    /// A sentence and whose words it is in.
    struct Sentence: Sendable {
        /// Whose words.
        enum Source: String, Sendable { case rules, llm }

        let text: String
        let source: Source
    }

    let recommendations: [Recommendation]
    /// One for each recommendation.
    let sentences: [Sentence]
    /// All of it in short.
    let summary: String
    /// JSON objects of function, arguments, rows and SQL; nil where there is no evidence.
    let comparison: String?
    let allocation: String?
    let forecast: String?

    /// The document: a JSON object of fixed members, `{}` where there is no evidence. `budget_allocation` is left out then.
    var document: String {
        var members = [
            ("channel_comparison", comparison ?? "{}"), ("ml_predictions", forecast ?? "{}"),
            ("recommendations", Self.object(entries)),
        ]
        if let allocation { members.append(("budget_allocation", allocation)) }
        members.append(("summary", JSONText.quoted(summary)))
        return Self.object(members)
    }

    /// Recommendations by their rank.
    private var entries: [(String, String)] {
        zip(recommendations, sentences).enumerated().map { index, pair in
            let (recommendation, sentence) = pair
            let members = [
                ("kind", JSONText.quoted(recommendation.kind.rawValue)),
                ("channel", recommendation.channel.map(JSONText.quoted) ?? "null"),
                ("text", JSONText.quoted(sentence.text)), ("evidence", recommendation.evidence),
                ("confidence", JSONText.quoted(recommendation.confidence.rawValue)),
                ("source", JSONText.quoted(sentence.source.rawValue)),
            ]
            return ("\(index + 1)", Self.object(members))
        }
    }

    private static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { JSONText.quoted($0.0) + ": " + $0.1 }.joined(separator: ", ") + "}"
    }
}
