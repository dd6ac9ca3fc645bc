/// The columns that a stored condition names, found among its tokens.
package enum ConditionColumns {
    /// The names, as SQL knows them: unquoted ones in lower case.
    package static func names(in condition: String) -> Set<String> {
        Set(places(in: condition).map(\.name))
    }

    /// The condition with one column called otherwise.
    package static func renaming(
        _ name: String, to newName: String, in condition: String
    ) -> String {
        var bytes = Array(condition.utf8)
        let escaped = newName.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"")
        for place in places(in: condition).reversed() where place.name == name {
            bytes.replaceSubrange(place.range, with: Array("\"\(escaped)\"".utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func places(in condition: String) -> [(name: String, range: Range<Int>)] {
        let bytes = Array(condition.utf8)
        guard let tokens = try? Tokenizer.tokenize(bytes) else { return [] }
        var result: [(name: String, range: Range<Int>)] = []
        for (index, token) in tokens.enumerated() {
            // A name before a parenthesis is a function's.
            let next = tokens[min(index + 1, tokens.count - 1)]
            if next.kind == .symbol, bytes[next.start] == UInt8(ascii: "(") { continue }
            let text = String(decoding: bytes[token.start..<token.end], as: UTF8.self)
            switch token.kind {
            case .word where token.keyword == nil || !Self.isReserved(token):
                result.append((text.lowercased(), token.start..<token.end))
            case .quotedName:
                let inner = text.dropFirst().dropLast()
                let parts = inner.split(separator: "\"", omittingEmptySubsequences: true)
                result.append((parts.joined(separator: "\""), token.start..<token.end))
            default: continue
            }
        }
        return result
    }

    private static func isReserved(_ token: Token) -> Bool {
        token.keyword.map { $0.keywordClass == .reserved } ?? false
    }
}
