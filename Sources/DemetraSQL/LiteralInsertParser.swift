import DemetraTypes

/// Parses texts that are one INSERT of plain literals, and remembers the last one without its rows: who sends many
/// sends the same statement with other rows.
package struct LiteralInsertParser: Sendable {
    private var known: (text: String, insert: InsertStatement)?
    private var number = 0
    private var last: (text: String, parsed: ParsedStatement)?

    /// Of texts that are not longer than this the last one is remembered with its rows.
    package static let shortText = 16 << 10

    /// A parser that has seen nothing yet.
    package init() {}

    /// The statement of a text; nil when it is anything else, also for a text that has errors.
    package mutating func parse(_ text: String) -> ParsedStatement? {
        if let last, last.text == text { return last.parsed }
        last = nil
        guard let (short, rows) = LiteralInsertScanner.scan(text),
            var insert = statement(short)
        else { return nil }
        insert.literalRows = rows
        insert.literalRows?.statementNumber = number
        let parsed = ParsedStatement(.insert(insert), range: SourceRange(0, text.utf8.count))
        if text.utf8.count <= Self.shortText { last = (text, parsed) }
        return parsed
    }

    private mutating func statement(_ short: String) -> InsertStatement? {
        if let known, known.text == short { return known.insert }
        guard let statements = try? SQLParser.parse(short), statements.count == 1,
            case .insert(let insert) = statements[0].statement, insert.source == nil
        else { return nil }
        known = (short, insert)
        number += 1
        return insert
    }
}
