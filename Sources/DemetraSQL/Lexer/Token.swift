/// How a keyword may be used as a name, as in PostgreSQL.
package enum KeywordClass: Sendable, Hashable {
    /// Any name.
    case unreserved
    /// A column or table, not a function.
    case columnName
    /// A function or type, not a column.
    case typeFunction
    /// Only behind AS, or quoted.
    case reserved
}

/// A lexeme with its place.
struct Token: Sendable {
    enum Kind: UInt8, Sendable {
        /// A word that was not quoted; it may be a keyword.
        case word
        /// `"name"`.
        case quotedName
        /// `'text'`, `E'text'`, `$$text$$`.
        case string
        case number
        /// `$1`.
        case parameter
        /// Punctuation and operators.
        case symbol
        /// Behind the last token.
        case end
    }

    let kind: Kind
    let keyword: Keyword?
    /// Byte offsets.
    let start: Int
    let end: Int
}
