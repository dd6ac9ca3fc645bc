import DemetraTypes

/// How many columns a table or a result may have: what a client's protocol can count, and some room.
enum ColumnLimit {
    static let count = 16_384

    /// - Throws: 54011 when a table gets more.
    static func check(table name: String, _ columnCount: Int) throws(DemetraError) {
        guard columnCount > count else { return }
        throw DemetraError(
            .tooManyColumns, "table \"\(name)\" would have \(columnCount) columns",
            detail: "A table can have at most \(count).",
            hint: "Keep names and values as rows of two columns, and one row for each.")
    }

    /// - Throws: 54011 when a query gives more.
    static func check(result columnCount: Int) throws(DemetraError) {
        guard columnCount > count else { return }
        throw DemetraError(
            .tooManyColumns, "target lists can have at most \(count) entries",
            detail: "This one has \(columnCount).")
    }
}
