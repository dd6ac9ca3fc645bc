import DemetraTypes
import DemetraVectors

/// Rows that functions are asked about, and the SQL that gives them.
struct EvidenceRelation: Sendable {
    let schema: Schema
    let batches: [Batch]
    /// A table expression: `TABLE name` or `(SELECT ...)`.
    let sql: String

    /// The expression as it stands in FROM.
    var source: String {
        if sql.lowercased().hasPrefix("table ") {
            return String(sql.dropFirst(6)).trimmingBlanks + " AS r"
        }
        return sql + " AS r"
    }
}

extension String {
    /// Without blanks at its beginning.
    fileprivate var trimmingBlanks: String { String(drop { $0 == " " || $0.isNewline }) }
}
