/// How a table is shown to a person.
package struct TableStyle: Sendable, Hashable {
    /// What stands for NULL.
    package var nullText: String
    /// True for one line a column instead of one a row.
    package var isExpanded: Bool
    /// A table wider than this many columns of the terminal is shown expanded; nil for no limit.
    package var widthLimit: Int?
    /// The lines around and between columns.
    package var frame: TableFrame
    /// False where only the rows are wanted, without names.
    package var hasHeader: Bool

    /// A style; the defaults are those of psql.
    package init(
        nullText: String = "", isExpanded: Bool = false, widthLimit: Int? = nil,
        frame: TableFrame = .plain, hasHeader: Bool = true
    ) {
        self.frame = frame
        self.hasHeader = hasHeader
        self.nullText = nullText
        self.isExpanded = isExpanded
        self.widthLimit = widthLimit
    }
}
