package import DemetraTypes

/// What may stand at a place of a text that is being written: the words of the language that the grammar allows
/// there, the kinds of names, and the relations whose columns those may be.
///
///     SELECT | FROM ad_metrics     a column of ad_metrics, a function, DISTINCT, CASE, ...
///     SELECT a.| FROM t AS a       a column of t
///     COPY t FROM '|'              a file
package struct CompletionPlace: Sendable {
    /// The bytes of the text that the completion takes the place of: what of the word stands before the cursor.
    package let range: SourceRange
    /// The word up to the cursor, without the quote that it begins with.
    package let word: String
    /// The word begins with a double quote.
    package let isQuoted: Bool
    /// The names before the word, when a point parts them: `a` in `a.|`.
    package let qualifier: [String]
    /// Keywords that may stand here, in alphabetical order.
    package let keywords: [Keyword]
    /// Kinds of names that may stand here.
    package let names: Set<CompletionName>
    /// The keyword that the statement begins with.
    package let statementWord: Keyword?
    /// The relations that columns may be of.
    package let outline: StatementOutline

    /// What may stand at the byte `cursor` of a text; nil inside of numbers, comments and texts that are no
    /// names of files.
    package init?(_ text: String, at cursor: Int) {
        let bytes = Array(text.utf8)
        let cursor = min(max(0, cursor), bytes.count)
        guard let head = Head(Array(bytes[..<cursor])) else { return nil }
        word = head.word
        isQuoted = head.opening == .quotedName
        range = SourceRange(head.start, cursor)
        let (tokens, words) = (head.tokens, TokenText(bytes: head.bytes))
        var qualifier: [String] = []
        var index = tokens.count - 1
        while index >= 1, words.source(tokens[index]) == ".", tokens[index - 1].isName {
            qualifier.insert(words.name(tokens[index - 1]), at: 0)
            index -= 2
        }
        self.qualifier = qualifier
        statementWord = tokens.first?.keyword
        var offers = SyntaxParser.offers(behind: tokens, bytes: head.bytes)
        if head.opening == .string {
            guard offers.names.contains(.file) else { return nil }
            keywords = []
            names = [.file]
        } else {
            if !offers.isReached {
                // What stands before makes no sense: a word may still be one of an expression.
                offers.addFallback()
            }
            keywords =
                isQuoted || !qualifier.isEmpty
                ? [] : offers.keywords.sorted { $0.text < $1.text }
            names = offers.names.subtracting([.file])
        }
        outline = StatementOutline(bytes, cursor: head.start, before: tokens, end: cursor)
    }
}

/// The tokens of the statement before the cursor, and the word that ends there.
private struct Head {
    let bytes: [UInt8]
    /// What of the tokens was being written: nil for a word or nothing.
    private(set) var opening: Token.Kind?
    /// The tokens of the statement, without the word at the cursor.
    private(set) var tokens: [Token] = []
    private(set) var start: Int
    private(set) var word = ""

    init?(_ text: [UInt8]) {
        bytes = text
        start = text.count
        var all: [Token]
        do throws(DemetraError) {
            all = try Tokenizer.tokenize(text)
            _ = all.popLast()
        } catch {
            // A text or name in quotes that is still open is an error at its opening quote.
            guard let position = error.position, text.indices.contains(position) else { return nil }
            switch text[position] {
            case 0x27: opening = .string
            case 0x22: opening = .quotedName
            default: return nil
            }
            guard let known = try? Tokenizer.tokenize(Array(text[..<position])) else { return nil }
            all = Array(known.dropLast())
            start = position
            word = String(decoding: text[(position + 1)...], as: UTF8.self)
        }
        if opening == nil, let last = all.last, last.end == text.count {
            switch last.kind {
            case .word:
                start = last.start
                word = String(decoding: text[last.start...], as: UTF8.self)
                all.removeLast()
            case .symbol: break
            default: return nil
            }
        }
        let semicolon = all.lastIndex {
            $0.kind == .symbol && $0.end - $0.start == 1 && text[$0.start] == UInt8(ascii: ";")
        }
        tokens = Array(all[(semicolon.map { $0 + 1 } ?? 0)...])
    }
}

extension Token {
    /// A word or a name in quotes.
    var isName: Bool { kind == .word || kind == .quotedName }
}
