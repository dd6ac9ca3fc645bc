import DemetraEngine

/// What happens to a row whose key is already in the table.
public enum AppendMode: Sendable {
    /// The append fails with 23505.
    case insert
    /// The row takes the place of the old one: the last writer wins.
    case upsert
}

/// Collects rows for one table.
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

    /// Adds a row with one value for each column, in order.
    ///
    /// - Throws: 42601 when the number of values is wrong, 42804 when one is of another type.
    public mutating func append(_ values: [Value]) throws(DemetraError) {
        guard values.count == schema.count else {
            throw DemetraError(
                .syntaxError,
                "\(values.count) values were given for the \(schema.count) columns of \"\(table)\"")
        }
        rows.append(values)
    }

    /// Adds several rows.
    public mutating func append(_ rows: [[Value]]) throws(DemetraError) {
        for row in rows { try append(row) }
    }

    func commit(mode: AppendMode) throws(DemetraError) -> Int {
        try session.append(rows, to: table, replacing: mode == .upsert)
    }
}
