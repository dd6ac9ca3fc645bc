/// The sequences that a stored expression names, found among its tokens: `nextval('name')` and kin.
package enum SequenceNames {
    private static let functions: Set<String> = ["nextval", "currval", "setval"]

    /// What the literals say.
    package static func names(in expression: String) -> [String] {
        places(in: expression).map(\.name)
    }

    /// The expression with other literals where `replacement` gives some.
    package static func replacing(
        in expression: String, _ replacement: (String) -> String?
    ) -> String {
        var bytes = Array(expression.utf8)
        for place in places(in: expression).reversed() {
            guard let new = replacement(place.name) else { continue }
            let escaped = new.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "''")
            bytes.replaceSubrange(place.range, with: Array("'\(escaped)'".utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func places(in expression: String) -> [(name: String, range: Range<Int>)] {
        let bytes = Array(expression.utf8)
        guard let tokens = try? Tokenizer.tokenize(bytes) else { return [] }
        let text = TokenText(bytes: bytes)
        var result: [(name: String, range: Range<Int>)] = []
        for index in tokens.indices.dropLast(2) {
            let (word, open, literal) = (tokens[index], tokens[index + 1], tokens[index + 2])
            guard word.kind == .word, functions.contains(text.name(word)), open.kind == .symbol,
                bytes[open.start] == UInt8(ascii: "("), literal.kind == .string,
                let name = try? text.string(literal)
            else { continue }
            result.append((name, literal.start..<literal.end))
        }
        return result
    }
}
