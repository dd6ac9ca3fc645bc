import DemetraTypes

/// Parses texts that are one INSERT of plain literals, and remembers the last one without its rows: who sends many
/// sends the same statement with other rows.
package struct LiteralInsertParser: Sendable {
    private var known: (text: String, insert: InsertStatement)?

    /// A parser that has seen nothing yet.
    package init() {}

    /// The statement of a text; nil when it is anything else, also for a text that has errors.
    package mutating func parse(_ text: String) -> ParsedStatement? {
        guard let (short, rows) = LiteralInsertScanner.scan(text),
            var insert = statement(short)
        else { return nil }
        insert.literalRows = rows
        return ParsedStatement(.insert(insert), range: SourceRange(0, text.utf8.count))
    }

    private mutating func statement(_ short: String) -> InsertStatement? {
        if let known, known.text == short { return known.insert }
        guard let statements = try? SQLParser.parse(short), statements.count == 1,
            case .insert(let insert) = statements[0].statement, insert.source == nil
        else { return nil }
        known = (short, insert)
        return insert
    }
}
