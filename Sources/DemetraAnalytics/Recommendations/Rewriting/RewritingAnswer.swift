import DemetraTypes

/// What a language model answered, read strictly.
enum RewritingAnswer {
    /// More is not looked at.
    private static let longestBytes = 64 << 10

    /// The texts of `{"texts": [...]}`; nil for anything else, also for other members and another number of texts.
    static func texts(_ answer: String, count: Int) -> [String]? {
        guard answer.utf8.count <= longestBytes else { return nil }
        var answer = answer
        guard case .object(let members)? = answer.withUTF8({ JSONValue(parsing: $0) }),
            members.count == 1, members[0].key == "texts",
            case .array(let elements) = members[0].value, elements.count == count
        else { return nil }
        let texts = elements.compactMap { element in
            if case .string(let text) = element { text } else { nil }
        }
        return texts.count == count ? texts : nil
    }
}
