/// The rows of an INSERT that consists of plain literals, kept as the records that COPY reads.
///
/// Thousands of literals make tens of thousands of nodes of syntax, each of which is built, bound and evaluated
/// by itself. Text for COPY goes into columns at once.
package struct LiteralRows: Sendable, Hashable {
    /// What literals a column has.
    package struct Kinds: OptionSet, Sendable, Hashable {
        /// One bit a kind.
        package let rawValue: UInt8

        /// From bits.
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `12`, `-3`.
        package static let whole = Kinds(rawValue: 1)
        /// `1.5`.
        package static let fraction = Kinds(rawValue: 2)
        /// `'text'`.
        package static let string = Kinds(rawValue: 4)
        /// `true`, `false`.
        package static let boolean = Kinds(rawValue: 8)
    }

    /// Comma-separated records; strings are quoted, NULL is empty.
    package let records: [UInt8]
    /// The kinds of each column, NULLs apart.
    package let kinds: [Kinds]
    /// Equal for INSERTs of one parser that differ in their rows alone.
    package var statementNumber = 0
}
