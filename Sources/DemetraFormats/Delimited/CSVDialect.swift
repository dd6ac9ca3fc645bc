/// How records and fields of a delimited text are written.
///
/// Two syntaxes share everything behind the field scanner:
///
///     csv        quotes group, a doubled quote (or the escape) stands for a quote, and a
///                quoted field is never NULL: `a,"b ""c""",,""` is a, b "c", NULL, empty
///     copyText   PostgreSQL's COPY text: backslash escapes, `\N` is NULL, no quotes
///
/// - Source: COPY in the PostgreSQL 15 documentation; RFC 4180.
package struct CSVDialect: Sendable, Hashable {
    /// The two ways to protect a delimiter inside a value.
    package enum Syntax: Sendable, Hashable {
        /// Quotes.
        case csv
        /// Backslashes.
        case copyText
    }

    /// Quotes or backslashes.
    package var syntax: Syntax
    /// Between fields; one ASCII byte.
    package var delimiter: UInt8
    /// Groups a field of a CSV.
    package var quote: UInt8
    /// Protects a quote inside a quoted field; usually the quote itself.
    package var escape: UInt8
    /// True when the first record holds names.
    package var hasHeader: Bool
    /// An unquoted field that equals this text is NULL.
    package var nullText: [UInt8]

    /// PostgreSQL's defaults for `FORMAT csv`.
    package static let csv = CSVDialect()
    /// PostgreSQL's defaults for `FORMAT text`.
    package static let copyText = CSVDialect(
        syntax: .copyText, delimiter: UInt8(ascii: "\t"), nullText: Array("\\N".utf8))

    /// A dialect; the defaults are those of `FORMAT csv`.
    package init(
        syntax: Syntax = .csv, delimiter: UInt8 = UInt8(ascii: ","),
        quote: UInt8 = UInt8(ascii: "\""), escape: UInt8? = nil, hasHeader: Bool = false,
        nullText: [UInt8] = []
    ) {
        self.syntax = syntax
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape ?? quote
        self.hasHeader = hasHeader
        self.nullText = nullText
    }

    /// True when a quote is escaped by doubling it, so that quote parity alone finds record ends.
    var escapesByDoubling: Bool { syntax == .csv && escape == quote }

    /// The byte that protects the next one, where parity does not do: never equal to the quote.
    var protectingByte: UInt8 { syntax == .csv ? escape : UInt8(ascii: "\\") }
}
