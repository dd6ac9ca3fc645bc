/// Names, types and literals.
enum NamePrinter {
    /// Keywords that may name anything, and yet would be read as the keyword in some place where a name stands.
    private static let misread: Set<String> = [
        // WITH recursive, FROM t AS of, OVER (rows), ROLLUP(a) as a call in GROUP BY, unbounded PRECEDING
        "recursive", "of", "partition", "rows", "range", "groups", "rollup", "cube", "unbounded",
        // SET local = 1, CREATE SCHEMA authorization, DEALLOCATE prepare, DROP INDEX concurrently, VACUUM freeze
        "local", "session", "authorization", "prepare", "concurrently", "freeze", "verbose",
    ]

    static func text(_ name: String) -> String {
        guard isPlainWord(name), !misread.contains(name) else { return quoted(name) }
        let keyword = KeywordTable.shared.find(Array(name.utf8)[...])
        return keyword == nil || keyword?.keywordClass == .unreserved ? name : quoted(name)
    }

    static func text(_ identifier: Identifier) -> String { text(identifier.name) }

    static func text(_ name: ObjectName) -> String {
        name.parts.map { text($0) }.joined(separator: ".")
    }

    /// Names with commas between them.
    static func list(_ names: [Identifier]) -> String {
        names.map { text($0) }.joined(separator: ", ")
    }

    /// ` (a, b)`, or nothing for no names.
    static func columns(_ names: [Identifier]) -> String {
        names.isEmpty ? "" : " (\(list(names)))"
    }

    /// The name of a function: all but the words that calls of it cannot begin with.
    static func function(_ name: ObjectName) -> String {
        let last = name.last.name
        let keyword = KeywordTable.shared.find(Array(last.utf8)[...])
        let isCallable = keyword?.keywordClass == .typeFunction && isPlainWord(last)
        let qualifiers = name.parts.dropLast().map { text($0) + "." }.joined()
        return qualifiers + (isCallable ? last : text(last))
    }

    /// A type: its name needs quotes only for reserved words.
    static func text(_ type: TypeName) -> String {
        var result = type.name
        let keyword = KeywordTable.shared.find(Array(type.name.utf8)[...])
        if type.name != TypeName.oneByte,
            !isPlainWord(type.name) || keyword?.keywordClass == .reserved
        {
            result = quoted(type.name)
        }
        if !type.modifiers.isEmpty {
            // What was no whole number is kept as -1: another number that is none.
            let numbers = type.modifiers.map { $0 < 0 ? "0.5" : "\($0)" }
            result += "(\(numbers.joined(separator: ", ")))"
        }
        return result + String(repeating: "[]", count: type.arrayDepth)
    }

    /// A string literal.
    static func literal(_ text: String) -> String { "'" + doubled(text, 0x27) + "'" }

    private static func quoted(_ name: String) -> String { "\"" + doubled(name, 0x22) + "\"" }

    /// By bytes: a quote with a combining character behind it is a quote all the same.
    private static func doubled(_ text: String, _ quote: UInt8) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            bytes.append(byte)
            if byte == quote { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A word that reads as itself without quotes.
    static func isPlainWord(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        // A byte order mark before a word is a blank.
        guard let first = bytes.first, !bytes.starts(with: [0xef, 0xbb, 0xbf]) else { return false }
        return isLetter(first)
            && bytes.allSatisfy { isLetter($0) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x24 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7a) || byte == 0x5f || byte >= 0x80
    }
}
