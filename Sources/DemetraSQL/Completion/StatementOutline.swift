/// The relations that a statement names, as far as its words tell: what columns at a place may be of.
///
/// Read from tokens, as most statements that are being written do not parse.
package struct StatementOutline: Sendable {
    /// A relation and what columns of it are called by.
    package struct Relation: Sendable {
        /// The alias, or the name.
        package let name: String
        /// Where its columns come from.
        package let source: Source
        /// It stands behind the cursor.
        package let isBehindCursor: Bool
    }

    /// Where the columns of a relation come from.
    package indirect enum Source: Sendable {
        /// A relation of the catalog by its name.
        case named([String])
        /// These.
        case columns([Column])
    }

    /// A column, or all columns of other relations.
    package enum Column: Sendable {
        case name(String)
        case all(of: [Relation])
    }

    /// The relations that a column at the cursor may be of: of its own query first, then of those around it.
    package let relations: [Relation]
    /// The relation that the statement changes or defines something of.
    package let target: Relation?
    /// The names that WITH gives to queries.
    package let commonTables: [String]

    /// The outline of the statement around a byte of a text, of which the tokens before it are known; the text
    /// goes on at `end`.
    init(_ bytes: [UInt8], cursor: Int, before: [Token], end: Int) {
        let rest = Array(bytes[end...])
        var tokens = before
        // Behind the cursor the rest of a word is no word of its own.
        let behind = ((try? Tokenizer.tokenize(rest)) ?? []).dropLast().drop {
            $0.start == 0 && $0.kind == .word
        }
        for token in behind {
            if token.kind == .symbol, rest[token.start] == UInt8(ascii: ";") { break }
            tokens.append(
                Token(
                    kind: token.kind, keyword: token.keyword, start: token.start + end,
                    end: token.end + end))
        }
        var reader = OutlineReader(tokens: tokens, bytes: bytes, cursor: before.count)
        relations = reader.relationsAtCursor()
        target = reader.statementRelations.first
        commonTables = reader.commonTables.keys.sorted()
    }
}
