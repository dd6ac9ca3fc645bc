import DemetraEngine

/// What happens to a row whose key is already in the table.
public enum AppendMode: Sendable {
    /// The append fails with 23505.
    case insert
    /// The row takes the place of the old one: the last writer wins.
    case upsert
}

/// Collects rows for one table.
///
/// ```swift
/// try await db.append(to: "ad_metrics", mode: .upsert) { appender in
///     try appender.append(day, "google", 1_200, try Decimal("96.40"), nil as Int?)
/// }
/// ```
///
/// Values are converted to the type of their column as an INSERT would: a text that is a date becomes one, a
/// number is rounded to the column's scale, and one out of range is an error.
public struct Appender: Sendable {
    private let session: Session
    private let table: String
    /// The columns of the table.
    public let schema: Schema
    private var rows: [[Value]] = []

    init(session: Session, table: String) throws(DemetraError) {
        self.session = session
        self.table = table
        schema = try session.schema(ofTable: table)
    }

    /// Adds a row of Swift values, one for each column, in order.
    ///
    /// - Throws: 42601 when the number of values is wrong.
    public mutating func append(_ values: any RowValue...) throws(DemetraError) {
        try append(values.map(\.rowValue))
    }

    /// Adds a row with one value for each column, in order.
    ///
    /// - Throws: 42601 when the number of values is wrong.
    public mutating func append(_ values: [Value]) throws(DemetraError) {
        guard values.count == schema.count else {
            throw DemetraError(
                .syntaxError,
                "\(values.count) values were given for the \(schema.count) columns of \"\(table)\"")
        }
        rows.append(values)
    }

    /// Adds several rows.
    ///
    /// - Throws: 42601 when the number of values in one of them is wrong.
    public mutating func append(_ rows: [[Value]]) throws(DemetraError) {
        for row in rows { try append(row) }
    }

    func commit(mode: AppendMode) throws(DemetraError) -> Int {
        try session.append(rows, to: table, replacing: mode == .upsert)
    }
}
