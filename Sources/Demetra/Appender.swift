import DemetraEngine

/// What happens to a row whose key is already in the table.
public enum AppendMode: Sendable {
    /// The append fails with 23505.
    case insert
    /// The row takes the place of the old one: the last writer wins.
    case upsert
}

/// Takes rows for one table.
///
/// ```swift
/// try await db.append(to: "ad_metrics", mode: .upsert) { appender in
///     try appender.append(day, "google", 1_200, try Decimal("96.40"), nil as Int?)
/// }
/// ```
///
/// Values are converted to the type of their column as an INSERT would: a text that is a date becomes one, a
/// number is rounded to the column's scale, and one out of range is an error whose context names row and column.
///
/// Rows are written as they come, so an append may be larger than memory; they are visible and durable together when
/// the closure returns, and gone when it throws.
public struct Appender: Sendable {
    private let stream: RowStream
    /// The columns of the table.
    public var schema: Schema { stream.schema }

    init(
        session: Session, table: String, mode: AppendMode, batchID: String? = nil
    ) throws(DemetraError) {
        stream = try RowStream(
            session, table: table, replacing: mode == .upsert, batchID: batchID)
    }

    /// Adds a row of Swift values, one for each column, in order.
    ///
    /// - Throws: as for an array of values.
    public mutating func append(_ values: any RowValue...) throws(DemetraError) {
        try append(values.map(\.rowValue))
    }

    /// Adds a row with one value for each column, in order.
    ///
    /// - Throws: 42601 when the number of values is wrong, 42804 when one has a type that does not convert to its
    ///   column's, 22003 and kin when it does not fit, 23502 for a NULL where none may stand, 23505 when a key is
    ///   there already and the mode is `.insert`, 53100 when the disk is full.
    public mutating func append(_ values: [Value]) throws(DemetraError) {
        try stream.append(values)
    }

    /// Adds several rows.
    ///
    /// - Throws: as for one of them.
    public mutating func append(_ rows: [[Value]]) throws(DemetraError) {
        for row in rows { try append(row) }
    }

    func commit() throws(DemetraError) -> Int { try stream.commit() }
}
